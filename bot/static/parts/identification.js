// The card on which the visitor shows who they are: BankID, or a code by e-mail. The server decides the state and its
// message; the card shows it and offers what can be done now.

import { Countdown } from "./countdown.js";
import { ICONS, button, element, icon } from "./dom.js";
import { EdgeError } from "./edge.js";
import { TEXTS } from "./texts.js";

const QR_FRAME_MS = 1_000;
const REFRESH_MS = 5_000; // besides the stream, in case something between us holds events back
const LAUNCH_SCHEMES = ["bankid:", "https:", "http:"];
const BANKID_LINKS = "app.bankid.com"; // taken over by the app; never leaves the page

const pill = (label, onclick) => button(label, onclick, { class: "pill" });

/** On a phone or tablet BankID is most likely on the same device. */
const sameDeviceFirst = () => matchMedia("(pointer: coarse)").matches;

export class IdentificationCard {
  #id;
  #conversation;
  #edge;
  #announcer;
  #shape = null;
  #retired = false;
  #brought = false;
  #busy = null;
  #next = null;
  #timers = [];
  #status = element("p", { class: "status", tabIndex: -1 }, TEXTS.bankidWaiting);
  #code = element("div", { class: "qr", role: "img", "aria-label": TEXTS.bankidQrImage });
  #body = element("div", { class: "actions" });
  #countdown;
  #current = null;

  constructor({ id, conversation, edge, announcer }) {
    this.#id = id;
    this.#conversation = conversation;
    this.#edge = edge;
    this.#announcer = announcer;
    this.element = element("section", { class: "card bankid", "aria-label": TEXTS.bankid });
    this.heading = element("h3", {}, TEXTS.bankid);
    this.signed = element("details", {}, element("summary", {}, TEXTS.bankidSigns), element("blockquote"));
    this.purpose = element("p", { class: "lead" });
    this.signed.hidden = true;
    this.#countdown = new Countdown({ announcer: { say: (text) => this.live && announcer.say(text) }, extend: () => this.#extend() });
    this.element.append(this.heading, this.purpose, this.signed, this.#status, this.#countdown.element, this.#code, this.#body);
    const known = conversation.identifications.get(id);
    if (known) this.update(known);
    else this.#act("refresh", () => conversation.refreshIdentification(id), { failureText: TEXTS.bankidEnded });
  }

  get live() {
    return this.element.isConnected && !this.#retired;
  }

  /** Another card further down shows the same identification from now on. */
  retire() {
    this.#retired = true;
    this.stop();
    this.#status.textContent = TEXTS.bankidMoved;
    this.element.replaceChildren(this.heading, this.#status);
  }

  update(identification) {
    if (this.#retired) return;
    const { state, mode, qr, can_retry, launch_url, message, purpose_title, visible_text, by_email, email } = identification;
    const withBankid = !by_email || mode === "qr" || mode === "same_device";
    this.heading.textContent = this.element.ariaLabel = withBankid ? TEXTS.bankid : TEXTS.identify;
    this.element.dataset.state = state;
    this.purpose.textContent = purpose_title ?? "";
    this.signed.hidden = !visible_text || !withBankid;
    this.signed.lastElementChild.textContent = visible_text ?? "";
    const focusIsHere = this.element.contains(this.element.getRootNode().activeElement);
    const isRead = state === "complete" && focusIsHere; // nothing is left to press, so the focus goes to the text itself
    this.#say(message || (state === "offered" ? TEXTS.bankidOffered : TEXTS.bankidWaiting), { isRead });
    this.#current = identification;
    this.#countdown.set(identification.ends_in_s);
    const shape = JSON.stringify([state, mode, qr, can_retry, launch_url, email]);
    if (this.#shape === shape) return;
    this.#rest();
    this.#shape = shape;
    if (mode !== "qr") this.#brought = false;
    this.#draw(identification, focusIsHere);
    if (state !== "pending" || mode === "email") return;
    this.#every(REFRESH_MS, () => this.#conversation.refreshIdentification(this.#id).catch(ignoreEdgeError));
    if (qr) this.#showCode();
  }

  #draw(identification, focusIsHere) {
    const { state, qr } = identification;
    this.#code.hidden = !qr;
    this.#body.replaceChildren(...this.#offers(identification).filter(Boolean));
    if (state === "complete") this.#status.prepend(icon(ICONS.check));
    if (focusIsHere) (this.#body.querySelector("input, a, button") ?? this.#status).focus();
  }

  #offers(identification) {
    const { state, mode, qr, can_retry, launch_url, by_email, email } = identification;
    if (state === "complete") return [];
    if (state === "offered") return [...this.#choices(by_email, email), by_email && this.#personButton()];
    if (mode === "email" && state === "pending") return this.#enterActions(identification);
    if (state === "pending") return mode === "qr" ? this.#codeActions(qr) : this.#hereActions(launch_url);
    return [...(can_retry ? this.#choices(by_email, email) : []), by_email ? this.#personButton() : this.#withoutButton()];
  }

  #choices(byEmail, email) {
    const here = this.#startButton(TEXTS.bankidHere, "same_device");
    const code = this.#startButton(TEXTS.bankidQr, "qr");
    const [first, second] = sameDeviceFirst() ? [here, code] : [code, here];
    if (byEmail) {
      const field = { type: "email", autocomplete: "email", value: email };
      return [this.#form("code", "email", TEXTS.email, TEXTS.sendCode, field), first, second];
    }
    first.classList.add("primary");
    return [first, second, element("p", { class: "note" }, TEXTS.bankidSafety)];
  }

  #enterActions(identification) {
    const field = { inputMode: "numeric", autocomplete: "one-time-code" };
    const again = () => {
      this.#shape = null; // the same address again looks the same, and is drawn all the same
      this.#body.replaceChildren(...this.#choices(true, identification.email), this.#cancelButton());
      this.#body.querySelector("input").focus();
    };
    return [
      this.#form("code/enter", "code", TEXTS.code(identification.email), TEXTS.confirm, field),
      pill(TEXTS.codeAgain, again),
      this.#personButton(),
      this.#cancelButton(),
    ];
  }

  /** One field and its button; what is wrong with it the server says. */
  #form(what, name, label, action, properties) {
    const field = element("input", properties);
    const send = (event) => {
      event.preventDefault();
      this.#identify(what, { [name]: field.value }, TEXTS.sending);
    };
    return element(
      "form",
      { noValidate: true, onsubmit: send },
      element("label", {}, label, field),
      element("button", { class: "pill primary" }, action),
    );
  }

  #hereActions(launchUrl) {
    return [
      this.#launchLink(launchUrl),
      this.#startButton(TEXTS.bankidQrInstead, "qr"),
      this.#withoutButton(),
      this.#cancelButton(),
      this.#timeNote(),
    ];
  }

  #codeActions(qr) {
    return [
      qr && element("p", { class: "spoken" }, TEXTS.bankidQrSpoken),
      this.#startButton(TEXTS.bankidHereInstead, "same_device"),
      this.#withoutButton(),
      this.#cancelButton(),
      this.#timeNote(),
    ];
  }

  #timeNote() {
    return element("p", { class: "note" }, TEXTS.timeNote);
  }

  /** BankID's own time cannot be prolonged: more time is a new order, or a new code, in the place of the old one. */
  #extend() {
    const { mode, email } = this.#current;
    const [what, body] = mode === "email" ? ["code", { email }] : ["start", { mode }];
    this.#status.focus();
    return this.#identify(what, body, mode === "email" ? TEXTS.sending : TEXTS.bankidStarting);
  }

