// Sends fields as a plain HTML form does, so that the answer may set a cookie and lead to another page.
import { h } from "vue";

export default {
  methods: {
    send(action, fields) {
      const form = document.createElement("form");
      form.method = "post";
      form.action = action;
      for (const [name, value] of Object.entries(fields)) {
        const input = document.createElement("input");
        Object.assign(input, { type: "hidden", name, value });
        form.append(input);
      }
      document.body.append(form);
      form.submit();
    },
  },
  render() { return h("span", { hidden: true }); },
};
