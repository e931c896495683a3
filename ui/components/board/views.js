// Lists under a name: a menu that opens them, and a dialog that keeps, shares and removes them.
import { icon, label } from "vigie-kit";
import { h, nextTick } from "vue";
import { Menu } from "./menu.js";

export const Views = {
  props: { saved: Object, query: String, labels: Object },
  emits: ["open", "keep"],
  data: () => ({ name: "", shared: false, usual: false }),
  methods: {
    text(key, params) { return label(key, params, this.labels); },
    async manage() {
      const now = this.saved.views.find((view) => view.query === this.query && !view.by);
      Object.assign(this, { name: now?.name || "", shared: now?.shared || false, usual: now ? this.saved.usual === now.id : false });
      await nextTick();
      this.$refs.dialog.showModal();
      this.$refs.name.focus();
    },
    /** A name that exists already is replaced: what its view is to the team and to the board stays, unless unticked. */
    call(name) {
      const same = (text) => this.saved.views.find((view) => !view.by && view.name === text.trim());
      const now = same(name);
      if (now && now !== same(this.name)) Object.assign(this, { shared: now.shared, usual: this.saved.usual === now.id });
      this.name = name;
    },
    close() { this.$refs.dialog.close(); },
    save(event) {
      event.preventDefault();
      if (!this.name.trim()) return;
      this.$emit("keep", { do: "save", name: this.name.trim(), query: this.query, shared: this.shared, usual: this.usual });
      this.close();
    },
    check(field, key) {
      return h("label", { class: "vg-saved__check" }, [h("input", { type: "checkbox", checked: this[field], onChange: (event) => { this[field] = event.target.checked; } }), h("span", this.text(key))]);
    },
    line(view) {
      const own = !view.by, usual = this.saved.usual === view.id, act = (what) => this.$emit("keep", { id: view.id, ...what });
      const tool = (sign, key, onClick, pressed) => h("button", { type: "button", class: "vg-iconic", "aria-label": this.text(key, { name: view.name }), title: this.text(key, { name: view.name }), "aria-pressed": pressed === undefined ? null : String(pressed), onClick }, icon(sign));
      return h("li", { key: view.id }, [
        h("button", { type: "button", class: "vg-link vg-saved__name", onClick: () => { this.close(); this.$emit("open", view); } }, view.name),
        view.shared ? h("span", { class: "vg-tag" }, view.by ? this.text("board.view_by", { name: view.by }) : this.text("board.view_shared")) : null,
        h("span", { class: "vg-grow" }),
        tool("home", "board.view_usual", () => act({ do: "usual", on: !usual }), usual),
        own && this.saved.may_share ? tool("group", "board.view_share", () => act({ do: "share", on: !view.shared }), view.shared) : null,
        own || this.saved.may_share ? tool("delete", "board.view_delete", () => act({ do: "delete" })) : null,
      ]);
    },
    dialog() {
      const { views } = this.saved;
      return h("dialog", { ref: "dialog", class: "vg-help vg-saved", "aria-labelledby": "vg-saved-title" }, [
        h("div", { class: "vg-dlg__head" }, [
          h("div", [h("h2", { id: "vg-saved-title" }, this.text("board.views_saved")), h("p", this.text("board.view_what"))]),
          h("button", { type: "button", class: "vg-btn vg-btn--quiet vg-btn--small vg-btn--icon", "aria-label": this.text("action.close_panel"), onClick: this.close }, icon("close")),
        ]),
        h("form", { class: "vg-dlg__body vg-stack", onSubmit: this.save }, [
          h("label", { class: "vg-saved__field" }, [h("span", this.text("board.view_name")), h("input", { ref: "name", class: "vg-input", maxlength: 60, value: this.name, autocomplete: "off", onInput: (event) => this.call(event.target.value) })]),
          this.check("usual", "board.view_usual_check"),
          this.saved.may_share ? this.check("shared", "board.view_share_check") : null,
          h("div", h("button", { type: "submit", class: "vg-btn vg-btn--primary", disabled: !this.name.trim() }, [icon("bookmark_add"), h("span", this.text("board.view_save"))])),
          views.length ? h("ul", { class: "vg-saved__list" }, views.map(this.line)) : null,
        ]),
      ]);
    },
  },
  render() {
    const { views } = this.saved, here = views.find((view) => view.query === this.query);
    const own = views.filter((view) => !view.by), others = views.filter((view) => view.by), usual = this.text("board.view_usual_note");
    const item = (view, i) => ({ key: view.id, kind: "one", text: view.name, checked: view === here, note: view.id === this.saved.usual ? usual : null, head: view.by && !i ? this.text("board.views_shared") : null });
    const items = [...own.map(item), ...others.map(item), { key: "keep", kind: "act", icon: "bookmark_add", text: this.text("board.view_keep") }];
    const pick = (key) => { if (key === "keep") this.manage(); else this.$emit("open", views.find((view) => view.id === key)); };
    return h("span", { class: "vg-saved__at" }, [
      h(Menu, { items, kind: "one", sign: "bookmark", end: true, on: Boolean(here), text: here?.name || this.text("board.views_menu"), name: this.text("board.views_saved"), onPick: pick }),
      this.dialog(),
    ]);
  },
};
