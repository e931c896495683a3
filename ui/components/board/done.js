// The newest resolved incidents and the month's count of closed ones, fetched anew when the server says that one changed.
const SOON = 150, RETRY = 4000;

export class Done {
  /** `changed({rows, total, closed})` is called with each answer. */
  constructor(url, changed) {
    Object.assign(this, { url, changed, wanted: false, has: null, told: 0 });
  }

  /** Whether they are shown: only then are they fetched. */
  show(wanted) {
    this.wanted = wanted;
    this.look();
  }

  hear(number) {
    this.told = number;
    this.look();
  }

  look() {
    if (!this.wanted || this.has === this.told || this.timer) return;
    this.timer = setTimeout(() => this.fetch(), this.has === null ? 0 : SOON);
  }

  async fetch() {
    const asked = this.told;
    let found = null;
    try {
      const answer = await fetch(this.url, { headers: { Accept: "application/json" } });
      if (answer.status === 401 || answer.status === 403) return window.location.reload();
      if (answer.ok) found = await answer.json();
    } catch { /* tried again below */ }
    this.timer = null;
    if (!found) { this.timer = setTimeout(() => this.fetch(), RETRY); return; }
    this.has = asked;
    this.changed({ ...found, rows: Object.freeze(found.rows.map(Object.freeze)) });
    this.look();
  }

  stop() { this.wanted = false; clearTimeout(this.timer); }
}
