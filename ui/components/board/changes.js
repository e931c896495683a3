// What changes under the reader's eyes: rows glide, light up, and are told to who does not see them.
import { now, slaState, announce } from "vigie-kit";
import { nextTick } from "vue";
import { glide, places } from "./window.js";

const FRESH_FOR = 6000, SPEAK_EVERY = 4000;

export const Changes = {
  methods: {
    /** Rows change under the reader's eyes: they glide, and focus stays where it was. */
    async moving(change) {
      const before = places(this.root()), focused = document.activeElement?.closest?.("[data-id]");
      change();
      await nextTick();
      if (this.root()) glide(this.root(), before);
      if (focused?.isConnected && document.activeElement === document.body) focused.querySelector("a").focus({ preventScroll: true });
    },
    /** What the rows or cards stand in. */
    root() { return this.$refs.body || this.$refs.kanban?.$el; },
    change(rows, notes) {
      const first = !this.ready;
      this.moving(() => {
        if (this.inKanban) this.leaving = [...this.leaving, ...this.rows.filter((row) => !rows.has(row.id))];
        this.rows = Object.freeze([...rows.values()]);
        this.at = now.value;
        this.ready = true;
        this.broken = false;
        for (const [id, note] of Object.entries(notes)) this.light(Number(id), note);
      });
      if (first) { this.scrolled(); this.resume(); }
      else if (this.inArchive) this.later("archive", 1000, () => this.inArchive && this.old.search(this.filters, true));
      if (!first && this.filters.q) this.later("matches", 300, () => this.matches.ask(this.filters.q));
      const news = Object.entries(notes).filter(([, note]) => note.fields.includes("new")).map(([id]) => rows.get(Number(id)));
      for (const row of news) if (row) this.say(this.text("board.announce_new", { ref: row.ref, title: row.title }));
    },
    know(teams, people) {
      this.allTeams = teams;
      this.desk = Object.freeze(people);
      const { team } = this.filters;
      if (teams.length && team != null && !teams.some(({ id }) => id === team)) this.filters = { ...this.filters, team: null };
    },
    /** The row is lit for a while; what I did here myself needs no name on it. */
    light(id, note) {
      const mine = this.acted.delete(id);
      delete this.busy[id];
      this.fresh[id] = Object.freeze(mine ? { ...note, by: "" } : note);
      this.later("fresh" + id, FRESH_FOR, () => { delete this.fresh[id]; });
    },
    /** A clock has run into the next colour: order and groups follow it, and it is said. */
    cross() {
      const before = this.at, after = now.value;
      const changed = this.listed.filter((row) => slaState(row.sla, before) !== slaState(row.sla, after));
      this.moving(() => { this.at = after; });
      for (const row of changed) this.say(this.text("board.announce_" + slaState(row.sla, after), { ref: row.ref }));
    },
    say(sentence) {
      this.said.push(sentence);
      if (this.timers.say) return;
      const speak = () => {
        const sentences = this.said.splice(0);
        delete this.timers.say;
        if (sentences.length) announce(sentences.slice(0, 3).join(". "));
        if (sentences.length) this.timers.say = setTimeout(speak, SPEAK_EVERY);
      };
      speak();
    },
    later(name, wait, act) {
      clearTimeout(this.timers[name]);
      this.timers[name] = setTimeout(() => { delete this.timers[name]; act(); }, wait);
    },
  },
};
