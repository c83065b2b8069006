// The chat itself, behind the launcher: header, notices, messages, input. Loaded when it is first opened.

import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { ICONS, button, element, icon } from "./dom.js";
import { Edge } from "./edge.js";
import { Erasure } from "./erasure.js";
import { Menu } from "./menu.js";
import { Announcer, Notices } from "./notices.js";
import { TEXTS } from "./texts.js";
import { Thread } from "./thread.js";

export const FULL_SCREEN = "(max-width: 37.5em), (max-height: 27em)";

export class Panel {
  #edge;
  #conversation;
  announcer = new Announcer();
  #thread;
  #composer;
  #close;
  #heading = element("h2", { id: "heading", tabIndex: -1 });
  #subtitle = element("p", {}, TEXTS.assistantLong);
  #menu;
  #visible;
  #unfollow = () => {};

  /** `visible`: a style sheet for the visible height; `close()`: the visitor wants to; `arrived()`: somebody else spoke. */
  constructor({ base, heading, visible, close, arrived }) {
    this.#visible = visible;
    this.#edge = new Edge(base);
    this.#conversation = new Conversation(this.#edge);
    this.#close = close;
    this.#heading.textContent = heading;
    const context = { edge: this.#edge, conversation: this.#conversation, announcer: this.announcer };
    const notices = new Notices(context);
    const erasure = new Erasure(context, () => {
      notices.tell(TEXTS.erased);
      this.#focus();
    });
    this.#menu = new Menu(context, () => erasure.ask());
    this.#composer = new Composer({ send: (text) => this.#conversation.say(text) });
    this.#thread = new Thread(context, { edit: (text) => this.#composer.edit(text) });
    this.element = element(
      "div",
      { class: "panel", role: "dialog", "aria-labelledby": "heading", hidden: true, onkeydown: (event) => this.#key(event) },
      this.#header(),
      notices.element,
      this.#thread.element,
      this.#composer.element,
      erasure.element,
    );
    this.#conversation.addEventListener("state", () => this.#showState());
    this.#conversation.addEventListener("message", ({ detail: { message, fresh } }) => {
      if (fresh && message.sender !== "visitor") arrived();
    });
    matchMedia(FULL_SCREEN).addEventListener("change", () => this.#fit());
    this.#conversation.start();
  }

  show({ focus }) {
    this.element.hidden = false;
    this.#unfollow = followViewport(this.#visible);
    this.announcer.muted = false;
    this.#fit();
    this.#composer.fit();
    this.#thread.showEnd();
    this.#thread.greets = focus;
    if (focus) this.#focus();
  }

  /** On touch screens the keyboard would rise over what there is to read. */
  #focus() {
    if (matchMedia("(pointer: coarse)").matches) this.#heading.focus();
    else this.#composer.focus();
  }

  hide() {
    this.element.hidden = true;
    this.#unfollow();
    this.announcer.muted = true;
  }

  stop() {
    this.#unfollow();
    this.#conversation.stop();
  }

  resume() {
    this.#conversation.start();
  }

  #header() {
    return element(
      "div",
      { class: "header" },
      element("div", { class: "title" }, this.#heading, this.#subtitle),
      this.#menu.element,
      button(icon(ICONS.close), () => this.#close(), { class: "round", "aria-label": TEXTS.close }),
    );
  }

  #showState() {
    const { state, officer_name } = this.#conversation.state;
    const subtitles = { waiting: TEXTS.waitingForOfficer, human: TEXTS.withOfficer(officer_name ?? TEXTS.officer.toLowerCase()) };
    this.#subtitle.textContent = subtitles[state] ?? TEXTS.assistantLong;
    this.element.dataset.state = state;
  }

  #fit() {
    this.element.setAttribute("aria-modal", String(matchMedia(FULL_SCREEN).matches));
  }

  #key(event) {
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      if (!this.#menu.close()) this.#close();
    } else if (event.key === "Tab" && matchMedia(FULL_SCREEN).matches) {
      this.#keepFocusInside(event);
    }
  }

  /** Full screen covers the page, so focus must not go where nobody sees it. */
  #keepFocusInside(event) {
    const reachable = [...this.element.querySelectorAll("button, a[href], textarea, summary, [tabindex='0']")].filter(
      (node) => node.getClientRects().length,
    );
    const focused = this.element.getRootNode().activeElement;
    const [from, to] = event.shiftKey ? [reachable[0], reachable.at(-1)] : [reachable.at(-1), reachable[0]];
    if (focused !== from) return;
    event.preventDefault();
    to.focus();
  }
}

/**
 * Keep `sheet` saying how much of the screen is visible: an on-screen keyboard covers the page without changing its size.
 * A style sheet, so that no style attribute is needed. Returns a function that stops.
 */
function followViewport(sheet) {
  const viewport = window.visualViewport;
  if (!viewport) return () => {};
  const update = () => {
    const { height, offsetTop, scale } = viewport;
    // pinched in, the visitor moves a magnifying glass: the panel stays where it is
    sheet.replaceSync(scale > 1.01 ? "" : `:host { --visible-height: ${height}px; --visible-top: ${offsetTop}px; }`);
  };
  update();
  viewport.addEventListener("resize", update);
  viewport.addEventListener("scroll", update);
  return () => {
    viewport.removeEventListener("resize", update);
    viewport.removeEventListener("scroll", update);
  };
}
