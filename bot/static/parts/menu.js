// The menu in the header: the visitor's own copy of the conversation, deleting it, and what the company says about data.

import { senderName } from "./bubble.js";
import { ICONS, button, copyText, element, icon, outwardLink, saveFile } from "./dom.js";
import { TEXTS } from "./texts.js";

const PAPER = "body { font: 1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; } p { white-space: pre-wrap; }";

export class Menu {
  #conversation;
  #announcer;

  /** `erase()`: the visitor wants the conversation deleted. */
  constructor({ conversation, announcer, edge }, erase) {
    this.#conversation = conversation;
    this.#announcer = announcer;
    const item = (label, act) =>
      button(label, () => {
        this.close();
        act();
      });
    this.element = element(
      "details",
      { class: "menu", onfocusout: ({ relatedTarget }) => this.element.contains(relatedTarget) || (this.element.open = false) },
      element("summary", { class: "round", "aria-label": TEXTS.more }, icon(ICONS.more)),
      element(
        "div",
        { class: "menu-items" },
        item(TEXTS.copyConversation, () => this.#copy()),
        item(TEXTS.saveConversation, () => saveFile("samtal.txt", "text/plain;charset=utf-8", this.#paragraphs().join("\n\n"))),
        item(TEXTS.printConversation, () => this.#print()),
        item(TEXTS.erase, erase),
        outwardLink(TEXTS.aboutChat, edge.pageUrl("/integritet")),
        outwardLink(TEXTS.readPolicy, edge.pageUrl("/policy")),
      ),
    );
  }

  /** Close it if it is open; true when it was. */
  close() {
    const { open } = this.element;
    if (open) this.element.firstElementChild.focus();
    this.element.open = false;
    return open;
  }

  async #copy() {
    this.#announcer.say((await copyText(this.#paragraphs().join("\n\n"))) ? TEXTS.copied : TEXTS.notCopied);
  }

  /** On a page of its own: the site's page around the chat is nobody's wish on paper. */
  #print() {
    const page = window.open("", "_blank");
    if (!page) return this.#announcer.say(TEXTS.notPrinted);
    const look = new page.CSSStyleSheet();
    look.replaceSync(PAPER);
    page.document.adoptedStyleSheets = [look];
    page.document.title = TEXTS.conversation;
    page.document.documentElement.lang = "sv";
    page.document.body.append(element("h1", {}, TEXTS.conversation), ...this.#paragraphs().map((text) => element("p", {}, text)));
    page.print();
  }

  #paragraphs() {
    return [...this.#conversation.messages.values()].map(paragraph);
  }
}

const INSTANT = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });

function paragraph({ created_at, text, citations, card, ...message }) {
  const sources = citations.map(({ section, quote, policy_version }) => `  ${TEXTS.sourceIn(section)} (${policy_version}): ”${quote}”`);
  const receipt = card?.kind === "receipt" ? [`  ${TEXTS.reference}: ${card.reference}`, card.due_on && `  ${TEXTS.due}: ${card.due_on}`] : [];
  const head = [INSTANT.format(new Date(created_at)), senderName(message)].filter(Boolean).join("  ");
  return [head, text, ...sources, ...receipt].filter(Boolean).join("\n");
}
