// One conversation, live: new messages arrive by Server-Sent Events, answers are sent without leaving the page.

import { active } from "./console.js";

const transcript = document.getElementById("transcript");
const spoken = document.getElementById("spoken");
const state = document.getElementById("stream-state");
let lastId = Number(transcript.dataset.lastId);
let source;
let sending = false;
let refreshLater = false;

transcript.scrollTo({ top: transcript.scrollHeight, behavior: "instant" });
document.addEventListener("submit", sendWithoutLeaving);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.id === "text") {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});
open();

function open() {
  source = new EventSource(`${transcript.dataset.stream}?after=${lastId}`);
  source.addEventListener("open", () => {
    say("");
    refreshAround(); // whatever changed hands while nobody listened
  });
  source.addEventListener("message", (event) => add(JSON.parse(event.data)));
  source.addEventListener("state", refreshAround);
  source.addEventListener("interrupted", () => say("Chatten svarar inte just nu. Försöker igen …"));
  source.addEventListener("logged-out", loggedOut);
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) return say("Återansluter …");
    return probe(); // the browser gives up on an error status: find out which one
  });
}

async function probe() {
  const answer = await fetch(location.href, { headers: { "Insyn-Background": "1" } }).catch(() => null);
  if (answer && answer.status === 401) return loggedOut();
  say("Återansluter …");
  return setTimeout(open, 3_000);
}

function loggedOut() {
  source.close();
  say("Du har loggats ut. Ladda om sidan för att logga in; kopiera först det du har skrivit.");
}

function add(message) {
  if (message.id <= lastId) return;
  lastId = message.id;
  const isAtEnd = transcript.scrollHeight - transcript.scrollTop - transcript.clientHeight < 80;
  // The server's own escaped markup; the content security policy lets no script in it run.
  const parsed = new DOMParser().parseFromString(message.html, "text/html");
  transcript.append(...parsed.body.children);
  if (isAtEnd) transcript.scrollTop = transcript.scrollHeight;
  if (message.from !== "officer") spoken.textContent = message.spoken;
}

// Somebody took, returned or closed the conversation: fetch what stands around it, keep what is being written.
// Never while an answer is on its way: its form would be exchanged under it.
async function refreshAround() {
  if (sending) return void (refreshLater = true);
  const answer = await fetch(location.pathname, { headers: { "Insyn-Background": "1" } }).catch(() => null);
  if (!answer || !answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (sending) return void (refreshLater = true);
  const written = document.getElementById("text").value;
  const clientId = document.querySelector("#answer [name=client_id]")?.value;
  for (const id of ["about-panel", "holding"]) {
    const old = document.getElementById(id);
    const now = fresh.getElementById(id);
    const wasInside = old.contains(document.activeElement) && document.activeElement.id;
    if (withoutSecrets(old) === withoutSecrets(now)) continue;
    old.replaceWith(now);
    if (wasInside) document.getElementById(wasInside)?.focus();
  }
  const box = document.getElementById("text");
  const newId = document.querySelector("#answer [name=client_id]");
  if (clientId && newId) newId.value = clientId; // an answer that perhaps went out stays the same answer
  if (!written || box.value === written) return;
  box.value = written;
  document.getElementById("kept")?.removeAttribute("hidden"); // no longer ours to answer: for copying
}

function withoutSecrets(element) {
  const copy = element.cloneNode(true);
  for (const hidden of copy.querySelectorAll("input[type=hidden]")) hidden.remove();
  return copy.innerHTML;
}

async function sendWithoutLeaving(event) {
  const form = event.target;
  if (form.id !== "answer") return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (answer.type !== "opaqueredirect") throw new Error(`${answer.status}`);
    form.elements.text.value = "";
    form.elements.client_id.value = crypto.randomUUID();
    say("");
    active();
  } catch {
    // the same client_id is kept, so that trying again cannot send it twice
    say("Svaret gick inte fram. Det står kvar; försök igen eller ladda om sidan.");
    refreshLater = true; // perhaps the conversation is no longer ours
  } finally {
    sending = false;
    form.elements.text.focus();
    if (refreshLater) {
      refreshLater = false;
      refreshAround();
    }
  }
}

function say(text) {
  if (state.textContent !== text) state.textContent = text;
}
