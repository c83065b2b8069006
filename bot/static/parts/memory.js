// What the tab remembers: whether the chat is open, what the visitor wrote that has not reached the server, and the numbers
// of answers that they have judged.
// Never what has been said: the server has that. It is gone with the tab.

const OPEN = "insyn-open";
const DRAFT = "insyn-draft";
const JUDGED = "insyn-judged";

function read(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null; // blocked; the chat works without
  }
}

function write(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // likewise
  }
}

/** "open", "closed" (opened once and closed again) or null (never opened in this tab). */
export const rememberedOpen = () => read(OPEN);
export const rememberOpen = (isOpen) => write(OPEN, isOpen ? "open" : "closed");

/** `{text, unsent: [{client_id, text}]}`: the text in the input, and messages not yet acknowledged. */
export function rememberedDraft() {
  try {
    const { text = "", unsent = [] } = JSON.parse(read(DRAFT) ?? "{}");
    return { text, unsent };
  } catch {
    return { text: "", unsent: [] };
  }
}

export function rememberDraft(change) {
  const draft = { ...rememberedDraft(), ...change };
  write(DRAFT, draft.text || draft.unsent.length ? JSON.stringify(draft) : null);
}

export function rememberedJudged() {
  try {
    return JSON.parse(read(JUDGED) ?? "[]");
  } catch {
    return [];
  }
}

export const rememberJudged = (id) => write(JUDGED, JSON.stringify([...rememberedJudged(), id]));

/** The conversation is gone, and with it what was to be said in it. */
export function forgetConversation() {
  write(DRAFT, null);
  write(JUDGED, null);
}
