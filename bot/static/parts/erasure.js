// "Radera konversationen": what goes and what stays is said first; then it is gone, and a new conversation begins.

import { button, element } from "./dom.js";
import { EdgeError } from "./edge.js";
import { TEXTS } from "./texts.js";

export class Erasure {
  #conversation;
  #done;
  #problem = element("p", { class: "error", role: "alert" });

  /** `done()`: it is deleted. */
  constructor({ conversation }, done) {
    this.#conversation = conversation;
    this.#done = done;
    this.element = element(
      "dialog",
      { "aria-labelledby": "erase", onkeydown: (event) => event.stopPropagation() }, // the panel's keys are not the dialog's
      element("h3", { id: "erase" }, TEXTS.eraseQuestion),
      ...TEXTS.eraseMeans.map((line) => element("p", {}, line)),
      this.#problem,
      element(
        "div",
        { class: "actions" },
        button(TEXTS.keep, () => this.element.close(), { class: "pill" }),
        button(TEXTS.erase, () => this.#erase(), { class: "pill danger" }),
      ),
    );
  }

  ask() {
    this.#problem.textContent = "";
    this.element.showModal();
  }

  async #erase() {
    try {
      await this.#conversation.erase();
    } catch (error) {
      if (!(error instanceof EdgeError)) throw error;
      this.#problem.textContent = error.detail ?? TEXTS.notErased;
      return;
    }
    this.element.close();
    this.#done();
  }
}
