// The conversation as the server has it, kept up to date. It draws nothing itself.
// Events: "reset" (all messages anew), "message" {message, fresh}, "outbox", "state", "identification", "typing", "link",
// "ending" (it will end unless the visitor stays, or no longer will), "ended" (it has, and another has begun).

import { EdgeError, Pause, backoff, readEvents } from "./edge.js";
import { forgetConversation } from "./memory.js";
import { Outbox } from "./outbox.js";
import { TEXTS } from "./texts.js";

const SILENCE_MS = 40_000; // the server's heartbeat comes every 15 s; two missed and a bit
const STALE_AFTER_SLEEP_MS = 20_000;
const REST_AFTER_HIDDEN_MS = 60_000; // browsers allow six streams a server over HTTP/1.1; hidden tabs give theirs back
const STEADY_MS = 5_000;
const TYPING_LASTS_MS = 60_000;
const WARNING_MS = 30 * 60_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class Conversation extends EventTarget {
  messages = new Map();
  identifications = new Map();
  state = { state: "bot", queue_position: null, officer_name: null, expected_wait_minutes: null, opens: null };
  typing = false;

  /** "connecting" before the first answer, "online", "reconnecting", "offline" (the device says so itself). */
  link = "connecting";
  failures = 0;
  problem = null;

  /** When it ends if the visitor does nothing (ms since 1970); null while that is far off. */
  endsAt = null;

  #edge;
  #lastId = 0;
  #adopted = false;
  #running = false;
  #heardAt = 0;
  #pause = new Pause();
  #stream = new AbortController();
  #hiddenTimer;
  #typingTimer;
  #endTimer;
  #lastsMs = 0;

  constructor(edge) {
    super();
    this.#edge = edge;
    this.outbox = new Outbox({
      edge,
      changed: () => this.#tell("outbox"),
      delivered: (message) => {
        this.#take(message);
        this.#expectEnd(this.#lastsMs);
      },
      resync: () => this.#stream.abort(),
    });
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    addEventListener("online", this.reconnect);
    addEventListener("offline", this.#goneOffline);
    document.addEventListener("visibilitychange", this.#visibility);
    this.#run();
  }

  stop() {
    this.#running = false;
    removeEventListener("online", this.reconnect);
    removeEventListener("offline", this.#goneOffline);
    document.removeEventListener("visibilitychange", this.#visibility);
    clearTimeout(this.#endTimer);
    this.#stream.abort();
    this.#pause.wake();
  }

  say(text) {
    this.outbox.add({ text });
  }

  press({ token, title }) {
    this.outbox.add({ text: title, button: token });
  }

  cancelWaiting() {
    this.say(TEXTS.cancelWaitingSaid);
  }

  async identify(id, what, body) {
    this.#identified(await this.#edge.identify(id, what, body));
  }

  async refreshIdentification(id) {
    this.#identified(await this.#edge.identification(id));
  }

  /** The visitor is still here: the time begins anew. */
  async stay() {
    this.#adopt(await this.#edge.session());
  }

  /** Have everything said here deleted; a new conversation begins. */
  async erase() {
    await this.#edge.erase();
    forgetConversation();
    this.outbox.clear();
    this.messages = new Map();
    this.#tell("reset");
    this.reconnect();
  }

  /** Drop the stream, if any, and ask anew at once. */
  reconnect = () => {
    this.#stream.abort();
    this.#pause.wake();
  };

  async #run() {
    while (this.#running) {
      const startedAt = Date.now();
      try {
        this.#adopt(await this.#edge.session());
        this.outbox.flush();
        await this.#listen();
      } catch (error) {
        this.problem = error.detail ?? null;
        if (!(error instanceof EdgeError)) reportError(error); // ours; the visitor is better off with another try
      }
      if (!this.#running) return;
      if (document.hidden && this.#mayRest()) {
        await this.#pause.wait(LONGEST_TIMER_MS); // until the page is looked at again
        continue;
      }
      this.failures = Date.now() - startedAt > STEADY_MS ? 0 : this.failures + 1;
      this.#setTyping(false);
      this.#setLink(navigator.onLine ? (this.#adopted ? "reconnecting" : "connecting") : "offline");
      await this.#pause.wait(backoff(Math.max(0, this.failures - 1)));
    }
  }

  async #listen() {
    this.#stream = new AbortController();
    const response = await this.#edge.stream(this.#lastId, this.#stream.signal);
    this.#heardAt = Date.now();
    this.problem = null;
    this.#setLink("online");
    const watchdog = setInterval(() => {
      if (Date.now() - this.#heardAt > SILENCE_MS) this.#stream.abort();
    }, SILENCE_MS / 4);
    try {
      for await (const event of readEvents(response, () => (this.#heardAt = Date.now()))) this.#handle(event);
    } finally {
      clearInterval(watchdog);
    }
  }

  #handle({ type, data }) {
    if (type === "message") this.#take(data);
    else if (type === "state") this.#setState(data);
    else if (type === "identification") this.#identified(data);
    else if (type === "typing") this.#setTyping(data.active);
    else if (type === "buttons") this.#spend(data.tokens);
    else if (type === "turn") this.#setTyping(false);
  }

  /** Make ours what the server says: also what was deleted or used elsewhere while we were away. */
  #adopt(session) {
    const known = this.messages;
    const fresh = session.messages.filter(({ id }) => !known.has(id));
    this.messages = new Map(session.messages.map((message) => [message.id, message]));
    const another = known.size > 0 && ![...known.keys()].some((id) => this.messages.has(id));
    if (another) this.identifications.clear();
    this.#lastId = Math.max(session.last_event_id, ...this.messages.keys());
    for (const { client_id } of session.messages) this.outbox.remove(client_id);
    const grown = [...known.keys()].every((id) => this.messages.has(id));
    if (!this.#adopted || !grown) this.#tell("reset");
    else for (const message of session.messages) this.#tell("message", { message, fresh: fresh.includes(message) });
    this.#adopted = true;
    this.#setState(session.conversation);
    if (session.identification) this.#identified(session.identification);
    this.#expectEnd(session.ends_in_s * 1_000);
    if (another) this.#tell("ended");
  }

  #expectEnd(lastsMs) {
    clearTimeout(this.#endTimer);
    this.#lastsMs = lastsMs;
    if (this.endsAt) this.#setEnding(null);
    const warningMs = Math.min(WARNING_MS, lastsMs / 2);
    const endsAt = Date.now() + lastsMs;
    this.#endTimer = setTimeout(
      () => {
        this.#setEnding(endsAt);
        this.#endTimer = setTimeout(this.reconnect, warningMs); // ended, or kept by another tab: the server knows
      },
      Math.min(lastsMs - warningMs, LONGEST_TIMER_MS),
    );
  }

  #setEnding(endsAt) {
    this.endsAt = endsAt;
    this.#tell("ending");
  }

  /** Pressed or overtaken elsewhere. */
  #spend(tokens) {
    for (const message of this.messages.values()) {
      const spent = message.buttons.filter(({ token, used }) => !used && tokens.includes(token));
      for (const reply of spent) reply.used = true;
      if (spent.length) this.#tell("message", { message, fresh: false });
    }
  }

  #take(message) {
    const fresh = !this.messages.has(message.id);
    this.messages.set(message.id, message);
    this.#lastId = Math.max(this.#lastId, message.id);
    this.outbox.remove(message.client_id);
    this.#tell("message", { message, fresh });
  }

  #identified(identification) {
    const known = this.identifications.get(identification.id);
    if (known?.state === "complete" && identification.state === "pending") return; // an answer that the stream overtook
    this.identifications.set(identification.id, identification);
    this.#tell("identification", identification);
  }

  #setState(state) {
    const before = this.state;
    this.state = state;
    this.#tell("state", { before });
  }

  #setTyping(active) {
    clearTimeout(this.#typingTimer);
    if (active) this.#typingTimer = setTimeout(() => this.#setTyping(false), TYPING_LASTS_MS);
    if (this.typing === active) return;
    this.typing = active;
    this.#tell("typing");
  }

  #setLink(link) {
    this.link = link;
    this.#tell("link");
  }

  #goneOffline = () => {
    this.#setLink("offline");
    this.#stream.abort();
  };

  #visibility = () => {
    clearTimeout(this.#hiddenTimer);
    if (document.hidden) {
      this.#hiddenTimer = setTimeout(() => this.#mayRest() && this.#stream.abort(), REST_AFTER_HIDDEN_MS);
    } else if (Date.now() - this.#heardAt > STALE_AFTER_SLEEP_MS) {
      this.reconnect();
    }
  };

  /** With a person or a signature under way the tab keeps listening, looked at or not. */
  #mayRest() {
    const pending = [...this.identifications.values()].some(({ state }) => state === "pending");
    return this.state.state === "bot" && !pending && !this.outbox.items.length;
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
