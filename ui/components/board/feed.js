// The rows as the server knows them: one snapshot over HTTP, then deltas over the page's websocket. A delta that does not
// follow what is here, or another epoch (the server was started anew), fetches what is missing. On each (re)connection, and
// every ten seconds, the server says which version there is.
import { now, syncClock } from "vigie-kit";

const SILENT_AFTER = 25, CHECK_EVERY = 1000, RETRY = [1000, 2000, 4000, 8000], DRIFT = 1.5;

export class Feed {
  /** `changed({rows, notes})` is called with all rows by id after each change, `failed(first)` when they cannot be had,
   *  `done(n)` with a number that is another whenever one that is not open any more has changed. */
  constructor(url, { changed, failed, figures, done }) {
    Object.assign(this, { url, changed, failed, figures, done });
    this.rows = new Map();
    this.epoch = "";
    this.version = -1;
    this.attempts = 0;
    this.heard = Date.now();
    this.silent = false;
  }

  start() {
    this.sync();
    const listen = () => {
      if (this.stopped) return;
      if (!window.socket) return setTimeout(listen, 10); // NiceGUI makes it once its components are mounted
      window.socket.on("board", this.hear);
    };
    queueMicrotask(listen);
    this.watchdog = setInterval(() => this.check(), CHECK_EVERY);
  }

  stop() {
    this.stopped = true;
    clearInterval(this.watchdog);
    clearTimeout(this.retry);
    window.socket?.off("board", this.hear);
  }

  /** What the server has and this page has not. */
  sync = () => {
    clearTimeout(this.retry);
    return (this.fetching ??= this.fetch().finally(() => {
      const told = this.told;
      this.fetching = this.told = null;
      if (told && (told.epoch !== this.epoch || told.v > this.version)) this.sync(); // the answer had left before
    }));
  };

  async fetch() {
    const known = this.version >= 0 ? `?epoch=${this.epoch}&since=${this.version}` : "";
    try {
      const answer = await fetch(this.url + known, { headers: { Accept: "application/json" } });
      if (answer.status === 401 || answer.status === 403) return window.location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      const message = await answer.json();
      this.attempts = 0;
      this.alive();
      if (!message.rows) return this.apply(message);
      this.rows = new Map();
      this.apply({ ...message, up: message.rows, del: [], notes: {} });
    } catch (error) {
      this.failed(this.version < 0, error);
      if (!this.stopped) this.retry = setTimeout(this.sync, RETRY[Math.min(this.attempts++, RETRY.length - 1)]);
    }
  }

  hear = (message) => {
    this.alive();
    if (message.now && Math.abs(message.now - now.value) > DRIFT) syncClock(message.now);
    if (message.epoch !== this.epoch || message.prev > this.version) {
      this.told = message;
      return this.sync();
    }
    if (message.v > this.version) this.apply(message);
    else this.done?.(message.done);
  };

  apply(message) {
    for (const row of message.up) this.rows.set(row.id, Object.freeze(row));
    for (const id of message.del) this.rows.delete(id);
    this.epoch = message.epoch;
    this.version = message.v;
    this.done?.(message.done);
    if (message.figures) this.figures(message.figures);
    this.changed(this.rows, message.notes);
  }

  alive() {
    this.heard = Date.now();
    if (this.silent) this.tell(false);
  }

  // A link that is dead without having been closed: the heartbeat stays away.
  check() {
    if (!this.silent && Date.now() - this.heard > SILENT_AFTER * 1000) this.tell(true);
  }

  tell(silent) {
    this.silent = silent;
    document.dispatchEvent(new CustomEvent("vg-silent", { detail: { silent, since: this.heard } }));
  }
}
