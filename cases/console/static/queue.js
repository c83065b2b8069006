// The queue keeps itself up to date: asks every three seconds, and changes the page only when the list has changed.

import { showWaiting } from "./console.js";

const EVERY_MS = 3_000;
const queue = document.getElementById("queue");
const state = document.getElementById("queue-state");
let tag = "";
let waiting = Number(queue.dataset.waiting);

async function refresh() {
  let goOn = true;
  try {
    const headers = { "Insyn-Background": "1", ...(tag && { "If-None-Match": tag }) };
    const answer = await fetch(queue.dataset.address, { headers, cache: "no-store" });
    if (answer.status === 200) {
      tag = answer.headers.get("ETag");
      show(await answer.text());
      count(Number(answer.headers.get("Insyn-Waiting")));
    } else if (answer.status === 401) {
      goOn = false;
      say("Du har loggats ut. Ladda om sidan för att logga in.");
    } else if (answer.status !== 304) {
      say("Chatten svarar inte just nu. Listan kan vara gammal.");
    }
    if (answer.status === 304 && state.dataset.trouble) say("");
  } catch {
    say("Ingen kontakt med servern. Listan kan vara gammal.");
  }
  if (goOn) setTimeout(refresh, EVERY_MS);
}

function show(markup) {
  // The server's own escaped markup; the content security policy lets no script in it run.
  const focused = document.activeElement?.dataset?.key;
  const parsed = new DOMParser().parseFromString(markup, "text/html");
  queue.replaceChildren(...parsed.body.childNodes);
  if (focused) queue.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  if (state.dataset.trouble) say("");
}

function count(now) {
  if (now > waiting) {
    say(now === 1 ? "En besökare väntar." : `${now} besökare väntar.`, false);
  }
  waiting = now;
  showWaiting(now);
}

function say(text, isTrouble = true) {
  if (state.textContent !== text) state.textContent = text;
  if (text && isTrouble) state.dataset.trouble = "yes";
  else delete state.dataset.trouble;
}

showWaiting(waiting);
refresh();
