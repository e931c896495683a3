// What stands around the rows: head of the table, key hints, and what is shown when there are none.
import { LinkButton, icon } from "vigie-kit";
import { h } from "vue";
import { CLASSES } from "./layout.js";
import { ARCHIVE_SORTS, sortOf } from "vigie-board/model.js";

const HINTS = [["J K", "move"], ["\u21b5", "open"], ["board.space", "peek"], ["X", "pick"], ["I", "take"], ["S", "start"], ["R", "resolve"], ["E", "escalate"], ["?", "help"]];

export function tableHead(board) {
  const head = (field) => {
    const cls = CLASSES[field] || "";
    const name = field === "sla" ? "urgency" : field, sort = sortOf(board.filters);
    const order = sort === name ? "ascending" : sort === "-" + name ? "descending" : "none";
    const text = [board.text("field." + field), icon("arrow_upward")];
    const fixed = board.inArchive && !(name in ARCHIVE_SORTS);
    return h("span", { key: field, role: "columnheader", class: cls, "aria-sort": fixed ? null : order }, [
      fixed ? h("span", { class: "vg-th vg-th--fixed" }, text[0]) : h("button", { type: "button", class: "vg-th", onClick: () => board.sort(name) }, text),
    ]);
  };
  return h("div", { class: "vg-thead", role: "row", "aria-rowindex": 1 }, [all(board), ["priority", "title", ...board.shownColumns].map(head)]);
}

function all(board) {
  const every = board.listed.length > 0 && board.picked.size === board.listed.length, some = board.picked.size > 0 && !every;
  return h("span", { role: "columnheader", class: "vg-c-pick" }, h("button", {
    type: "button", role: "checkbox", class: "vg-pickbox", "aria-checked": some ? "mixed" : String(every), "aria-label": board.text("board.pick_all"), onClick: board.pickAll,
  }, icon(some ? "indeterminate_check_box" : every ? "check_box" : "check_box_outline_blank")));
}

/** Under the list: the keys, and the way to the archive. */
export function hints(board) {
  const hint = ([caps, text]) => h("span", { key: text, class: "vg-keys-hint" }, [...caps.split(" ").map((cap) => h("kbd", cap.startsWith("board.") ? board.text(cap) : cap)), h("span", board.text("board.hint." + text))]);
  return h("div", { class: "vg-tfoot" }, [
    HINTS.map(hint),
    everywhere(board),
    h("button", { type: "button", class: "vg-link vg-tfoot__archive", onClick: () => board.toArchive() }, board.text("board.to_archive")),
  ]);
}

/** The same words in everything, also what is closed. */
function everywhere(board) {
  const q = board.filters.q.trim();
  if (!q) return null;
  return h("a", { class: "vg-link vg-tfoot__everywhere", href: "/search?" + new URLSearchParams({ q }) }, board.text("search.everywhere", { q }));
}

/** `kind`: "empty" (nothing is open), "nomatch" (the filters leave nothing), "error" (the list could not be had). */
export function empty(board, kind, act) {
  const [key, name] = { empty: ["state.empty", null], nomatch: ["state.nomatch", "action.clear_filters"], error: ["state.list_failed", "action.retry"] }[kind];
  const plain = (text, sign, onClick) => h("button", { type: "button", class: "vg-btn", onClick }, [icon(sign), h("span", text)]);
  const stranger = kind === "nomatch" && board.desk.length ? board.owners.find(({ id }) => id == null) : null;
  const sign = { nomatch: "filter_alt_off", error: "refresh" }[kind];
  return h("div", { class: "vg-card vg-empty", role: kind === "error" ? "alert" : null }, [
    lighthouse(),
    h("h2", board.text(key)),
    stranger ? h("p", board.text("state.nomatch_stranger", { login: stranger.login })) : null,
    h("p", board.text(key + "_sub")),
    h("div", { class: "vg-row vg-row--wrap vg-empty__acts" }, [
      name ? plain(board.text(name), sign, act) : h(LinkButton, { href: "/incidents/new", sign: "add", text: board.text("action.new_incident") }),
      kind === "nomatch" ? everywhere(board) : null,
      kind !== "error" && !board.inArchive ? plain(board.text("board.to_archive"), "inventory_2", () => board.toArchive()) : null,
    ]),
  ]);
}

/** The shape of the list before its rows are there. */
export function skeleton(board) {
  const bar = (width) => h("span", { class: "vg-skeleton", style: { width, height: "14px" } });
  const row = (n) => h("div", { key: n, class: "vg-tr" }, ["70px", 55 - ((n * 13) % 30) + "%", "92px", "104px", "120px", "30px", "30px"].map((width) => h("span", bar(width))));
  return h("div", { class: "vg-table vg-table--loading", "aria-label": board.text("state.loading"), role: "status" }, [0, 1, 2, 3, 4, 5, 6, 7].map(row));
}

// The same picture as `elements.constant_svg("lighthouse")`, for what is drawn when the server does not answer.
export const lighthouse = () => h("svg", { class: "vg-art", viewBox: "0 0 132 100", "aria-hidden": "true", focusable: "false" }, [
  h("ellipse", { class: "vg-art__ground", cx: 66, cy: 90, rx: 52, ry: 6 }),
  h("path", { class: "vg-art__tower", d: "M56 40h20l6 48H50z" }),
  h("path", { class: "vg-art__bands", d: "M54 58h24M52 72h28" }),
  h("rect", { x: 53, y: 28, width: 26, height: 12, rx: 3 }),
  h("path", { class: "vg-art__roof", d: "M66 12l14 14H52z" }),
  h("path", { class: "vg-art__beam", d: "M81 32l38-12v28L81 37zM51 32 13 20v28l38-11z" }),
]);
