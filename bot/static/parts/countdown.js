// How long the visitor has, in plain words; a warning in time, with a way to get more (WCAG 2.2.1).

import { button, element } from "./dom.js";
import { TEXTS } from "./texts.js";

const WARN_S = 60;
const WARN_OF_LITTLE_S = 20; // where there was no more than a minute from the start
const SAME_S = 3; // the server counts whole seconds, and its answers take a moment

export class Countdown {
  #announcer;
  #text = element("p");
  #more;
  #endsAt = null;
  #warnS = WARN_S;
  #timer = null;

  /** `extend()`: the visitor asks for more time. */
  constructor({ announcer, extend }) {
    this.#announcer = announcer;
    this.#more = button(TEXTS.moreTime, extend, { class: "pill", hidden: true });
    this.element = element("div", { class: "time-left", hidden: true }, this.#text, this.#more);
  }

  /** `seconds`: what is left now; null when nothing is waited for. */
  set(seconds) {
    if (seconds === null || seconds === undefined) return this.stop();
    const endsAt = Date.now() + seconds * 1_000;
    if (this.#endsAt !== null && Math.abs(endsAt - this.#endsAt) < SAME_S * 1_000) return;
    this.#warnS = seconds > WARN_S ? WARN_S : WARN_OF_LITTLE_S;
    this.#endsAt = endsAt;
    this.#timer ??= setInterval(() => this.#draw(), 1_000);
    this.#draw();
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = this.#endsAt = null;
    this.element.hidden = this.#more.hidden = true;
  }

  #draw() {
    const seconds = Math.max(0, (this.#endsAt - Date.now()) / 1_000);
    const warns = seconds <= this.#warnS;
    const text = TEXTS.timeLeft(seconds);
    if (this.#text.textContent !== text) this.#text.textContent = text;
    if (warns && this.#more.hidden) this.#announcer.say(`${text} ${TEXTS.moreTimeSpoken}`);
    this.element.classList.toggle("soon", warns);
    this.element.hidden = false;
    this.#more.hidden = !warns;
  }
}
