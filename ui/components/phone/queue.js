// What somebody did and the server has not answered yet. It stands in this browser until it has: each entry has a key of
// its own and the version that was shown, so that the server does it once or refuses it, however often it is sent.
const RETRY = [1000, 2000, 4000, 8000, 15000], PATIENCE = 10_000, BUSY = [408, 429, 502, 503, 504];

const read = (place) => { try { return JSON.parse(localStorage.getItem(place)) || []; } catch { return []; } };
/** A name that nobody else has; `randomUUID` exists on HTTPS only. */
const key = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

export class Queue {
  /** `changed(list)` after each change, `done(entry, answer)` and `refused(entry, answer)` once the server has spoken. */
  constructor(me, url, { changed, done, refused }) {
    Object.assign(this, { url, changed, done, refused, place: `vg-queue-${me}`, attempts: 0 });
    this.list = read(this.place);
    // What somebody else was typing on this device is not for the next one; what they did is still theirs to be sent.
    for (const other of Object.keys(localStorage)) if (other.startsWith("vg-typed-") && !other.startsWith(`vg-typed-${me}-`)) localStorage.removeItem(other);
    window.addEventListener("online", this.flush);
    window.addEventListener("storage", this.other);
  }

  stop() {
    clearTimeout(this.retry);
    window.removeEventListener("online", this.flush);
    window.removeEventListener("storage", this.other);
  }

  add(act) {
    this.keep([...read(this.place), { ...act, key: key(), at: Date.now() / 1000 }]);
    this.attempts = 0;
    return this.flush();
  }

  drop(gone) { this.keep(read(this.place).filter((entry) => entry.key !== gone)); }

  keep(list) {
    this.list = list;
    localStorage.setItem(this.place, JSON.stringify(list));
    this.changed(list);
  }

  // Another tab has sent or added something.
  other = ({ key: place }) => { if (place === this.place) { this.list = read(this.place); this.changed(this.list); } };

  /** Sends what waits, in its order, until nothing does or the server is out of reach. */
  flush = () => {
    clearTimeout(this.retry);
    return (this.sending ??= this.send().finally(() => { this.sending = null; }));
  };

  async send() {
    for (let next = read(this.place)[0]; next; next = read(this.place)[0]) {
      const { key: name, ref, v = null, action, fields = {} } = next;
      let answer, said;
      try {
        answer = await fetch(this.url, {
          method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify({ key: name, ref, v, action, fields }),
          signal: AbortSignal.timeout?.(PATIENCE),
        });
        if (answer.status === 401) return window.location.reload(); // signs in, and comes back here
        if (BUSY.includes(answer.status)) throw new Error(String(answer.status));
        said = await answer.json().catch((error) => { if (answer.ok) throw error; return null; });
      } catch {
        this.keep(read(this.place).map((entry) => (entry.key === name ? { ...entry, waiting: true } : entry)));
        this.retry = setTimeout(this.flush, RETRY[Math.min(this.attempts++, RETRY.length - 1)]);
        return;
      }
      this.attempts = 0;
      this.drop(name);
      (answer.ok ? this.done : this.refused)(next, said);
    }
  }
}

/** What is being typed for an incident, kept in this browser until it is sent. */
export class Typed {
  constructor(me, ref, form) { this.place = `vg-typed-${me}-${form}-${ref}`; }
  read() { try { return JSON.parse(localStorage.getItem(this.place)) || {}; } catch { return {}; } }
  keep(values) { localStorage.setItem(this.place, JSON.stringify(values)); }
  forget() { localStorage.removeItem(this.place); }
}
