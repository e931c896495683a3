// A restart of the server loads the page anew: what people were doing on it goes on where it was (D12).
// Until then no letter that was meant for a text is taken for a command.
(() => {
  const PLACE = "vg-interrupted", QUIET_MS = 2000, PATIENCE_MS = 10_000, SETTLE_MS = 1200;
  const WRITING = "input, textarea, select, [contenteditable]";
  const kept = () => [...document.querySelectorAll("[data-draft]")];
  const radios = (field) => [...field.querySelectorAll("[role=radio]")];
  const isChoice = (field) => field.matches("[role=radiogroup]");
  const valueOf = (field) => (isChoice(field) ? radios(field).findIndex((at) => at.ariaChecked === "true") : field.value);
  const topDialog = () => [...document.querySelectorAll(".q-dialog .vg-dlg")].pop();

  // ---------------------------------------------------------------- before: what is there is written down
  let away = false;
  window.addEventListener("pagehide", () => {
    if (!away) return;
    const at = document.activeElement, dialog = topDialog();
    const now = { path: window.location.pathname, typed: kept().map((field) => [field.dataset.draft, valueOf(field)]), writing: Boolean(at?.matches(WRITING)) };
    if (now.writing && at.dataset.draft) now.focus = { place: at.dataset.draft, start: at.selectionStart, end: at.selectionEnd };
    if (dialog) now.dialog = { title: dialog.querySelector("h2")?.textContent, ask: dialog.dataset.ask || "", ref: dialog.dataset.about };
    document.dispatchEvent(new CustomEvent("vg-interrupted", { detail: now })); // a list adds what it shows
    sessionStorage.setItem(PLACE, JSON.stringify(now));
  });
  (function listen() {
    if (!window.socket) return setTimeout(listen, 100);
    window.socket.on("disconnect", () => { away = true; });
    // A restarted server refuses the old page right after the connection; one that knows the page gets what was typed.
    window.socket.on("connect", () => setTimeout(() => { away = !window.socket.connected; }, 3000));
  })();

  // ---------------------------------------------------------------- afterwards
  const found = JSON.parse(sessionStorage.getItem(PLACE) || "null");
  sessionStorage.removeItem(PLACE);
  const was = found?.path === window.location.pathname ? found : null;
  globalThis.vigieInterrupted = was || {};
  if (!was) return;

  // Letters are held until there is a field to write them into, or whoever typed them has paused; then they are keys again.
  let holding = was.writing, waiting = Boolean(was.focus), last = performance.now(), meanwhile = "", moved = false;
  const release = () => { holding = waiting = false; moved = true; };
  document.addEventListener("pointerdown", release, { capture: true, once: true });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Tab" || event.key === "Escape") release();
    if (!holding || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(WRITING)) return;
    if (event.key.length > 1 && !["Enter", "Backspace"].includes(event.key)) return;
    if (!waiting && performance.now() - last > QUIET_MS) { holding = false; return; }
    last = performance.now();
    if (event.key.length === 1) meanwhile += event.key;
    else if (event.key === "Backspace") meanwhile = meanwhile.slice(0, -1);
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  const field = (place) => kept().find((at) => at.dataset.draft === place);
  const seen = (at) => at.getClientRects().length > 0;
  const typed = new Map(was.typed), end = performance.now() + PATIENCE_MS;
  function put(at, value) {
    if (value === valueOf(at)) return;
    if (isChoice(at)) return radios(at)[value]?.click();
    at.value = value;
    at.dispatchEvent(new Event("input", { bubbles: true }));
  }
  /** Whether the cursor is where it was; what stands behind another tab is brought to the front first. */
  function refocus({ place, start, end: to }) {
    const at = field(place);
    if (!at || typed.has(place)) return false;
    if (!seen(at)) {
      const pane = at.closest("[role=tabpanel]");
      if (pane) document.querySelector(`[aria-controls="${pane.id}"]`)?.click();
      return false;
    }
    at.focus();
    if (start !== null) {
      at.setSelectionRange(start, to);
      if (meanwhile) { at.setRangeText(meanwhile, start, to, "end"); at.dispatchEvent(new Event("input", { bubbles: true })); }
    }
    waiting = false;
    last = performance.now();
    // A dialog that opens, and a tab that is turned, take the cursor a moment later.
    (function stay(until) {
      if (moved || performance.now() > until) return;
      if (document.activeElement !== at && seen(at)) at.focus();
      setTimeout(stay, 50, until);
    })(performance.now() + SETTLE_MS);
    return true;
  }
  /** The dialog is open again, as far as one of the page's own buttons, or its list, opens it. */
  let asked = false;
  function reopen({ ask, ref }) {
    if (topDialog()) return true;
    if (!ask || asked) return false;
    const button = ask.split(" ").map((action) => document.querySelector(`#content [data-ask="${action}"]`)).find((at) => at && seen(at));
    if (button && window.location.pathname.endsWith(ref)) button.click();
    else if (document.dispatchEvent(new CustomEvent("vg-reopen", { detail: { ask: ask.split(" "), ref }, cancelable: true }))) return false;
    asked = true;
    return false;
  }
  let { focus, dialog } = was;
  (function resume() {
    if (window.socket?.connected && window.did_handshake) {
      for (const [place, value] of typed) {
        const at = field(place);
        if (at) { typed.delete(place); put(at, value); }
      }
      if (dialog && reopen(dialog)) dialog = null;
      if (focus && (moved || refocus(focus))) focus = null;
    }
    if (performance.now() < end && (typed.size || focus || dialog)) return setTimeout(resume, 100);
    waiting = false;
    if (dialog) document.dispatchEvent(new CustomEvent("vg-toast", { detail: { id: "closed", icon: "restart_alt", text: document.getElementById("vg-lost").dataset.closed.replace("{title}", dialog.title) } }));
  })();
})();
