// Building nodes. Nothing here parses markup: what comes from outside becomes text nodes, always.

import { TEXTS } from "./texts.js";

const SVG = "http://www.w3.org/2000/svg";

/** An element with properties or attributes, listeners (`onclick`) and children; what is null or false is left out. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && !name.startsWith("aria")) node[name] = value;
    else node.setAttribute(name === "class" ? "class" : name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const button = (label, onclick, properties) => element("button", { type: "button", onclick, ...properties }, label);

export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" })) {
    svg.setAttribute(name, value);
  }
  const drawn = document.createElementNS(SVG, "path");
  drawn.setAttribute("d", path);
  svg.append(drawn);
  return svg;
}

export const ICONS = Object.freeze({
  chat: "M4 5.5h16v11H10.5L6 20v-3.5H4z",
  close: "M6 6l12 12M18 6L6 18",
  send: "M4.5 12h14M12.5 5.5L19 12l-6.5 6.5",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  check: "M5 12.5l4.5 4.5L19 7.5",
  document: "M7 3.5h7l4 4v13H7zM14 3.5v4h4M10 12h5M10 16h5",
});

export function outwardLink(label, href) {
  const note = element("span", { class: "spoken" }, ` (${TEXTS.opensInNewTab})`);
  return element("a", { href, target: "_blank", rel: "noopener" }, label, note);
}

const ADDRESS = /https?:\/\/[^\s<>"']+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
const TRAILING = /[.,;:!?)\]]+$/;

/** Text as nodes, with web and e-mail addresses as links; everything else stays text. */
export function linkified(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(TRAILING, "");
    const href = address.startsWith("http") ? address : `mailto:${address}`;
    nodes.push(text.slice(end, match.index));
    nodes.push(element("a", { href, ...(address.startsWith("http") && { target: "_blank", rel: "noopener noreferrer" }) }, address));
    end = match.index + address.length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

const LONG_DATE = new Intl.DateTimeFormat("sv-SE", { dateStyle: "long", timeZone: "UTC" });
const TIME = new Intl.DateTimeFormat("sv-SE", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("sv-SE", { weekday: "long", day: "numeric", month: "long" });

export const longDate = (day) => LONG_DATE.format(new Date(`${day.slice(0, 10)}T00:00:00Z`));
export const clockTime = (instant) => TIME.format(new Date(instant));
export const dayName = (instant) => DAY.format(new Date(instant));

export const copyText = (text) => navigator.clipboard?.writeText(text).then(() => true, () => false) ?? Promise.resolve(false);

export function saveFile(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
