// Sets the page's clock by the server's, once at the start and whenever the server says so.
import { syncClock } from "vigie-kit";
import { h } from "vue";

export default {
  props: { epoch: Number },
  methods: { sync: syncClock },
  render() { return h("span", { hidden: true }); },
};
