// The results of what the user did, at the foot of the page. The region is there from the start: screen readers hear it.
import { icon } from "vigie-kit";
import { h, TransitionGroup } from "vue";

export default {
  props: { seconds: { type: Number, default: 6 } },
  emits: ["undo", "gone"],
  data: () => ({ list: [] }),
  mounted() { document.addEventListener("vg-toast", this.hear); },
  unmounted() { document.removeEventListener("vg-toast", this.hear); },
  methods: {
    hear({ detail }) { this.show(detail); },
    show(toast) {
      this.list = [...this.list.slice(-2), toast];
      setTimeout(() => this.drop(toast.id), this.seconds * 1000);
    },
    drop(id) {
      if (!this.list.some((toast) => toast.id === id)) return;
      this.list = this.list.filter((toast) => toast.id !== id);
      this.$emit("gone", id);
    },
    undo(id) { this.$emit("undo", id); this.drop(id); },
  },
  render() {
    const row = (toast) => h("div", { key: toast.id, class: ["vg-toast", { "vg-toast--error": toast.error }] }, [
      icon(toast.icon), h("span", toast.text),
      toast.undo ? h("button", { type: "button", onClick: () => this.undo(toast.id) }, toast.undo) : null,
    ]);
    return h("div", { class: "vg-toasts", role: "status", "aria-live": "polite" }, [
      h(TransitionGroup, { name: "vg-toast" }, { default: () => this.list.map(row) }),
    ]);
  },
};
