// The report of a period: what is asked for is in the address, the figures come from the server in one piece.
import { announce, icon, label } from "vigie-kit";
import { h } from "vue";
import { Chart } from "vigie-report/charts.js";
import { dataTable } from "vigie-report/table.js";

const PRESETS = ["7d", "30d", "90d", "month", "last_month", "quarter", "year"], FILTERS = ["team", "priority", "category", "client", "application"];
// What stands where: the twelfths of a row that each takes; those without a chart are always a table.
const CARDS = [
  ["compliance", 6], ["resolution_times", 6], ["flow", 5], ["by_category", 4], ["by_priority", 3], ["recurrent", 7], ["by_team", 5],
  ["by_client", 6], ["by_department", 6], ["by_employee_team", 6], ["by_application", 6], ["by_severity", 4], ["by_impact", 4], ["backlog", 4],
  ["satisfaction_by_team", 7], ["opinions", 5], ["satisfaction", 12], ["availability", 6], ["held", 6], ["quality", 5], ["response_times", 7],
];

export default {
  props: { source: String, labels: Object },
  data: () => ({ found: null, state: "busy", open: {}, custom: false, search: window.location.search }),
  created() { this.load(); },
  mounted() { window.addEventListener("popstate", this.returned); },
  unmounted() { window.removeEventListener("popstate", this.returned); this.request?.abort(); },
  methods: {
    text(key, params) { return label("report." + key, params, this.labels); },
    returned() { this.search = window.location.search; this.load(); },
    async load() {
      this.request?.abort();
      const request = (this.request = new AbortController());
      this.state = "busy";
      try {
        const answer = await fetch(this.source + this.search, { headers: { Accept: "application/json" }, signal: request.signal });
        if (answer.status === 401) return window.location.reload();
        if (answer.status === 422) { this.found = null; this.state = "wrong"; return; }
        if (!answer.ok) throw new Error(String(answer.status));
        const found = Object.freeze(await answer.json());
        const again = this.found !== null;
        this.found = found;
        this.state = "ready";
        this.custom = !found.preset;
        if (again) announce(found.span);
      } catch { if (!request.signal.aborted) this.state = "failed"; }
    },
    /** The address says it, and the figures follow; nothing is an empty value. */
    ask(changes) {
      const query = new URLSearchParams(this.search);
      for (const [name, value] of Object.entries(changes)) value ? query.set(name, value) : query.delete(name);
      const asked = query.toString();
      this.search = asked ? "?" + asked : "";
      window.history.pushState(window.history.state, "", window.location.pathname + this.search);
      this.load();
    },
    preset(name) { this.custom = false; this.ask({ period: name, from: null, to: null }); },
    dates(event) {
      event.preventDefault();
      const given = new FormData(event.target);
      this.ask({ period: null, from: given.get("from"), to: given.get("to") });
    },

    bar() {
      const { found } = this, asked = new URLSearchParams(this.search), preset = this.custom ? "custom" : found?.preset || asked.get("period") || (asked.get("from") ? "custom" : "30d");
      const names = ["custom", ...PRESETS.filter((name) => name !== "custom")];
      return h("div", { class: "vg-rbar", role: "group", "aria-label": this.text("filters") }, [
        h("div", { class: "vg-seg" }, [...names.slice(1), "custom"].map((name) => h("button", {
          key: name, type: "button", "aria-pressed": String(preset === name), "data-period": name, onClick: () => (name === "custom" ? (this.custom = true) : this.preset(name)),
        }, this.text("period." + name)))),
        preset === "custom" ? h("form", { class: "vg-rbar__dates", onSubmit: this.dates }, [
          ...["from", "to"].map((name) => h("label", [h("span", this.text(name)), h("input", { class: "vg-input", type: "date", name, required: true, value: found?.[name === "from" ? "first" : "last"] })])),
          h("button", { class: "vg-btn vg-btn--small", type: "submit" }, this.text("apply")),
        ]) : null,
        ...FILTERS.map((name) => this.filter(name, asked.get(name) || "")),
        FILTERS.some((name) => asked.get(name)) ? h("button", { type: "button", class: "vg-chip vg-chip--bare", "aria-label": this.text("clear"), title: this.text("clear"), onClick: () => this.ask(Object.fromEntries(FILTERS.map((name) => [name, null]))) }, icon("filter_alt_off")) : null,
      ]);
    },
    filter(name, value) {
      const choices = this.found?.choices[name] || [];
      const known = !value || choices.some(([each]) => each === value) ? choices : [...choices, [value, value]];
      return h("select", { key: name, class: ["vg-rbar__pick", { "vg-is-on": value }], name, "aria-label": this.text("all." + name), value, onChange: (event) => this.ask({ [name]: event.target.value }) }, [
        h("option", { value: "" }, this.text("all." + name)), ...known.map(([each, text]) => h("option", { key: each, value: each, selected: each === value }, text)),
      ]);
    },
    headline(kpi) {
      const { trend } = kpi;
      return h("a", { key: kpi.name, class: "vg-kpi", href: kpi.href, "data-kpi": kpi.name, title: kpi.help }, [
        h("span", { class: "vg-kpi__name" }, kpi.title),
        h("b", kpi.text),
        h("span", { class: ["vg-kpi__trend", "vg-kpi__trend--" + trend.tone], title: this.found.compared }, [trend.sign ? icon(trend.sign) : null, h("span", trend.text)]),
      ]);
    },
    card([name, width]) {
      const table = this.found.tables[name];
      if (!table) return null;
      const charted = table.chart && table.rows.length, shown = charted && !this.open[name], id = "vg-figs-" + name;
      const tool = (sign, text, props) => h(props.href ? "a" : "button", { class: "vg-btn vg-btn--quiet vg-btn--small", ...(props.href ? {} : { type: "button" }), ...props }, [icon(sign), h("span", text)]);
      return h("section", { key: name, class: ["vg-card", "vg-figs__card", "vg-figs__card--" + width], "aria-labelledby": id, "data-table": name }, [
        h("div", { class: "vg-card__head" }, [h("h2", { class: "vg-grow", id }, table.title), h("span", { class: "vg-muted" }, table.note)]),
        h("div", { class: "vg-card__body" }, [
          !table.rows.length ? h("p", { class: "vg-muted vg-figs__none" }, this.text("empty")) : shown ? h(Chart, { table, labels: this.labels }) : dataTable(table),
        ]),
        h("div", { class: "vg-figs__foot" }, [
          h("details", { class: "vg-figs__help" }, [h("summary", this.text("help")), h("p", table.help)]),
          charted ? tool(shown ? "table_rows" : "bar_chart", this.text(shown ? "data" : "chart"), { "aria-expanded": String(!shown), title: this.text(shown ? "data" : "chart"), "aria-label": `${this.text(shown ? "data" : "chart")} (${table.title})`, onClick: () => { this.open[name] = !this.open[name]; } }) : null,
          tool("download", this.text("csv"), { class: "vg-btn vg-btn--quiet vg-btn--small vg-figs__csv", title: this.text("csv_of", { title: table.title }), href: table.csv, download: "", "aria-label": this.text("csv_of", { title: table.title }) }),
        ]),
      ]);
    },
    skeleton() {
      return [h("p", { class: "vg-sr", role: "status" }, this.text("loading")), h("div", { class: "vg-figs", "aria-hidden": "true" }, CARDS.slice(0, 7).map(([name, width]) => h("div", { key: name, class: ["vg-skeleton", "vg-figs__card--" + width], style: { height: "280px" } })))];
    },
    content() {
      if (this.state === "failed" || this.state === "wrong") {
        return h("div", { class: "vg-empty", role: "alert" }, [h("h2", this.text(this.state)), h("button", { type: "button", class: "vg-btn", onClick: this.state === "wrong" ? () => this.ask(Object.fromEntries(["period", "from", "to", ...FILTERS].map((name) => [name, null]))) : this.load }, label(this.state === "wrong" ? "report.clear" : "action.retry", {}, this.labels))]);
      }
      if (!this.found) return this.skeleton();
      return [
        h("p", { class: "vg-figs__span" }, [h("b", this.found.span), h("span", { class: "vg-muted" }, this.found.compared)]),
        h("nav", { class: "vg-kpis", "aria-label": this.found.span }, this.found.kpis.map(this.headline)),
        h("div", { class: "vg-figs" }, CARDS.map(this.card)),
        h("details", { class: "vg-figs__help vg-figs__defs" }, [h("summary", this.text("help")), h("dl", this.found.kpis.flatMap((kpi) => [h("dt", kpi.title), h("dd", kpi.help)]))]),
      ];
    },
  },
  render() {
    return h("div", { class: ["vg-reports", { "vg-is-busy": this.state === "busy" && this.found }], "aria-busy": String(this.state === "busy") }, [this.bar(), this.content()]);
  },
};
