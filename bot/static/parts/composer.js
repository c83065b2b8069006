// Where the visitor writes. What stands here is remembered by the tab until it is sent.

import { ICONS, button, element, icon } from "./dom.js";
import { rememberDraft, rememberedDraft } from "./memory.js";
import { TEXTS } from "./texts.js";

const LIMIT = 2_000; // the server's; more is refused kindly rather than cut off silently
const HIGHEST_PX = 132;

export class Composer {
  #send;
  #input = element("textarea", {
    rows: 1,
    placeholder: TEXTS.placeholder,
    autocomplete: "off",
    enterKeyHint: "send",
    "aria-label": TEXTS.write,
    "aria-describedby": "hint",
    oninput: () => this.#changed(),
    onkeydown: (event) => this.#key(event),
  });
  #hint = element("p", { class: "hint", id: "hint" }, TEXTS.hint);
  #button = button(icon(ICONS.send), () => this.#submit(), { class: "round send", "aria-label": TEXTS.send });

  constructor({ send }) {
    this.#send = send;
    this.element = element("div", { class: "composer" }, element("div", { class: "field" }, this.#input, this.#button), this.#hint);
    this.#set(rememberedDraft().text);
  }

  focus() {
    this.#input.focus();
  }

  /** Put text back for editing, before what stands there. */
  edit(text) {
    this.#set([text, this.#input.value].filter(Boolean).join("\n"));
    this.#changed();
    this.focus();
  }

  fit() {
    this.#input.style.height = "auto";
    this.#input.style.height = `${Math.min(this.#input.scrollHeight, HIGHEST_PX)}px`;
  }

  #set(text) {
    this.#input.value = text;
    this.#check();
  }

  #changed() {
    rememberDraft({ text: this.#input.value });
    this.#check();
  }

  #check() {
    const length = this.#input.value.trim().length;
    const tooLong = length > LIMIT;
    this.#button.setAttribute("aria-disabled", String(!length || tooLong));
    this.#input.setAttribute("aria-invalid", String(tooLong));
    this.#hint.textContent = tooLong ? TEXTS.tooLong(length, LIMIT) : TEXTS.hint;
    this.#hint.classList.toggle("error", tooLong);
    this.fit();
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    const text = this.#input.value.trim();
    if (!text || text.length > LIMIT) return;
    this.#set("");
    rememberDraft({ text: "" });
    this.#send(text);
    this.focus();
  }
}
