// The files of a comment before it is sent: chosen, dropped or pasted, on their way, there, or failed. Each goes by a
// plain request of its own; what has arrived is named to the page. Those of an incident that is only being declared wait
// here until there is one to `deliver` them to.
import { announce, icon, locale } from "vigie-kit";
import { h } from "vue";

const LIMIT = 20 * 2 ** 20, MOST = 20;
let keys = 0;

export default {
  props: { address: String, visibility: String, kept: Array, accept: String, texts: Object },
  emits: ["change"],
  data() { return { items: (this.kept || []).map((each) => ({ ...each, key: ++keys, state: "ready", share: 1 })) }; },
  mounted() {
    this.pane = this.$el.closest(".vg-cmp__pane, .vg-reply, .vg-trouble__more");
    this.field = this.pane.querySelector("textarea");
    this.field.addEventListener("paste", this.onPaste);
    for (const [name, handler] of Object.entries(this.drops())) this.pane.addEventListener(name, handler);
  },
  unmounted() { for (const item of this.items) { item.request?.abort(); if (item.url) URL.revokeObjectURL(item.url); } },
  methods: {
    text(key, name) { return this.texts[key].replace("{name}", name || ""); },
    drops() {
      const has = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
      const over = (on) => this.pane.classList.toggle("vg-is-over", on);
      return {
        dragover: (event) => { if (has(event)) { event.preventDefault(); over(true); } },
        dragleave: (event) => { if (!this.pane.contains(event.relatedTarget)) over(false); },
        drop: (event) => { over(false); if (has(event)) { event.preventDefault(); this.add(event.dataTransfer.files); } },
      };
    },
    onPaste(event) {
      const files = [...(event.clipboardData?.files || [])];
      if (!files.length || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      this.add(files.map((file) => this.named(file)));
    },
    named(file) {
      if (!/^image\.\w+$/.test(file.name)) return file;
      const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
      return new File([file], `${this.text("pasted")}-${stamp}.${file.name.split(".").pop()}`, { type: file.type });
    },
    onChosen(event) { this.add(event.target.files); event.target.value = ""; },
    add(files) {
      for (const file of files) {
        const held = { key: ++keys, file, name: file.name, size: file.size, share: 0, url: null };
        if (this.items.length >= MOST) return this.refuse(held);
        const url = /^image\/(png|jpeg|gif|webp|bmp)$/.test(file.type) ? URL.createObjectURL(file) : null;
        this.items.push({ ...held, state: "sending", url });
        this.send(this.items[this.items.length - 1]);
      }
    },
    send(item) {
      if (item.size > LIMIT) return this.fail(item, this.text("too_large"));
      const address = item.to || this.address;
      Object.assign(item, { state: address ? "sending" : "held", share: 0, error: "" });
      if (!address) return this.tell();
      const request = new XMLHttpRequest();
      item.request = request;
      request.upload.onprogress = (event) => { if (event.lengthComputable) item.share = event.loaded / event.total; };
      request.onload = () => {
        const answer = this.read(request);
        if (request.status !== 201) return this.fail(item, answer.detail || this.text("lost"));
        if (item.to) { announce(this.text("joined", item.name)); return this.drop(item); }
        Object.assign(item, { id: answer.id, name: answer.name, state: "ready", share: 1 });
        announce(this.text("sent", item.name));
        this.tell();
      };
      request.onerror = request.ontimeout = () => this.fail(item, this.text("lost"));
      const asked = { name: item.name, visibility: this.visibility, ...(item.to && { attach: item.once }) };
      request.open("POST", `${address}?${new URLSearchParams(asked)}`);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.send(item.file);
      this.tell();
    },
    read(request) { try { return JSON.parse(request.responseText); } catch { return {}; } },
    refuse(item) { this.items.push(item); this.fail(this.items[this.items.length - 1], this.text("too_many")); },
    fail(item, error) { Object.assign(item, { state: "failed", error }); announce(`${this.text("failed", item.name)} ${error}`); this.tell(); },
    // What has waited goes to the incident, each once however often it has to be sent.
    deliver(address) {
      for (const item of this.items.filter((each) => each.state === "held")) {
        Object.assign(item, { to: address, once: [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("") });
        this.send(item);
      }
    },
    drop(item) {
      if (item.url) URL.revokeObjectURL(item.url);
      this.items = this.items.filter((each) => each.key !== item.key);
      this.tell();
    },
    remove(item) {
      item.request?.abort();
      if (item.id) fetch(`${this.address}/pending/${item.id}`, { method: "DELETE" }).catch(() => {});
      this.drop(item);
      this.field.focus();
    },
    // What was sent with the comment is no longer to be sent; what came meanwhile stays.
    sent(ids) { this.items = this.items.filter((each) => !ids.includes(each.id)); this.tell(); },
    tell() {
      const ids = this.items.filter((each) => each.state === "ready").map((each) => each.id);
      this.$emit("change", { ids, busy: this.items.some((each) => each.state === "sending") });
    },
    size(bytes) {
      const [unit, by] = bytes < 2 ** 20 ? ["kb", 2 ** 10] : ["mb", 2 ** 20];
      const digits = new Intl.NumberFormat(locale, { maximumFractionDigits: unit === "mb" ? 1 : 0 });
      return this.texts[unit].replace("{n}", digits.format(Math.max(Math.max(bytes / by, unit === "kb" ? 1 : 0), 0.1)));
    },
    chip(item) {
      const button = (name, sign, act) => h("button", { type: "button", class: "vg-sent__button", "aria-label": name, title: name, onClick: act }, [icon(sign)]);
      return h("li", { class: ["vg-sent", { "vg-is-wrong": item.state === "failed" }], key: item.key }, [
        item.url ? h("img", { src: item.url, alt: "" }) : h("span", { class: "vg-sent__icon" }, [icon(item.state === "failed" ? "error" : "draft")]),
        h("span", { class: "vg-sent__text" }, [h("b", item.name), h("small", item.state === "failed" ? item.error : this.size(item.size))]),
        item.state === "failed" && item.file && item.size <= LIMIT ? button(this.text("retry"), "refresh", () => this.send(item)) : null,
        button(this.text("remove", item.name), "close", () => this.remove(item)),
        item.state === "sending" ? h("progress", { max: 1, value: item.share, "aria-label": this.text("sending", item.name) }) : null,
      ]);
    },
  },
  render() {
    return h("div", { class: "vg-sents" }, [
      h("input", { type: "file", multiple: true, accept: this.accept, hidden: true, onChange: this.onChosen, tabindex: -1 }),
      this.items.length ? h("ul", { class: "vg-sents__list" }, this.items.map(this.chip)) : null,
    ]);
  },
};
