// What an action asks before it happens, in the sheet. What is typed is kept until it is sent.
import { icon, label } from "vigie-kit";
import { h } from "vue";
import { Typed } from "./queue.js";

/** One of `codes`, as big buttons that say what each means (S117). */
function choice(form, name, codes, kind) {
  return h("div", { class: "vg-mpicks", role: "radiogroup", "aria-label": form.text("field." + name.field) }, codes.map((code) => h("label", { key: code, class: ["vg-mpick", { "vg-is-on": form.values[name.value] === code }] }, [
    h("input", { type: "radio", name: name.value, class: "vg-sr", value: code, checked: form.values[name.value] === code, onChange: () => form.set(name.value, code) }),
    h("span", { class: "vg-mpick__dot", "aria-hidden": "true" }),
    h("span", [h("span", form.text(`${kind}.${code}`)), h("small", form.text(`${kind}.${code}.help`))]),
  ])));
}
function words(form, name, text, { rows = 4, hint = "", required = false } = {}) {
  return h("label", { class: "vg-mfield" }, [
    h("span", [text, h("em", form.text(required ? "field.required" : "field.optional"))]),
    h("textarea", { rows, placeholder: hint, value: form.values[name] || "", required, maxlength: 20000, onInput: (event) => form.set(name, event.target.value) }),
  ]);
}
function line(form, name, text, props) {
  return h("label", { class: "vg-mfield" }, [h("span", [text, h("em", form.text(props.required ? "field.required" : "field.optional"))]), h("input", { ...props, value: form.values[name] || "", onInput: (event) => form.set(name, event.target.value) })]);
}

const filled = (text) => Boolean((text || "").trim());

const Asking = {
  props: { me: Number, row: Object, action: String, facts: Object, labels: Object },
  emits: ["send", "back"],
  data() { return { values: new Typed(this.me, this.row.ref, this.action).read() }; },
  methods: {
    text(key, params) { return label(key, params, this.labels); },
    set(name, value) {
      this.values = { ...this.values, [name]: value };
      new Typed(this.me, this.row.ref, this.action).keep(this.values);
    },
    send() {
      if (!this.ready()) return;
      this.$emit("send", this.row, this.action, this.fields());
      new Typed(this.me, this.row.ref, this.action).forget();
    },
    frame(kids, sign, text) {
      return h("form", { class: "vg-mform", onSubmit: (event) => { event.preventDefault(); this.send(); } }, [
        h("div", { class: "vg-mform__body" }, kids),
        h("div", { class: "vg-msheet__foot" }, [h("button", { type: "submit", class: "vg-mstep", disabled: !this.ready() }, [icon(sign), h("span", text)])]),
      ]);
    },
  },
};

const Hold = {
  extends: Asking,
  methods: {
    ready() { return Boolean(this.values.reason); },
    fields() { const { reason, text = null, resume_at = null } = this.values; return { reason, text: text || null, resume_at: resume_at || null }; },
  },
  render() {
    return this.frame([
      choice(this, { field: "hold_reason", value: "reason" }, this.facts.reasons, "hold_reason"),
      words(this, "text", this.text("field.hold_note"), { rows: 3, hint: this.text("hold.note_help") }),
      line(this, "resume_at", this.text("field.resume_on"), { type: "datetime-local" }),
    ], "pause", this.text("action.hold"));
  },
};

const Resolve = {
  extends: Asking,
  methods: {
    ready() { return Boolean(this.values.code) && filled(this.values.summary) && (this.values.code !== "duplicate" || filled(this.values.master)); },
    fields() {
      const { code, summary, master, publish = false } = this.values;
      return { code, summary, master: code === "duplicate" ? master.trim().toUpperCase() : null, publish };
    },
  },
  render() {
    return this.frame([
      choice(this, { field: "resolution_code", value: "code" }, this.facts.resolutions, "resolution"),
      this.values.code === "duplicate" ? line(this, "master", this.text("resolve.duplicate_of"), { required: true, autocapitalize: "characters", placeholder: "INC-", autocomplete: "off" }) : null,
      words(this, "summary", this.text("field.resolution_summary"), { rows: 5, required: true, hint: this.text("resolve.summary_help") }),
      h("label", { class: "vg-mcheck" }, [h("input", { type: "checkbox", checked: this.values.publish || false, onChange: (event) => this.set("publish", event.target.checked) }), h("span", this.text("resolve.publish"))]),
    ], "check_circle", this.text("action.resolve"));
  },
};

