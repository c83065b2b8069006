// <insyn-chat>: Insyn's chat on any page.
//
//   <script type="module" src="https://chat.example/widget/insyn.js"></script>
//
// is all a page needs: the element appends itself unless there is one, and talks to the server it came from, though not
// before the visitor opens it. Attributes: position="left", open, heading, theme="light" or "dark". A click on anything with
// data-insyn-open opens it. Colours: parts/look.js. The page's CSP must name the server in script-, connect- and img-src.

import { ICONS, element, icon } from "./parts/dom.js";
import { LOOK } from "./parts/look.js";
import { rememberOpen, rememberedOpen } from "./parts/memory.js";
import { TEXTS } from "./parts/texts.js";

const TAG = "insyn-chat";
const BASE = new URL(import.meta.url).origin;

class InsynChat extends HTMLElement {
  static observedAttributes = ["open"];

  #panel = null;
  #loading = null;
  #unread = 0;
  #returnFocus = null;
  #placed = false;
  #visible = new CSSStyleSheet();
  #badge = element("span", { class: "badge", hidden: true });
  #label = element("span", { class: "label" }, TEXTS.launcher);
  #launcher = element(
    "button",
    { type: "button", class: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false", onclick: () => this.show() },
    icon(ICONS.chat),
    this.#label,
    this.#badge,
  );
  #layer = element("div", { class: "layer", lang: "sv", popover: "manual" }, this.#launcher);

  constructor() {
    super();
    const look = new CSSStyleSheet();
    look.replaceSync(LOOK);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [look, this.#visible];
    root.append(this.#layer);
  }

  connectedCallback() {
    this.#placed = true;
    document.addEventListener("click", this.#openers);
    this.#layer.showPopover?.(); // the top layer: above whatever z-index the page uses, whatever its transforms
    this.#panel?.resume();
    const remembered = rememberedOpen();
    if (this.hasAttribute("open") ? remembered !== "closed" : remembered === "open") this.show({ focus: false });
    else if (remembered) this.#load(); // opened before in this tab: answers that come are counted on the launcher
  }

  disconnectedCallback() {
    this.#placed = false;
    document.removeEventListener("click", this.#openers);
    this.#panel?.stop();
  }

  attributeChangedCallback(_name, _before, after) {
    if (!this.#placed || (after !== null) === this.#isOpen) return;
    if (after === null) this.hide();
    else this.show({ focus: false });
  }

  /** Open the chat. */
  async show({ focus = true } = {}) {
    this.#returnFocus = focus ? document.activeElement : null;
    rememberOpen(true);
    const panel = await this.#load();
    if (rememberedOpen() === "closed") return; // closed again while it loaded
    if (this.#isOpen) return;
    this.#launcher.hidden = true;
    this.#launcher.setAttribute("aria-expanded", "true");
    this.#count(0);
    panel.show({ focus });
    this.toggleAttribute("open", true);
  }

  /** Close the chat; the conversation goes on. */
  hide() {
    rememberOpen(false);
    if (!this.#isOpen) return;
    const held = this.shadowRoot.activeElement;
    this.#panel.hide();
    this.#launcher.hidden = false;
    this.#launcher.setAttribute("aria-expanded", "false");
    this.toggleAttribute("open", false);
    if (!held) return;
    const opener = this.#returnFocus;
    if (opener?.isConnected && opener !== this && opener !== document.body) opener.focus();
    else this.#launcher.focus();
  }

  get #isOpen() {
    return this.#panel !== null && !this.#panel.element.hidden;
  }

  #load() {
    this.#loading ??= import("./parts/panel.js").then(({ Panel }) => {
      this.#panel = new Panel({
        base: BASE,
        heading: this.getAttribute("heading") ?? TEXTS.heading,
        visible: this.#visible,
        close: () => this.hide(),
        arrived: () => this.#isOpen || this.#count(this.#unread + 1),
      });
      this.#layer.append(this.#panel.element, this.#panel.announcer.element);
      return this.#panel;
    });
    this.#loading.catch(() => (this.#loading = null)); // not reached; the next click tries again
    return this.#loading;
  }

  #count(unread) {
    if (unread > this.#unread) this.#panel.announcer.say(TEXTS.newMessageWhileClosed, { always: true });
    this.#unread = unread;
    this.#badge.hidden = !unread;
    this.#badge.replaceChildren(unread ? String(unread) : "", element("span", { class: "spoken" }, TEXTS.unread(unread)));
  }

  #openers = (event) => {
    if (event.target instanceof Element && event.target.closest("[data-insyn-open]")) this.show();
  };
}

if (!customElements.get(TAG)) {
  customElements.define(TAG, InsynChat);
  if (!document.querySelector(TAG)) {
    if (document.body) document.body.append(document.createElement(TAG));
    else addEventListener("DOMContentLoaded", () => document.body.append(document.createElement(TAG)), { once: true });
  }
}
