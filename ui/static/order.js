// What is done before the page is connected reaches the server in the order in which it was done. NiceGUI 3.18 asks for each
// event by itself, every ten milliseconds, whether it may go: half a word arrived after the whole one, « Envoyer » before the
// text. Here they wait in one line; a browser test fails when their timer has another name.
(() => {
  const waiting = [], later = window.setTimeout;
  let connected = Boolean(window.did_handshake);
  Object.defineProperty(window, "did_handshake", {
    get: () => connected,
    set(now) {
      connected = now;
      if (connected) for (const go of waiting.splice(0)) try { go(); } catch (error) { console.error(error); }
    },
  });
  window.setTimeout = (act, ...rest) => (!connected && act?.name === "delayed_emitter" ? waiting.push(act) : later(act, ...rest));
})();