const Comment = {
  extends: Asking,
  data: () => ({ photos: [], sending: false, trouble: "" }),
  unmounted() { for (const { url } of this.photos) URL.revokeObjectURL(url); },
  methods: {
    to() { return this.values.visibility || "internal"; },
    ready() { return !this.sending && (filled(this.values.body) || this.photos.length > 0); },
    taken(event) {
      this.photos = [...this.photos, ...[...event.target.files].map((file) => ({ file, url: URL.createObjectURL(file) }))];
      event.target.value = "";
    },
    without(photo) { this.photos = this.photos.filter((each) => each !== photo); URL.revokeObjectURL(photo.url); },
    /** Photos go first, each once; the comment that names them makes them part of the incident. */
    async send() {
      if (!this.ready()) return;
      this.sending = true;
      this.trouble = "";
      try {
        for (const photo of this.photos.filter(({ id }) => !id)) photo.id = await this.upload(photo.file);
      } catch (error) {
        this.trouble = error.said || this.text("phone.photo_away");
        return;
      } finally { this.sending = false; }
      const files = this.photos.map(({ id }) => id);
      this.$emit("send", this.row, this.action, { body: this.values.body || "", visibility: this.to(), files });
      new Typed(this.me, this.row.ref, this.action).forget();
    },
    async upload(file) {
      const query = new URLSearchParams({ name: file.name || "photo.jpg", visibility: this.to() });
      const answer = await fetch(`/incidents/${this.row.ref}/files?${query}`, { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } });
      const said = await answer.json();
      if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { said: said.detail });
      return said.id;
    },
    address(visibility) {
      if (visibility !== this.to()) for (const photo of this.photos) delete photo.id; // sent for other readers
      this.set("visibility", visibility);
    },
    pictures() {
      const shown = (photo, n) => h("li", { key: photo.url }, [
        h("img", { src: photo.url, alt: this.text("phone.photo_n", { n: n + 1 }) }),
        h("button", { type: "button", "aria-label": this.text("phone.photo_remove", { n: n + 1 }), onClick: () => this.without(photo) }, icon("close")),
      ]);
      return [
        this.photos.length ? h("ul", { class: "vg-mphotos" }, this.photos.map(shown)) : null,
        h("label", { class: "vg-mphoto" }, [icon("photo_camera"), h("span", this.text("phone.photo")), h("input", { type: "file", accept: "image/*", capture: "environment", class: "vg-sr", onChange: this.taken })]),
        h("div", { role: "alert" }, this.trouble ? h("p", { class: "vg-note vg-note--error" }, [icon("error"), h("span", this.trouble)]) : null),
      ];
    },
  },
  render() {
    const to = this.to(), name = this.row.requester || "";
    const side = (visibility, sign) => h("button", { type: "button", "aria-pressed": String(to === visibility), onClick: () => this.address(visibility) }, [icon(sign), h("span", this.text("detail.write_" + visibility))]);
    return this.frame([
      h("div", { class: ["vg-mto", "vg-mto--" + to], role: "group", "aria-label": this.text("phone.readers") }, [side("internal", "lock"), side("public", "public")]),
      words(this, "body", this.text("phone.body"), { rows: 6, required: !this.photos.length, hint: to === "public" ? this.text("phone.hint_public", { name }) : this.text("detail.placeholder_internal") }),
      this.pictures(),
    ], "send", this.text(this.sending ? "phone.photo_sending" : to === "public" ? "detail.post_public" : "detail.post_internal"));
  },
};

export const FORMS = { hold: Hold, resolve: Resolve, start_and_resolve: Resolve, comment: Comment };
