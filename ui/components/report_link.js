// A link to a file that takes a while to be made: busy until it is there, then saved; what the server refuses is said.
import { announce, icon } from "vigie-kit";
import { h } from "vue";

const KEPT_MS = 60_000; // the address of what was saved: some browsers ask for it late

export default {
  props: { href: String, file: String, glyph: String, idle: String, busy: String, ready: String, failed: String },
  emits: ["failed"],
  data: () => ({ running: false }),
  methods: {
    press(event) {
      // Whoever wants it in another tab, or to copy the address, has a plain link.
      if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      if (!this.running) this.make();
    },
    async make() {
      this.running = true;
      announce(this.busy);
      try {
        const answer = await fetch(this.href);
        if (answer.redirected) return location.assign(this.href); // signed out meanwhile: to the sign-in page
        if (!answer.ok) return this.$emit("failed", answer.status < 500 || answer.status === 503 ? await answer.text() : this.failed);
        this.save(await answer.blob());
        announce(this.ready);
      } catch {
        this.$emit("failed", this.failed);
      } finally {
        this.running = false;
      }
    },
    save(blob) {
      const address = URL.createObjectURL(blob);
      const link = Object.assign(document.createElement("a"), { href: address, download: this.file });
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
    },
  },
  render() {
    const word = this.running ? this.busy : this.idle;
    return h("a", {
      href: this.href, class: ["vg-btn vg-btn--quiet vg-btn--small vg-making", { "vg-is-busy": this.running }],
      "aria-label": word, title: this.running ? word : null, "aria-busy": String(this.running), "aria-disabled": this.running ? "true" : null, onClick: this.press,
    }, [
      this.running ? h("span", { class: "vg-making__ring", "aria-hidden": "true" }) : icon(this.glyph),
      h("span", { class: "vg-crumb__word" }, word),
    ]);
  },
};
