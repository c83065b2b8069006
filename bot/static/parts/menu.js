// The menu in the header: the visitor's own copy of the conversation, and the policy.

import { senderName } from "./bubble.js";
import { ICONS, button, copyText, element, icon, outwardLink, saveFile } from "./dom.js";
import { TEXTS } from "./texts.js";

export class Menu {
  #conversation;
  #announcer;

  constructor({ conversation, announcer, edge }) {
    this.#conversation = conversation;
    this.#announcer = announcer;
    this.element = element(
      "details",
      { class: "menu", onfocusout: ({ relatedTarget }) => this.element.contains(relatedTarget) || (this.element.open = false) },
      element("summary", { class: "round", "aria-label": TEXTS.more }, icon(ICONS.more)),
      element(
        "div",
        { class: "menu-items" },
        button(TEXTS.copyConversation, () => this.#copy()),
        button(TEXTS.saveConversation, () => this.#save()),
        outwardLink(TEXTS.readPolicy, edge.policyUrl()),
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
    this.#announcer.say((await copyText(this.#text())) ? TEXTS.copied : TEXTS.notCopied);
    this.close();
  }

  #save() {
    saveFile("samtal.txt", "text/plain;charset=utf-8", this.#text());
    this.close();
  }

  #text() {
    return [...this.#conversation.messages.values()].map(paragraph).join("\n\n");
  }
}

const INSTANT = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });

function paragraph({ created_at, text, citations, card, ...message }) {
  const sources = citations.map(({ section, quote, policy_version }) => `  ${TEXTS.sourceIn(section)} (${policy_version}): ”${quote}”`);
  const receipt = card?.kind === "receipt" ? [`  ${TEXTS.reference}: ${card.reference}`, card.due_on && `  ${TEXTS.due}: ${card.due_on}`] : [];
  const head = [INSTANT.format(new Date(created_at)), senderName(message)].filter(Boolean).join("  ");
  return [head, text, ...sources, ...receipt].filter(Boolean).join("\n");
}
