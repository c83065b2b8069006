// One message: who says it, what it says, and what hangs on it (sources, quick replies, a card).

import { ICONS, button, clockTime, element, icon, linkified, outwardLink } from "./dom.js";
import { feedback } from "./feedback.js";
import { IdentificationCard } from "./identification.js";
import { packageCard } from "./package.js";
import { receipt } from "./receipt.js";
import { TEXTS } from "./texts.js";

export function senderName({ sender, sender_name }) {
  if (sender === "visitor") return TEXTS.you;
  if (sender === "officer") return sender_name ? `${sender_name}, ${TEXTS.officer.toLowerCase()}` : TEXTS.officer;
  return sender === "bot" ? TEXTS.assistant : "";
}

export class Bubble {
  identificationCard = null;
  #replies;

  /** `continued`: the same sender spoke just before; `first`: nobody did. */
  constructor(message, context, { continued, first }) {
    const { sender, card, citations, created_at } = message;
    // a receipt that explains its date leaves the text nothing to say beyond its first line
    const text = card?.due_explanation?.length ? message.text.split("\n")[0] : message.text;
    this.#replies = new Replies((reply) => context.conversation.press(reply));
    this.message = message;
    this.element = element(
      "li",
      { class: `message ${sender}`, "data-id": message.id },
      sender !== "system" && element("p", { class: continued || sender === "visitor" ? "spoken" : "sender" }, senderName(message)),
      text &&
        element(
          "div",
          { class: "bubble" },
          element("div", { class: "text" }, sender === "visitor" ? text : linkified(text)),
          first && element("p", { class: "about" }, outwardLink(TEXTS.aboutChat, context.edge.pageUrl("/integritet"))),
          citations.map((source) => citation(source, context.edge)),
        ),
      card && this.#card(card, context),
      this.#replies.element,
      sender === "bot" && citations.length > 0 && feedback(message.id, context),
      element("time", { class: "time", dateTime: created_at }, clockTime(created_at)),
    );
    this.update(message);
  }

  update(message) {
    this.message = message;
    this.#replies.update(message.buttons);
  }

  release(token) {
    this.#replies.release(token);
    this.#replies.update(this.message.buttons);
  }

  #card(card, context) {
    if (card.kind === "receipt") return receipt(card, context);
    if (card.kind === "package") return packageCard(card, context);
    if (card.kind !== "identification") return null; // a kind of a newer server; its text stands above
    this.identificationCard = new IdentificationCard({ id: card.identification_id, ...context });
    return this.identificationCard.element;
  }
}

/** Quick replies. A spent one stays where it is, inert, so that keyboard focus is not lost. */
class Replies {
  element = element("ul", { class: "replies", role: "list", "aria-label": TEXTS.choices });
  #press;
  #pressed = new Set();

  constructor(press) {
    this.#press = press;
  }

  update(replies) {
    if (!this.element.firstChild) this.element.append(...replies.map((reply) => element("li", {}, this.#button(reply))));
    this.element.hidden = !replies.length;
    for (const node of this.element.querySelectorAll("button")) {
      const used = replies.find(({ token }) => token === node.value)?.used ?? true;
      node.setAttribute("aria-disabled", String(used || this.#pressed.has(node.value)));
    }
  }

  /** The press was refused; what the server says next holds. */
  release(token) {
    this.#pressed.delete(token);
  }

  #button(reply) {
    const node = button(reply.title, ({ detail }) => {
      // the second click of a double click may fall on another button: the thread has moved
      if (detail > 1 || node.getAttribute("aria-disabled") === "true") return;
      node.setAttribute("aria-disabled", "true");
      this.#pressed.add(reply.token);
      this.#press(reply);
    });
    node.value = reply.token;
    return node;
  }
}

function citation({ section, quote, policy_version, anchor }, edge) {
  return element(
    "details",
    { class: "citation", ontoggle: ({ currentTarget }) => currentTarget.scrollIntoView({ block: "nearest" }) },
    element("summary", {}, icon(ICONS.document), element("span", {}, TEXTS.sourceIn(section))),
    element("blockquote", {}, quote),
    element(
      "p",
      {},
      TEXTS.policyVersion(policy_version),
      element("br"),
      outwardLink(TEXTS.readWholeSection, edge.policyUrl(policy_version, anchor)),
    ),
  );
}

/** What a screen reader is told when the message arrives. */
export function spoken(message) {
  const titles = message.buttons.filter(({ used }) => !used).map(({ title }) => title);
  const name = senderName(message);
  return [name && message.text ? `${name}: ${message.text}` : message.text, titles.length && TEXTS.choicesSpoken(titles)]
    .filter(Boolean)
    .join(" ");
}
