// The page for when there is no connection: it says what waits to be sent, and leaves as soon as the server answers.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  document.documentElement.dataset.theme = dark.matches ? "dark" : "light";
  document.addEventListener("DOMContentLoaded", () => {
    const kept = document.getElementById("vg-kept"), list = (place) => { try { return JSON.parse(localStorage.getItem(place)).length; } catch { return 0; } };
    const n = Object.keys(localStorage).filter((place) => place.startsWith("vg-queue-")).reduce((sum, place) => sum + list(place), 0);
    if (n) {
      kept.querySelector("span").textContent = (n === 1 ? kept.dataset.one : kept.dataset.other).replace("{n}", n);
      kept.hidden = false;
    }
    document.getElementById("vg-again").addEventListener("click", () => window.location.reload());
    const look = () => fetch("/healthz", { cache: "no-store" }).then((answer) => answer.ok && window.location.reload()).catch(() => {});
    setInterval(look, 3000);
    window.addEventListener("online", look);
  });
})();
