// Pulling the list down reads it again, as people expect of a phone; the page itself is not loaded anew.
const ENOUGH = 72, MOST = 110;

export const Pull = {
  data: () => ({ pulled: 0, reading: false }),
  mounted() {
    this.pulls = {
      touchstart: (event) => { this.from = window.scrollY <= 0 && event.touches.length === 1 && !document.querySelector("dialog[open]") ? event.touches[0].clientY : null; },
      touchmove: (event) => { if (this.from != null && !this.reading) this.pulled = Math.max(0, Math.min(MOST, (event.touches[0].clientY - this.from) / 2)); },
      touchend: async () => {
        const enough = this.pulled >= ENOUGH;
        this.from = null;
        this.pulled = 0;
        if (!enough || this.reading) return;
        this.reading = true;
        await Promise.all([this.feed.sync(), this.queue.flush(), new Promise((done) => setTimeout(done, 400))]);
        this.reading = false;
      },
    };
    for (const [name, hear] of Object.entries(this.pulls)) document.addEventListener(name, hear, { passive: true });
  },
  unmounted() { for (const [name, hear] of Object.entries(this.pulls)) document.removeEventListener(name, hear); },
};
