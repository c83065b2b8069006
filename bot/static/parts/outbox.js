// Messages on their way. Each keeps its client_id until the server has acknowledged it, in the answer or on the stream,
// so that trying again never says a thing twice. They go one at a time: the order is the visitor's.

import { Pause, backoff } from "./edge.js";
import { rememberDraft, rememberedDraft } from "./memory.js";

/** Items: `{client_id, text, button, status, detail}`; `button` is a quick reply's token; status is a key of STATUS in unsent.js. */
export class Outbox {
  items = [];
  #edge;
  #changed;
  #delivered;
  #resync;
  #pause = new Pause();
  #busy = false;

  constructor({ edge, changed, delivered, resync }) {
    this.#edge = edge;
    this.#changed = changed;
    this.#delivered = delivered;
    this.#resync = resync;
    this.items = rememberedDraft().unsent.map((item) => ({ ...item, status: "waiting" }));
  }

  add(item) {
    this.items.push({ client_id: newClientId(), status: "sending", ...item });
    this.#remember();
    this.flush();
  }

  retry(item) {
    item.status = "sending";
    this.#changed();
    this.flush();
  }

  /** Forget an item: acknowledged, or taken back by the visitor. */
  remove(clientId) {
    const kept = this.items.filter((item) => item.client_id !== clientId);
    if (kept.length === this.items.length) return;
    this.items = kept;
    this.#remember();
  }

  clear() {
    this.items = [];
    this.#remember();
  }

  async flush() {
    this.#pause.wake();
    if (this.#busy) return;
    this.#busy = true;
    let failures = 0;
    for (let item; (item = this.items.find(({ status }) => status !== "refused")); ) {
      try {
        const { client_id, text, button } = item;
        this.#delivered(await this.#edge.send(button ? { client_id, button } : { client_id, text }));
        this.remove(item.client_id);
        failures = 0;
      } catch (error) {
        if (!this.items.includes(item)) continue; // the stream brought it while its answer was lost
        const again = error.temporary || (error.sessionLost && failures < 3);
        item.status = again ? "waiting" : "refused";
        item.detail = error.detail;
        this.#changed();
        if (error.sessionLost || error.status === 409) this.#resync();
        if (again) await this.#pause.wait(backoff(failures++));
      }
    }
    this.#busy = false;
  }

  #remember() {
    const unsent = this.items.filter(({ button }) => !button).map(({ client_id, text }) => ({ client_id, text }));
    rememberDraft({ unsent });
    this.#changed();
  }
}

function newClientId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // pages without a secure context lack randomUUID; the same version 4 by hand
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
