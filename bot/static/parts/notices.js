// What the visitor is told besides the messages: aloud to screen readers, and in lines below the header.

import { button, clockTime, element } from "./dom.js";
import { TEXTS } from "./texts.js";

const KEPT_MS = 15_000; // long enough to be picked up by every reader, short enough not to be met when browsing
const ECHO_MS = 3_000;

const PATIENCE_MS = 1_200; // a blink of the network is not worth a line
const UNREACHABLE_AFTER = 3;

/** The live region: only new text, politely, never the whole log again. */
export class Announcer {
  element = element("div", { class: "spoken", "aria-live": "polite", "aria-relevant": "additions" });

  /** While the chat is closed only what `always` must be heard is said. */
  muted = true;

  #lately = [];

  /** `words`: what of `text` another part of the chat may say as well, `by` itself; said by both at once, they are heard once. */
  say(text, { always = false, words = text, by = null } = {}) {
    if (!text || (this.muted && !always)) return;
    const now = Date.now();
    this.#lately = this.#lately.filter(({ at }) => now - at < ECHO_MS);
    if (this.#lately.some((said) => said.words === words && said.by !== by)) return;
    this.#lately.push({ words, by, at: now });
    const line = element("p", {}, text);
    this.element.append(line);
    setTimeout(() => line.remove(), KEPT_MS);
  }
}

/** Whether we are connected, where the visitor stands in the queue, whether the conversation ends or has ended. */
export class Notices {
  #conversation;
  #announcer;
  #timer = null;
  #told = "";
  #link = element("p", { class: "notice link", hidden: true });
  #queue = element("div", { class: "notice queue", hidden: true });
  #ending = element("div", { class: "notice", hidden: true });
  #news = element("p", { class: "notice", hidden: true });
  #retry = button(TEXTS.retryNow, () => this.#conversation.reconnect(), { class: "pill small" });

  constructor({ conversation, announcer }) {
    this.#conversation = conversation;
    this.#announcer = announcer;
    this.element = element("div", { class: "notices" }, this.#link, this.#queue, this.#ending, this.#news);
    conversation.addEventListener("link", () => this.#linkChanged());
    conversation.addEventListener("ending", () => this.#endingChanged());
    conversation.addEventListener("ended", () => this.tell(TEXTS.ended));
    conversation.addEventListener("outbox", () => conversation.outbox.items.length && this.tell(""));
    conversation.addEventListener("state", ({ detail }) => this.#stateChanged(detail.before));
  }

  /** Say something that stands until the visitor writes again. */
  tell(text) {
    this.#announcer.say(text);
    this.#news.textContent = text;
    this.#news.hidden = !text;
  }

  #endingChanged() {
    const { endsAt } = this.#conversation;
    this.#ending.hidden = !endsAt;
    if (!endsAt) return;
    const text = TEXTS.endsSoon(clockTime(endsAt));
    const stay = button(TEXTS.stay, () => this.#conversation.stay().catch(() => this.#conversation.reconnect()), { class: "pill small" });
    this.#ending.replaceChildren(text, stay);
    this.#announcer.say(`${text} ${TEXTS.staySpoken}`);
  }

  #linkChanged() {
    if (this.#conversation.link === "online") this.#showLink("");
    else if (this.#told) this.#showLink(this.#linkText());
    else this.#timer ??= setTimeout(() => this.#showLink(this.#linkText()), PATIENCE_MS);
  }

  #linkText() {
    const { link, failures, problem } = this.#conversation;
    if (link === "offline") return TEXTS.offline;
    if (problem) return problem;
    if (failures > UNREACHABLE_AFTER) return TEXTS.unreachable;
    return link === "connecting" ? TEXTS.connecting : TEXTS.reconnecting;
  }

  #showLink(text) {
    clearTimeout(this.#timer);
    this.#timer = null;
    if (text === this.#told) return;
    this.#announcer.say(text || TEXTS.backOnline);
    this.#told = text;
    this.#link.replaceChildren(text, ...(text === TEXTS.unreachable ? [this.#retry] : []));
    this.#link.hidden = !text;
  }

  #stateChanged(before) {
    const { state, queue_position, officer_name, opens } = this.#conversation.state;
    const text = TEXTS.queue(this.#conversation.state);
    this.#queue.hidden = state !== "waiting";
    if (state === "waiting" && this.#queue.firstChild?.textContent !== text) this.#drawQueue(text);
    if (state === before.state && queue_position === before.queue_position && opens === before.opens) return;
    if (state === "waiting") this.#announcer.say(text);
    if (state === "human" && before.state !== "human") this.#announcer.say(TEXTS.officerAnswers(officer_name ?? TEXTS.officer));
    if (state === "bot" && before.state === "human") this.#announcer.say(TEXTS.botAgain);
  }

  #drawQueue(text) {
    const cancel = this.#queue.querySelector("button") ?? button(TEXTS.cancelWaiting, () => this.#conversation.cancelWaiting());
    cancel.className = "pill small";
    if (!this.#queue.firstChild) this.#queue.append(element("p"), element("p", { class: "note" }, TEXTS.queueMeanwhile), cancel);
    this.#queue.firstChild.textContent = text;
  }
}
