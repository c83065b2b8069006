// The messages in order, with what is on its way below them; scrolls to what is new unless the visitor reads elsewhere.

import { Bubble, spoken } from "./bubble.js";
import { button, dayName, element } from "./dom.js";
import { TEXTS } from "./texts.js";
import { Unsent } from "./unsent.js";

const AT_END_PX = 48;
const CONTINUED_MS = 5 * 60_000;

export class Thread {
  /** Whether a greeting that is all there is will be read out: the visitor has just opened the chat. */
  greets = false;

  #context;
  #conversation;
  #bubbles = new Map();
  #cards = new Map();
  #atEnd = true;
  #list = element("ol", { class: "messages", role: "list" });
  #typing = element("p", { class: "typing", hidden: true }, element("span", { class: "spoken" }), ...[1, 2, 3].map(() => element("i")));
  #unsent;

  constructor(context, { edit }) {
    this.#context = context;
    this.#conversation = context.conversation;
    const { outbox } = this.#conversation;
    this.#unsent = new Unsent({
      retry: (item) => outbox.retry(item),
      remove: (item) => this.#takeBack(item),
      edit: (item) => this.#takeBack(item) || edit(item.text),
    });
    this.log = element(
      "div",
      { class: "log", role: "region", "aria-label": TEXTS.conversation, tabIndex: 0, onscroll: () => this.#scrolled() },
      this.#list,
      this.#unsent.element,
      this.#typing,
    );
    this.toEnd = button(TEXTS.newMessages, () => this.#goToEnd(), { class: "pill to-end", hidden: true });
    this.element = element("div", { class: "thread" }, this.log, this.toEnd);
    const resized = new ResizeObserver(() => this.#atEnd && this.showEnd());
    resized.observe(this.log);
    resized.observe(this.#list);
    this.#follow();
  }

  showEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.toEnd.hidden = true;
  }

  /** The button goes, and with it the focus would. */
  #goToEnd() {
    this.log.focus();
    this.showEnd();
  }

  #follow() {
    const on = (type, listener) => this.#conversation.addEventListener(type, ({ detail }) => listener(detail));
    on("reset", () => this.#reset());
    on("message", ({ message, fresh }) => this.#show(message, fresh));
    on("outbox", () => this.#showUnsent());
    on("typing", () => this.#showTyping());
    on("identification", (identification) => this.#cards.get(identification.id)?.update(identification));
    this.#showUnsent();
  }

  #reset() {
    for (const card of this.#cards.values()) card.stop();
    this.#bubbles.clear();
    this.#cards.clear();
    this.#list.replaceChildren();
    const messages = [...this.#conversation.messages.values()];
    for (const message of messages) this.#add(message);
    const greeting = this.greets && !messages.some(({ sender }) => sender === "visitor");
    if (greeting) messages.forEach((message) => this.#context.announcer.say(spoken(message)));
    this.showEnd();
  }

  #show(message, fresh) {
    const bubble = this.#bubbles.get(message.id);
    if (bubble) return bubble.update(message);
    const followed = this.#atEnd || message.sender === "visitor";
    this.#add(message);
    if (followed) this.#showNewest();
    else this.toEnd.hidden = false;
    if (fresh && message.sender !== "visitor") this.#context.announcer.say(spoken(message), { words: message.text, by: this });
  }

  #add(message) {
    const after = [...this.#bubbles.values()].findLast((bubble) => bubble.message.id < message.id);
    const bubble = new Bubble(message, this.#context, { continued: continues(after?.message, message), first: !after });
    if (after) after.element.after(bubble.element);
    else this.#list.prepend(bubble.element);
    if (isNewDay(after?.message, message)) bubble.element.before(element("li", { class: "day" }, dayName(message.created_at)));
    this.#bubbles.set(message.id, bubble);
    if (bubble.identificationCard) {
      const id = message.card.identification_id;
      this.#cards.get(id)?.retire();
      this.#cards.set(id, bubble.identificationCard);
    }
  }

  #showUnsent() {
    const { items } = this.#conversation.outbox;
    for (const { status, button: token } of items) {
      if (token && status === "refused") this.#bubbles.forEach((bubble) => bubble.release(token));
    }
    this.#unsent.update(items);
    if (items.length) this.#atEnd = true;
    if (this.#atEnd) this.showEnd();
  }

  #takeBack(item) {
    this.#conversation.outbox.remove(item.client_id);
  }

  #showTyping() {
    const { typing, state } = this.#conversation;
    this.#typing.hidden = !typing;
    this.#typing.firstElementChild.textContent = typing ? TEXTS.typing(state.officer_name ?? TEXTS.assistant) : "";
    if (this.#atEnd) this.showEnd();
  }

  /** The end, but never past the beginning of what was just said. */
  #showNewest() {
    const last = [...this.#bubbles.values()].at(-1).element;
    this.showEnd();
    this.log.scrollTop = Math.min(this.log.scrollTop, last.offsetTop);
    this.#scrolled();
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < AT_END_PX;
    if (this.#atEnd) this.toEnd.hidden = true;
  }
}

function continues(before, message) {
  return (
    before?.sender === message.sender &&
    before.sender_name === message.sender_name &&
    new Date(message.created_at) - new Date(before.created_at) < CONTINUED_MS
  );
}

function isNewDay(before, message) {
  const day = new Date(message.created_at).toDateString();
  return day !== new Date(before?.created_at ?? Date.now()).toDateString();
}
