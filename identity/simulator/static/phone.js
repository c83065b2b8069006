// Keeps the list of orders fresh. Without script the page works; one reloads it by hand.

const list = document.querySelector("#waiting");
const REFRESH_MS = 2000;

async function refresh() {
  if (document.hidden) return;
  try {
    const response = await fetch("/waiting", { headers: { Accept: "text/html" } });
    const html = await response.text();
    // replaced only when something changed: what is unchanged is not read aloud again, and focus stays
    if (response.ok && html.trim() !== list.dataset.shown) {
      list.innerHTML = html;
      list.dataset.shown = html.trim();
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // the network: the next round tries again
  }
}

list.dataset.shown = list.innerHTML.trim();
setInterval(refresh, REFRESH_MS);
