// What the server finds for the words of the search: comments and names that the rows here do not carry.
export class Matches {
  /** `changed()` is called whenever `ids` is another. */
  constructor(url, changed) {
    Object.assign(this, { url, changed, q: "", ids: null, asked: 0 });
  }

  /** The ids of the open incidents that match, or null while only the rows themselves can be searched. */
  of(q) { return q.trim() && q.trim() === this.q ? this.ids : null; }

  async ask(q) {
    const wanted = q.trim(), mine = (this.asked += 1);
    if (!wanted) return;
    let ids = null;
    try {
      const answer = await fetch(`${this.url}?${new URLSearchParams({ q: wanted })}`, { headers: { Accept: "application/json" } });
      if (answer.status === 401) return window.location.reload();
      if (answer.ok) ids = new Set((await answer.json()).ids);
    } catch { /* the rows are searched as they are */ }
    if (mine !== this.asked || (!ids && wanted === this.q)) return;
    this.q = wanted;
    this.ids = ids;
    this.changed();
  }
}
