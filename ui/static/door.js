// What the pages before signing in do besides: show the password, tell of a locked shift key. They work without it.
(() => {
  for (const peek of document.querySelectorAll("[data-peek]")) {
    const field = document.getElementById(peek.dataset.peek), sign = peek.querySelector("i");
    peek.hidden = false;
    peek.addEventListener("click", () => {
      const shown = field.type === "password";
      field.type = shown ? "text" : "password";
      sign.textContent = shown ? "visibility" : "visibility_off";
      peek.setAttribute("aria-label", shown ? peek.dataset.hide : peek.dataset.show);
      peek.setAttribute("aria-pressed", String(shown));
    });
  }
  for (const hint of document.querySelectorAll("[data-caps]")) {
    const field = hint.closest(".vg-field").querySelector("input");
    const tell = (event) => { hint.textContent = event.getModifierState?.("CapsLock") ? hint.dataset.caps : ""; };
    for (const type of ["keydown", "keyup", "click"]) field.addEventListener(type, tell);
    field.addEventListener("blur", () => { hint.textContent = ""; });
  }
})();
