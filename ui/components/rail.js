// The navigation beside every page: groups of lines, keys, theme and language, and whose page it is.
import { Avatar, icon } from "vigie-kit";
import { h } from "vue";

export default {
  props: { facts: String, unread: Object },
  emits: ["prefer"],
  data() { return { shown: Object.freeze(JSON.parse(this.facts)) }; },
  methods: {
    line(sign, text, attributes) {
      return h("button", { class: "vg-rail__item", title: text, type: "button", ...attributes }, [icon(sign), h("span", text)]);
    },
    entry({ text, path, icon: sign, lit, key, counted }) {
      const attributes = { href: path, title: text, class: "vg-rail__item", "aria-current": lit ? "page" : null, "data-key": lit ? null : key };
      const count = counted ? h("b", { "data-open-count": "" }, this.shown.open ?? "") : null;
      return h("a", { key: path, ...attributes }, [icon(sign), h("span", text), count]);
    },
    bell() {
      const { text, lit } = this.shown.bell, name = this.unread?.text ?? text;
      const attributes = { href: "/notifications", title: name, "aria-label": name, class: "vg-rail__item", "aria-current": lit ? "page" : null };
      return h("a", attributes, [icon("notifications"), h("span", text), h("b", { "data-bell": "" }, this.unread?.n || "")]);
    },
    account() {
      const { me, texts } = this.shown;
      const who = h("div", { class: "vg-rail__who" }, [h("b", me.name), h("small", me.of)]);
      return h("div", { class: "vg-rail__me" }, [
        h("a", { class: "vg-rail__account", href: "/me", title: texts.account }, [h(Avatar, { person: me, size: 30 }), who]),
        h("form", { method: "post", action: "/session/end" }, [
          h("button", { class: "vg-rail__out", type: "submit", "aria-label": texts.logout, title: texts.logout }, [icon("logout")]),
        ]),
      ]);
    },
  },
  render() {
    const { brand, groups, texts, theme, locale } = this.shown, prefer = (choice) => ({ onClick: () => this.$emit("prefer", choice) });
    return h("nav", { class: "vg-rail", "aria-label": texts.label }, [
      h("a", { class: "vg-brand", href: brand.href }, [h("img", { src: brand.logo, alt: "", width: 34, height: 34 }), h("span", brand.name)]),
      groups.map(({ text, entries }) => h("div", { class: "vg-rail__set", role: text && "group", "aria-label": text }, [
        text && h("div", { class: "vg-rail__group" }, text), entries.map(this.entry),
      ])),
      h("div", { class: "vg-rail__space" }),
      this.bell(),
      this.line("keyboard", texts.shortcuts, { "data-help": "" }),
      this.line(theme === "dark" ? "dark_mode" : "light_mode", texts.theme, prefer({ theme })),
      this.line("translate", texts.language, { lang: locale, ...prefer({ locale }) }),
      this.account(),
    ]);
  },
};
