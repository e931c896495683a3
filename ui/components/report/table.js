// The data behind a chart: a real table, in which each number that counts incidents opens them.
import { h } from "vue";

export const cell = (each) => (each.href ? h("a", { href: each.href }, each.t) : each.t);

export function dataTable(table) {
  const numeric = (i) => table.rows[0] && table.rows[0][i].n;
  return h("div", { class: "vg-dtable", tabindex: 0, role: "region", "aria-label": table.title }, h("table", [
    h("thead", h("tr", table.columns.map((text, i) => h("th", { key: i, scope: "col", class: numeric(i) ? "vg-num" : "" }, text)))),
    h("tbody", table.rows.map((row, place) => h("tr", { key: place }, row.map((each, i) => (i
      ? h("td", { key: i, class: each.n ? "vg-num" : "" }, [cell(each), i === table.barred ? h("span", { class: "vg-dtable__bar" }, h("i", { style: { width: `${(100 * each.v) / table.most}%` } })) : null])
      : h("th", { key: i, scope: "row" }, [cell(each), each.sub ? h("small", each.sub) : null])))))),
  ]));
}