  /** A real link: Android and iOS hand it to the app only when it is tapped. */
  #launchLink(launchUrl) {
    const url = launchUrl && new URL(launchUrl, this.#edge.base);
    if (!url || !LAUNCH_SCHEMES.includes(url.protocol)) return null;
    const leaves = url.protocol !== "bankid:" && url.hostname !== BANKID_LINKS;
    return element(
      "a",
      { class: "pill primary", href: url.href, referrerPolicy: "origin", ...(leaves && { target: "_blank", rel: "noopener" }) },
      TEXTS.bankidOpen,
    );
  }

  #startButton(label, mode) {
    return pill(label, async () => {
      await this.#identify("start", { mode }, TEXTS.bankidStarting);
      // a computer opens it at once, if the browser still takes this for the visitor's own click; phones want the tap itself
      if (navigator.userActivation?.isActive) this.#body.querySelector("a[href^='bankid:']")?.click();
    });
  }

  #cancelButton() {
    return pill(TEXTS.cancel, () => this.#identify("cancel"));
  }

  #personButton() {
    return pill(TEXTS.person, () => this.#conversation.say(TEXTS.personSaid));
  }

  #withoutButton() {
    return pill(TEXTS.withoutBankid, () => this.#conversation.say(TEXTS.withoutBankid));
  }

  #identify(what, body, meanwhile) {
    const action = () => this.#conversation.identify(this.#id, what, body);
    return this.#act(JSON.stringify([what, body]), action, { meanwhile });
  }

  /** One at a time. The same pressed twice is done once; another one, or the same on a card drawn anew, comes next. */
  async #act(name, action, { failureText, meanwhile }) {
    if (this.#busy) {
      if (this.#busy.name !== name || this.#busy.shape !== this.#shape) this.#next = [name, action, { failureText, meanwhile }];
      return;
    }
    this.#busy = { name, shape: this.#shape };
    this.element.setAttribute("aria-busy", "true");
    if (meanwhile) this.#say(meanwhile);
    try {
      await action();
    } catch (error) {
      ignoreEdgeError(error);
      this.#say(failureText ?? error.detail ?? TEXTS.somethingWentWrong);
    }
    this.element.removeAttribute("aria-busy");
    this.#busy = null;
    const next = this.#next;
    this.#next = null;
    if (next) await this.#act(...next);
  }

  #say(text, { isRead = false } = {}) {
    if (this.#status.textContent === text) return;
    this.#status.textContent = text;
    if (this.live && !isRead) this.#announcer.say(text, { by: this });
  }

  /** A new frame each second; the old one stays until the next has been drawn, so the code never blinks. */
  #showCode() {
    this.#announcer.say(TEXTS.bankidQrSpoken);
    let frame = Date.now();
    const next = async () => {
      if (document.hidden || !this.element.getClientRects().length) return;
      const image = element("img", { alt: "", src: this.#edge.qrUrl(this.#id, frame++) });
      const drawn = await image.decode().then(() => true, () => false);
      if (!drawn || this.#code.hidden) return;
      this.#code.replaceChildren(image);
      if (!this.#brought) this.#code.scrollIntoView({ block: "nearest" }); // after a reload the end of the card is in view
      this.#brought = true; // renewed, it does not pull the visitor back to it
    };
    next();
    this.#every(QR_FRAME_MS, next);
  }

  #every(milliseconds, action) {
    this.#timers.push(setInterval(action, milliseconds));
  }

  stop() {
    this.#rest();
    this.#countdown.stop();
  }

  #rest() {
    this.#timers.forEach(clearInterval);
    this.#timers = [];
    this.#shape = null;
    this.#code.replaceChildren();
  }
}

function ignoreEdgeError(error) {
  if (!(error instanceof EdgeError)) throw error;
}
