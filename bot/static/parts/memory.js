// What the tab remembers: whether the chat is open, and what the visitor wrote that has not reached the server.
// Never what has been said: the server has that. It is gone with the tab.

const OPEN = "insyn-open";
const DRAFT = "insyn-draft";

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
