// The visitor's messages that the server does not have yet, below the others.

import { button, element } from "./dom.js";
import { TEXTS } from "./texts.js";

const STATUS = { sending: TEXTS.sending, waiting: TEXTS.waitingToSend };

export class Unsent {
  element = element("ol", { class: "messages unsent", role: "list", hidden: true });
  #drawn = new Map();
  #actions;

  constructor(actions) {
    this.#actions = actions;
  }

  update(items) {
    for (const [clientId, { node }] of this.#drawn) {
      if (items.some(({ client_id }) => client_id === clientId)) continue;
      node.remove();
      this.#drawn.delete(clientId);
    }
    for (const item of items) {
      const drawn = this.#drawn.get(item.client_id);
      if (drawn?.status === item.status) continue;
      const node = this.#node(item);
      if (drawn) drawn.node.replaceWith(node);
      else this.element.append(node);
      this.#drawn.set(item.client_id, { node, status: item.status });
    }
    this.element.hidden = !items.length;
  }

  #node(item) {
    const refused = item.status === "refused";
    return element(
      "li",
      { class: `message visitor ${item.status}` },
      element("p", { class: "spoken" }, TEXTS.you),
      element("div", { class: "bubble" }, element("div", { class: "text" }, item.text)),
      element("p", { class: "delivery" }, refused ? `${TEXTS.notSent} ${item.detail ?? ""}`.trim() : STATUS[item.status]),
      refused && element("p", { class: "delivery" }, this.#offers(item)),
    );
  }

  #offers(item) {
    const { retry, edit, remove } = this.#actions;
    return [
      button(TEXTS.tryAgain, () => retry(item), { class: "pill small" }),
      item.button
        ? button(TEXTS.remove, () => remove(item), { class: "pill small" })
        : button(TEXTS.edit, () => edit(item), { class: "pill small" }),
    ];
  }
}
