// What the shell does without the server: theme of the device, phone menu, help sheet, single keys, lost connection.
// Plain script with listeners on the document, since NiceGUI draws the page after it.
(() => {
  const root = document.documentElement;
  const facts = JSON.parse(document.getElementById("vg-page").textContent);

  // ---------------------------------------------------------------- theme "auto" follows the device while the page is open
  const dark = matchMedia("(prefers-color-scheme: dark)");
  if (facts.theme === "auto") dark.addEventListener("change", () => { root.dataset.theme = dark.matches ? "dark" : "light"; });

  // ---------------------------------------------------------------- phone menu
  const wide = matchMedia("(min-width: 768px)");
  function menu(open) {
    const opener = document.querySelector("[data-menu-open]");
    root.classList.toggle("vg-menu-open", open);
    opener?.setAttribute("aria-expanded", String(open));
    document.getElementById("content")?.toggleAttribute("inert", open);
    if (open) document.querySelector("#vg-rail a")?.focus(); else if (!wide.matches) opener?.focus();
  }
  wide.addEventListener("change", () => root.classList.contains("vg-menu-open") && menu(false));

  // ---------------------------------------------------------------- single keys can be switched off (WCAG 2.1.4)
  const TYPING = "input, textarea, select, [contenteditable], [role=listbox], dialog[open], .q-dialog, .q-menu, .vg-menu";
  if (facts.keys === false) {
    root.dataset.keys = "off";
    document.addEventListener("keydown", (event) => {
      const single = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (single && !event.target.closest?.(TYPING)) event.stopImmediatePropagation();
    }, true);
  }

  // ---------------------------------------------------------------- clicks and keys
  const help = () => { const sheet = document.getElementById("vg-help"); if (sheet && !sheet.open) sheet.showModal(); };
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest?.(selector);
    if (at("[data-menu-open]")) menu(!root.classList.contains("vg-menu-open"));
    else if (at("[data-menu-close]")) menu(false);
    else if (at("[data-help]")) { if (root.classList.contains("vg-menu-open")) menu(false); help(); }
    else if (at("[data-help-close]") || event.target.id === "vg-help") document.getElementById("vg-help").close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && root.classList.contains("vg-menu-open")) return menu(false);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return confirm(event, submitOf(event.target));
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], dialog[open], .q-dialog, .q-menu, .vg-menu")) return;
    if (document.querySelector(".q-dialog")) return;
    if (event.key === "?") return press(event, null, help);
    if (event.key.length === 1) press(event, byKey(event.key.toLowerCase()));
  });
  // In a menu the arrows move, as people expect of one.
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], menu = step && [...document.querySelectorAll(".q-menu[role=menu]")].pop();
    if (!menu || event.target.closest?.("input, textarea")) return;
    const items = [...menu.querySelectorAll("[role^=menuitem]")].filter(usable);
    const at = items.indexOf(document.activeElement.closest("[role^=menuitem]"));
    event.preventDefault();
    items[at < 0 ? (step > 0 ? 0 : items.length - 1) : (at + step + items.length) % items.length]?.focus();
  });
  // What the page itself has comes before the navigation beside it.
  const byKey = (key) => [...document.querySelectorAll("#content [data-key], [data-key]")].sort((a, b) => inMain(b) - inMain(a)).find((at) => at.dataset.key === key && usable(at));
  const inMain = (at) => Number(Boolean(at.closest("#content")));
  const usable = (at) => at.getClientRects().length > 0 && !at.disabled && at.getAttribute("aria-disabled") !== "true" && !at.classList.contains("disabled");
  // The form, dialog or composer that the cursor is in names its button with data-submit.
  function submitOf(target) {
    const within = target.closest?.(".vg-dlg, [data-submit-area]") || [...document.querySelectorAll(".q-dialog .vg-dlg")].pop()
      || document.querySelector("[data-submit-area=page]"); // a page that is one form, wherever the cursor is
    const shown = [...(within?.querySelectorAll("[data-submit]") || [])].filter((at) => at.getClientRects().length > 0);
    return shown.find(usable) || shown[0];
  }
  // Keys that outrun the server count as well: the button that it is about to release is pressed once it is.
  function confirm(event, at) {
    if (!at || usable(at)) return press(event, at);
    event.preventDefault();
    const released = new MutationObserver(() => { if (usable(at)) { stop(); at.click(); } });
    const stop = () => { released.disconnect(); clearTimeout(late); for (const type of ["keydown", "pointerdown"]) document.removeEventListener(type, stop, true); };
    const late = setTimeout(stop, 2000);
    released.observe(at, { attributes: true });
    for (const type of ["keydown", "pointerdown"]) document.addEventListener(type, stop, true);
  }
  function press(event, at, otherwise) {
    if (!at && !otherwise) return;
    event.preventDefault();
    if (!at) otherwise();
    else if (at.matches("input, textarea")) { at.focus(); at.select(); }
    else at.click();
  }

  // ---------------------------------------------------------------- lost connection: say so after 1.5 s, send nothing meanwhile
  const clock = (at) => new Intl.DateTimeFormat("en-GB", { timeZone: facts.zone, hour: "2-digit", minute: "2-digit" }).format(at);
  const cut = () => leaving || window.socket.connected || lost(new Date());
  const PATIENCE_MS = 5000;  // whoever has never been connected by then is held up by something in between
  let reached = false;
  /** The page makes room for the banner, so that it covers nothing; what one types into stays in sight. */
  const room = new ResizeObserver(([{ target }]) => {
    const bar = document.querySelector(".vg-topbar")?.offsetHeight || 0, at = document.activeElement, { bottom } = at.getBoundingClientRect();
    root.style.setProperty("--lost", Math.max(0, target.offsetTop + target.offsetHeight - bar) + "px");
    if (at.matches("#content :is(input, textarea)") && bottom > 0 && bottom <= window.innerHeight) at.scrollIntoView({ block: "nearest" });
  });
  function lost(since) {
    if (root.classList.contains("vg-is-lost")) return;
    root.classList.add("vg-is-lost");
    const banner = document.getElementById("vg-lost");
    room.observe(banner);
    banner.querySelector("b").textContent = banner.dataset.title;
    const text = banner.querySelector("span");
    text.textContent = banner.dataset.text.replace("{t}", clock(since));
    if (!reached) setTimeout(() => { if (!reached && text.textContent) text.textContent = banner.dataset.never; }, PATIENCE_MS);
  }
  function found() {
    if (!root.classList.contains("vg-is-lost")) return;
    root.classList.remove("vg-is-lost");
    const banner = document.getElementById("vg-lost");
    room.unobserve(banner);
    banner.querySelectorAll("b, span").forEach((part) => { part.textContent = ""; });
    document.getElementById("vg-live").textContent = banner.dataset.back;
  }
  let leaving = false;
  window.addEventListener("pagehide", () => { leaving = true; });
  (function listen() {
    if (!window.socket) return setTimeout(listen, 100);
    window.socket.on("disconnect", () => setTimeout(cut, 1500));
    window.socket.on("connect_error", () => setTimeout(cut, 1500));
    window.socket.on("connect", () => { reached = true; found(); });
    reached = window.socket.connected;
  })();
  // A live list misses its heartbeat, or hears it again, on a link that nobody has closed.
  document.addEventListener("vg-silent", ({ detail }) => (detail.silent ? lost(detail.since) : window.socket.connected && found()));
  // A click made now would run when the server is back, on a state that nobody has seen: it is not sent.
  for (const kind of ["click", "keydown"]) {
    document.addEventListener(kind, (event) => {
      const enter = kind === "click" || event.key === "Enter" || event.key === " ";
      if (enter && root.classList.contains("vg-is-lost") && event.target.closest?.(".vg-btn, .vg-quick, [data-action]")) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    }, true);
  }

  // ---------------------------------------------------------------- a link out of a notification shows the button to take
  if (new URLSearchParams(window.location.search).get("do") === "take") (function find(tries) {
    const at = document.querySelector(".vg-abar [data-key=i]");
    if (at && usable(at)) { at.focus(); history.replaceState(history.state, "", window.location.pathname); }
    else if (tries < 100) setTimeout(find, 100, tries + 1);
  })(0);
})();
