// Search, quick chips, menus, count and order. What is chosen is written on the chip, and can be taken off it.
import { Avatar, StatusPill, PriorityBadge, slaGlyph, icon, label } from "vigie-kit";
import { h } from "vue";
import { Menu } from "./menu.js";
import { CHOICES } from "./layout.js";
import { GROUPS, SLA_STATES, SORTS, ARCHIVE_SORTS, archived, narrows, sortOf, toggled, toggledWho, cleared, pastChips } from "./model.js";

const TYPING = 150, MORE = ["assignee", "team", "category", "severity", "impact", "sla"], QUICK = ["mine", "team", "unassigned", "unclaimed"];

export const FilterBar = {
  props: { filters: Object, layout: Object, unclaimed: Number, codes: Object, teams: Array, owners: Array, me: Object, count: Number, labels: Object },
  emits: ["filter", "arrange"],
  data: () => ({ added: null }),
  methods: {
    text(key, params) { return label(key, params, this.labels); },
    word(name, code) { return this.text(`${name === "sla" ? "sla" : name}.${code}`); },
    set(changes) { this.$emit("filter", { ...this.filters, ...changes }); },
    typed(event) {
      clearTimeout(this.typing);
      const q = event.target.value;
      this.typing = setTimeout(() => this.set({ q }), TYPING);
    },
    escape(event) {
      if (event.key !== "Escape") return;
      if (event.target.value) this.set({ q: (event.target.value = "") });
      else event.target.blur();
    },
    search() {
      const { q } = this.filters;
      return h("div", { class: "vg-search", role: "search" }, [
        icon("search"),
        h("input", {
          type: "search", value: q, placeholder: this.text("board.search"), "aria-label": this.text("board.search_label"), "aria-keyshortcuts": "/",
          "data-key": "/", "data-draft": "board/search", maxlength: 200, autocomplete: "off", spellcheck: false, onInput: this.typed, onKeydown: this.escape,
        }),
        q ? h("button", { type: "button", class: "vg-search__clear", "aria-label": this.text("action.clear_search"), onClick: () => this.set({ q: "" }) }, icon("close", "vg-icon--s")) : h("kbd", { "aria-hidden": "true" }, "/"),
      ]);
    },
    quick(name) {
      const on = this.filters.who.includes(name);
      return h("button", { key: name, type: "button", class: "vg-chip", "aria-pressed": String(on), onClick: () => this.$emit("filter", toggledWho(this.filters, name)) }, [
        h("span", this.text("board.filter." + name)), on ? icon("close") : null,
      ]);
    },
    offered(name) {
      if (name === "team") return this.me.team != null;
      return name !== "unclaimed" || this.unclaimed > 0 || this.filters.who.includes(name);
    },
    /** Groups, columns and density, in one menu. */
    display() {
      const { layout, filters } = this, kanban = filters.view === "kanban", item = (kind, name, checked, key, head) => ({ key: [kind, name], kind: kind === "columns" ? "many" : "one", text: this.text(key), checked, head });
      const items = kanban ? [] : [
        item("dense", false, !layout.dense, "board.roomy", this.text("board.density")), item("dense", true, layout.dense, "board.dense"),
        ...GROUPS.map((name, i) => item("group", name, filters.group === name, "board.group." + name, i ? null : this.text("board.group"))),
        ...CHOICES.map((name, i) => item("columns", name, layout.columns.includes(name), "field." + name, i ? null : this.text("board.columns"))),
      ];
      if (!items.length) return null;
      return h(Menu, { items, kind: "one", bare: "tune", end: true, two: true, text: this.text("board.display"), onPick: this.arrange });
    },
    arrange([kind, name]) {
      if (kind === "group") { this.set({ group: name }); this.$emit("arrange", { group: name }); }
      else if (kind === "dense") this.$emit("arrange", { dense: name });
      else this.$emit("arrange", { columns: CHOICES.filter((each) => (each === name) !== this.layout.columns.includes(each)) });
    },
    choices(name) {
      if (name === "team") return this.teams.map(({ id, name: text }) => ({ key: id, text, checked: this.filters.team === id }));
      if (name === "assignee") return this.owners.map((one) => ({ key: one.login, text: one.name, checked: this.filters.assignee.includes(one.login), sign: person(one), note: one.twin ? one.login : null }));
      const codes = name === "sla" ? SLA_STATES : this.codes[name];
      return codes.map((code) => ({
        key: code, text: this.word(name, code), checked: this.filters[name].includes(code), sign: sign(name, code, this.word(name, code)),
        head: code === "resolved" ? this.text("board.closed") : null,
      }));
    },
    menu(name) {
      const items = this.choices(name), chosen = items.filter((item) => item.checked), active = this.active(name), field = this.text("field." + name);
      const values = chosen.map((item) => item.text).join(", ");
      return h(Menu, {
        key: name, items, kind: name === "team" ? "one" : "many", on: active, opened: this.added === name,
        text: chosen.length ? this.text("board.filter.chosen", { field, values }) : field,
        clear: active ? this.text("board.filter.remove", { field }) : null,
        onPick: (key) => this.$emit("filter", name === "team" ? { ...this.filters, team: this.filters.team === key ? null : key } : toggled(this.filters, name, key)),
        onClear: () => this.set({ [name]: name === "team" ? null : [] }),
        onClose: () => { if (this.added === name) this.added = null; },
      });
    },
    past() {
      return pastChips(this.filters.past, this.labels).map(({ key, text, names }) => h("button", {
        key: "past-" + key, type: "button", class: "vg-chip vg-is-on", "aria-label": this.text("board.filter.remove", { field: text }), "data-past": key,
        onClick: () => this.set({ past: Object.freeze(Object.fromEntries(Object.entries(this.filters.past).filter(([name]) => !names.includes(name)))) }),
      }, [h("span", text), icon("close")]));
    },
    reset() {
      const name = this.text("action.clear_filters"), clear = () => this.$emit("filter", cleared(this.filters));
      return h("button", { type: "button", class: "vg-iconic", "aria-label": name, title: name, onClick: clear }, icon("filter_alt_off"));
    },
    active(name) { return name === "team" ? this.filters.team != null : this.filters[name].length > 0; },
    order() {
      const sorts = archived(this.filters) ? SORTS.filter((name) => name in ARCHIVE_SORTS) : SORTS, now = sortOf(this.filters).replace("-", "");
      const items = sorts.map((name) => ({ key: name, text: this.text("board.sort." + name), checked: now === name }));
      return h(Menu, { items, kind: "one", sign: "sort", end: true, lead: this.text("board.sort", { by: "" }).trim(), text: this.text("board.sort." + now), onPick: (sort) => this.set({ sort }) });
    },
  },
  render() {
    const shown = MORE.filter((name) => this.active(name) || this.added === name), rest = MORE.filter((name) => !shown.includes(name));
    const add = rest.map((name) => ({ key: name, text: this.text("field." + name) }));
    return h("div", { class: ["vg-fbar", { "vg-fbar--narrowed": narrows(this.filters) }], role: "group", "aria-label": this.text("board.filters") }, [
      this.search(),
      h("div", { class: "vg-fbar__chips" }, [
        QUICK.filter(this.offered).map(this.quick),
        ["priority", "status", ...shown].map(this.menu),
        this.past(),
        rest.length ? h(Menu, { key: "add", class: "vg-fbar__add", items: add, kind: "act", sign: "add", dashed: true, text: this.text("board.filter.add"), onPick: (name) => { this.added = name; } }) : null,
      ]),
      h("div", { class: "vg-fbar__end" }, [
        h("span", { class: "vg-fbar__count", role: "status" }, this.count == null ? "" : this.text("board.results", { n: this.count })),
        narrows(this.filters) ? this.reset() : null,
        this.order(),
        this.display(),
      ]),
    ]);
  },
};

function person({ id, name }) {
  return h("span", { class: "vg-menu__person" }, [h(Avatar, { person: id == null ? null : { id, name }, size: 20 }), h("span", name)]);
}
function sign(name, code, text) {
  if (name === "priority") return h(PriorityBadge, { value: code });
  if (name === "status") return h(StatusPill, { value: code });
  if (name === "sla") return h("span", { class: ["vg-prio", "vg-sla-" + code] }, [slaGlyph(code), h("span", text)]);
  return null;
}
