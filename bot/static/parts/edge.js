// The chat edge's public API. The session is a cookie that scripts cannot read; nothing here knows it.

const REQUEST_TIMEOUT_MS = 20_000;

/** A request that did not succeed. `temporary`: the same request may succeed later, unchanged. */
export class EdgeError extends Error {
  constructor(status, detail = null) {
    super(`chat edge answered ${status || "nothing"}`);
    this.status = status;
    this.detail = detail;
    this.temporary = status === 0 || status === 408 || status === 425 || status >= 500;
    this.sessionLost = status === 401;
  }
}

export class Edge {
  constructor(base) {
    this.base = base;
  }

  session() {
    return this.#json("POST", "/chat/session");
  }

  /** `{client_id, text}` or `{client_id, button}`; safe to repeat with the same client_id. */
  async send(message) {
    return (await this.#json("POST", "/chat/messages", message)).message;
  }

  /** `what`: start, code, code/enter or cancel. */
  identify(id, what, body) {
    return this.#json("POST", `/chat/identifications/${encodeURIComponent(id)}/${what}`, body);
  }

  identification(id) {
    return this.#json("GET", `/chat/identifications/${encodeURIComponent(id)}`);
  }

  /** `{message_id, verdict, reason}`; the same answer again replaces the verdict. */
  judge(verdict) {
    return this.#json("POST", "/chat/feedback", verdict);
  }

  /** Delete the conversation, and the browser's hold on it. */
  erase() {
    return this.#json("DELETE", "/chat/conversation");
  }

  qrUrl(id, frame) {
    return `${this.base}/chat/identifications/${encodeURIComponent(id)}/qr.svg?${frame}`;
  }

  packageUrl(id) {
    return `${this.base}/chat/packages/${encodeURIComponent(id)}`;
  }

  pageUrl(path) {
    return this.base + path;
  }

  policyUrl(version, anchor) {
    return this.pageUrl(`/policy?version=${encodeURIComponent(version)}#${encodeURIComponent(anchor)}`);
  }

  /** Open the event stream after message `after`: Last-Event-ID in its query form, which needs no CORS preflight. */
  async stream(after, signal) {
    const response = await reached(
      fetch(`${this.base}/chat/stream?after=${after}`, {
        credentials: "include",
        cache: "no-store",
        headers: { Accept: "text/event-stream" },
        signal,
      }),
    );
    if (!response.ok) throw await refusal(response);
    return response;
  }

  async #json(method, path, body) {
    const aborter = new AbortController();
    const timer = setTimeout(() => aborter.abort(), REQUEST_TIMEOUT_MS);
    try {
      const response = await reached(
        fetch(this.base + path, {
          method,
          credentials: "include",
          cache: "no-store",
          signal: aborter.signal,
          ...(method === "POST" && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) }),
        }),
      );
      if (response.ok) return response.status === 204 ? null : await reached(response.json());
      throw await refusal(response);
    } finally {
      clearTimeout(timer);
    }
  }
}

async function refusal(response) {
  const { detail } = await response.json().catch(() => ({}));
  return new EdgeError(response.status, typeof detail === "string" ? detail : null);
}

async function reached(promise) {
  try {
    return await promise;
  } catch {
    throw new EdgeError(0);
  }
}

// EventSource hides status codes, and heartbeats, without which a phone that slept cannot tell a quiet stream from a dead one.

/** Yield `{type, data}`, data parsed, for each event (WHATWG HTML 9.2.6); `heard` is called for comments too. */
export async function* readEvents(response, heard) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  let event = { type: "message", data: [] };
  for (;;) {
    const { done, value } = await reached(reader.read());
    if (done) return;
    heard();
    buffer += value;
    const lines = buffer.split(/\r\n|\n|\r(?=.)/s);
    buffer = lines.pop();
    for (const line of lines) {
      if (line) {
        take(event, line);
        continue;
      }
      if (event.data.length) yield { ...event, data: JSON.parse(event.data.join("\n")) };
      event = { type: "message", data: [] };
    }
  }
}

function take(event, line) {
  const [, field, value] = line.match(/^([^:]*):? ?(.*)$/s);
  if (field === "data") event.data.push(value);
  else if (field === "event") event.type = value;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** Milliseconds to wait: doubling, capped, spread so that all visitors do not return at once. */
export const backoff = (failures) => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) * (0.75 + Math.random() / 2);

/** A wait that `wake` ends before its time. */
export class Pause {
  #wake = () => {};

  wait(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  wake() {
    this.#wake();
  }
}
