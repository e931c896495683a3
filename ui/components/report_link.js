// A link to a file that takes a while to be made: busy until it is there, then saved; what the server refuses is said.
// With `choices` {key, text, icon, href, file} a menu beside it has others of the kind; one without an address is the link's own.
import { announce, icon } from "vigie-kit";
import { Menu } from "vigie-board/menu.js";
import { h } from "vue";

const KEPT_MS = 60_000; // the address of what was saved: some browsers ask for it late

export default {
  props: { href: String, file: String, glyph: String, idle: String, busy: String, ready: String, failed: String, choose: String, choices: { type: Array, default: () => [] } },
  emits: ["failed"],
  data: () => ({ running: false }),
  methods: {
    press(event) {
      // Whoever wants it in another tab, or to copy the address, has a plain link.
      if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.make();
    },
    async make({ href = this.href, file = this.file } = {}) {
      if (this.running) return;
      this.running = true;
      announce(this.busy);
      try {
        const answer = await fetch(href);
        if (answer.redirected) return location.assign(href); // signed out meanwhile: to the sign-in page
        if (!answer.ok) return this.$emit("failed", answer.status < 500 || answer.status === 503 ? await answer.text() : this.failed);
        this.save(await answer.blob(), file);
        announce(this.ready);
      } catch {
        this.$emit("failed", this.failed);
      } finally {
        this.running = false;
      }
    },
    save(blob, file) {
      const address = URL.createObjectURL(blob);
      const link = Object.assign(document.createElement("a"), { href: address, download: file });
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
    },
  },
  render() {
    const word = this.running ? this.busy : this.idle;
    const link = h("a", {
      href: this.href, class: ["vg-btn vg-btn--quiet vg-btn--small vg-making", { "vg-is-busy": this.running }],
      "aria-label": word, title: this.running ? word : null, "aria-busy": String(this.running), "aria-disabled": this.running ? "true" : null, onClick: this.press,
    }, [
      this.running ? h("span", { class: "vg-making__ring", "aria-hidden": "true" }) : icon(this.glyph),
      h("span", { class: "vg-crumb__word" }, word),
    ]);
    if (!this.choices.length) return link;
    const menu = { text: this.choose, bare: "expand_more", kind: "act", end: true, items: this.choices };
    return h("span", { class: "vg-split" }, [link, h(Menu, { ...menu, onPick: (key) => this.make(this.choices.find((each) => each.key === key)) })]);
  },
};
