// The navigation beside every page (groups of lines, keys, theme and language, whose page it is), and on a phone the bar
// that opens it and the scrim that closes it.
import { Avatar, icon, label } from "vigie-kit";
import { h } from "vue";

export default {
  inheritAttrs: false,
  props: { own: String, unread: Number },
  emits: ["prefer"],
  data() { return { shown: Object.freeze({ ...globalThis.vigieFacts.rail, ...JSON.parse(this.own) }) }; },
  methods: {
    line(sign, text, attributes) {
      return h("button", { class: "vg-rail__item", title: text, type: "button", ...attributes }, [icon(sign), h("span", text)]);
    },
    entry({ text, path, icon: sign, key, counted, apart }) {
      const lit = path === this.shown.current;
      const attributes = { href: path, title: text, class: "vg-rail__item", "aria-current": lit ? "page" : null, "data-key": lit ? null : key, target: apart ? "_blank" : null };
      const count = counted ? h("b", { "data-open-count": "" }, this.shown.open ?? "") : null;
      const mark = apart ? h("span", { class: "vg-sr" }, ", " + this.shown.texts.apart) : null;
      return h("a", { key: path, ...attributes }, [icon(sign), h("span", text), mark, count]);
    },
    brand() {
      const { href, logo, name } = this.shown.brand;
      return h("a", { class: "vg-brand", href }, [h("img", { src: logo, alt: "", width: 34, height: 34 }), h("span", name)]);
    },
    bar() {
      const opener = { type: "button", "aria-label": this.shown.texts.menu, "data-menu-open": "", "aria-controls": "vg-rail", "aria-expanded": "false" };
      return h("header", { class: "vg-topbar" }, [
        this.brand(),
        h("a", { class: "vg-topbar__bell", href: "/notifications", "aria-label": this.told() }, [icon("notifications"), h("b", this.unread || "")]),
        h("button", { class: "vg-topbar__menu", ...opener }, [icon("menu")]),
      ]);
    },
    told() {
      const { texts } = this.shown;
      return this.unread ? label("notification.unread", { n: this.unread }, texts) : texts.bell;
    },
    bell() {
      const { current, texts } = this.shown, text = texts.bell;
      const name = this.told();
      const attributes = { href: "/notifications", title: name, "aria-label": name, class: "vg-rail__item", "aria-current": current === "/notifications" ? "page" : null };
      return h("a", attributes, [icon("notifications"), h("span", text), h("b", { "data-bell": "" }, this.unread || "")]);
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
    const { groups, texts, theme, locale } = this.shown, prefer = (choice) => ({ onClick: () => this.$emit("prefer", choice) });
    return [
      this.bar(),
      h("nav", { class: "vg-rail", id: "vg-rail", "aria-label": texts.label }, [
        this.brand(),
        groups.map(({ text, entries }) => h("div", { class: "vg-rail__set", role: text && "group", "aria-label": text }, [
          text && h("div", { class: "vg-rail__group" }, text), entries.map(this.entry),
        ])),
        h("div", { class: "vg-rail__space" }),
        this.bell(),
        this.line("keyboard", texts.shortcuts, { "data-help": "" }),
        this.line(theme === "dark" ? "dark_mode" : "light_mode", texts["theme_" + theme], prefer({ theme })),
        this.line("translate", texts.language, { lang: locale, ...prefer({ locale }) }),
        this.account(),
      ]),
      h("div", { class: "vg-scrim", "data-menu-close": "" }),
    ];
  },
};
