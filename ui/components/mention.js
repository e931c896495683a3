// Whom to mention: a list below the text field once an @ begins a word there.
import { Avatar } from "vigie-kit";
import { h } from "vue";
import { begins, suggestions } from "vigie-kit/suggestions.js";

export default {
  mixins: [suggestions({
    pattern: /(^|[^\w@./+-])@([\w.-]*)$/,
    most: 6,
    matches: (person, word) => begins(person.login, word) || begins(person.name, word),
    insert: (person, after) => person.login + (/^\s/.test(after) ? "" : " "),
  })],
  render() {
    return h("div", { class: "vg-mentions" }, [this.list((person) => [h(Avatar, { person, size: 26 }), h("b", person.name), h("span", "@" + person.login)])]);
  },
};
