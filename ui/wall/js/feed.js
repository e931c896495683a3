// The rows as the server knows them, by questions that it answers when something changes, at the latest after ten seconds.
// Whatever does not answer is asked again, first whether it lives at all; how old the rows are is never hidden.
import { shallowReactive } from "vue";
import { now, syncClock } from "vigie-kit";

const HOLD = 10, GRACE = 5, PROBE = 3, ANSWER = 8, SILENT = 25, DRIFT = 1.5, PAUSES = [1, 2, 3, 5];
const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

/** The answer, or an error after `seconds`; `cut` ends it sooner. */
async function ask(url, seconds, cut, options = {}) {
  const timeout = AbortSignal.timeout(seconds * 1000);
  return fetch(url, { cache: "no-store", ...options, signal: cut ? AbortSignal.any([timeout, cut]) : timeout });
}

/** Whether the server answers at all. */
export async function answers() {
  try { return (await ask("/healthz", PROBE)).ok; } catch { return false; }
}

export class Feed {
  /** `changed(rows, first, {today})` is called with all rows by id; `reload()` when this page is not the server's any more. */
  constructor({ conf, build, changed, reload }) {
    Object.assign(this, { conf, build, changed, reload });
    this.rows = new Map();
    this.epoch = "";
    this.version = -1;
    /** `lost`: the rows may be old; `heard`: epoch second of the last answer; `again`: when it is tried again. */
    this.state = shallowReactive({ lost: false, heard: now.value, again: 0 });
    this.failures = 0;
    addEventListener("offline", () => this.cut?.abort());
    addEventListener("online", () => this.hurry?.());
    setInterval(() => { if (now.value - this.state.heard > SILENT) this.state.lost = true; }, 1000);
  }

  async run() {
    for (;;) {
      try {
        await this.turn();
        this.failures = 0;
      } catch {
        await this.wait();
      }
    }
  }

  async turn() {
    const calm = !this.failures && this.version >= 0;
    if (this.failures > 1 && !(await answers())) throw new Error("silent");
    this.cut = new AbortController();
    const known = `?epoch=${this.epoch}&since=${this.version}&settings=${this.conf}&wait=${calm ? HOLD : 0}`;
    const answer = await ask("/wall/feed" + known, calm ? HOLD + GRACE : ANSWER, this.cut.signal);
    if (answer.status === 401) return this.leave();
    if (!answer.ok) throw new Error(String(answer.status));
    const news = await answer.json();
    if (Math.abs(now.value - news.now) > DRIFT) syncClock(news.now);
    Object.assign(this.state, { lost: false, heard: now.value });
    if (news.conf !== this.conf || news.build !== this.build) return this.leave();
    this.apply(news);
  }

  async leave() {
    this.reload();
    await sleep(30); // and if the page is still here, it goes on asking
  }

  apply({ epoch, v, rows: { all, up = [], del = [] }, today }) {
    const first = this.version < 0, before = this.rows;
    if (all) this.rows = new Map(all.map((row) => [row.id, Object.freeze(row)]));
    else if (up.length || del.length) {
      this.rows = new Map(before);
      for (const row of up) this.rows.set(row.id, Object.freeze(row));
      for (const id of del) this.rows.delete(id);
    }
    this.epoch = epoch;
    this.version = v;
    this.changed({ rows: this.rows, before: first ? null : before, today });
  }

  async wait() {
    if (++this.failures > 1) this.state.lost = true;
    const seconds = PAUSES[Math.min(this.failures, PAUSES.length) - 1] + Math.random() * 0.5; // not all walls at once
    this.state.again = now.value + seconds;
    await Promise.race([sleep(seconds), new Promise((done) => { this.hurry = done; })]);
    this.hurry = null;
  }
}
