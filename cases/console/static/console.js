// Every page: how many visitors wait (title and menu), and a warning before an idle log-out.
// Without this script the pages work all the same; they only stand still.

const WAITING_EVERY_MS = 15_000;
const WARN_BEFORE_MS = 120_000;
const BACKGROUND = { "Insyn-Background": "1" };

const title = document.title;
const badge = document.getElementById("waiting-count");

export function showWaiting(count) {
  document.title = count > 0 ? `(${count}) ${title}` : title;
  if (!badge) return;
  badge.hidden = count === 0;
  badge.textContent = count > 0 ? `${count}` : "";
  const words = document.createElement("span");
  words.className = "visually-hidden";
  words.textContent = count === 1 ? " väntar" : " väntar på svar";
  if (count > 0) badge.append(words);
}

async function askWaiting() {
  try {
    const answer = await fetch("/console/handoffs/waiting", { headers: BACKGROUND });
    if (answer.ok) showWaiting((await answer.json()).waiting);
    if (answer.status === 401) return; // logged out: stop asking
  } catch {
    // the network is away; the next round may find it again
  }
  setTimeout(askWaiting, WAITING_EVERY_MS);
}

if (!document.getElementById("queue")) askWaiting(); // the queue's own page counts by itself

// Activity in one window keeps the others from warning: they share the session.
const idle = document.getElementById("idle");
const activity = new BroadcastChannel("insyn-console-activity");
let warning;

function restart() {
  clearTimeout(warning);
  if (idle.open) idle.close();
  warning = setTimeout(() => idle.showModal(), Number(idle.dataset.idleS) * 1000 - WARN_BEFORE_MS);
}

export function active() {
  restart();
  activity.postMessage("active");
}

activity.addEventListener("message", restart);
idle.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
  if (answer && answer.ok) active();
  else location.reload(); // logged out in the meantime: the log-in leads back here
});
active();
