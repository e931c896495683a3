// ARIA attributes of an element that another component draws and gives no way to name them for.
export default {
  props: { target: String, aria: Object },
  mounted() { this.apply({}); },
  watch: { aria(_, before) { this.apply(before); } },
  methods: {
    apply(before) {
      const element = document.getElementById(this.target);
      for (const name of Object.keys(before)) if (!(name in this.aria)) element?.removeAttribute(name);
      for (const [name, value] of Object.entries(this.aria)) element?.setAttribute(name, value);
    },
  },
  render: () => null,
};
