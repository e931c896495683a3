// The service worker: what makes Vigie an application that can be installed. It keeps files that never change and the
// page for when there is no connection; never a page of Vigie, which is somebody's.
const VERSION = "__VERSION__", CACHE = "vigie-" + VERSION, OFFLINE = "/offline";
const FILES = [OFFLINE, "/static/vigie.css?v=" + VERSION, "/static/offline.js?v=" + VERSION, "/static/icons/icon-192.png?v=" + VERSION, "/static/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2?v=" + VERSION];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("vigie-") && name !== CACHE);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  else if (/^\/(static|_nicegui)\//.test(url.pathname)) event.respondWith(kept(request));
});

/** From here if it is here; what the server calls immutable is kept. */
async function kept(request) {
  const found = await caches.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && answer.type === "basic" && (answer.headers.get("cache-control") || "").includes("immutable")) {
    const copy = answer.clone();
    caches.open(CACHE).then((cache) => cache.put(request, copy)).catch(() => {}); // a full device keeps nothing
  }
  return answer;
}
