// The receipt of a registered request: number, dates and how they were counted, what happens next.

import { button, copyText, element, longDate, saveFile } from "./dom.js";
import { TEXTS } from "./texts.js";

export function receipt(card, { announcer }) {
  const { reference, due_on, received_on, request_type_title, next_steps = [], due_explanation = [] } = card;
  return element(
    "section",
    { class: "card receipt", "aria-label": TEXTS.receipt(reference) },
    element("h3", {}, TEXTS.receiptHeading),
    request_type_title && element("p", { class: "lead" }, request_type_title),
    element(
      "dl",
      {},
      fact(TEXTS.reference, element("span", { class: "reference" }, reference), copier(reference, announcer)),
      received_on && fact(TEXTS.received, day(received_on)),
      due_on && fact(TEXTS.due, day(due_on)),
    ),
    due_explanation.length > 0 &&
      element("details", {}, element("summary", {}, TEXTS.howCounted), ...due_explanation.map((line) => element("p", {}, line))),
    next_steps.length > 0 && [
      element("h4", {}, TEXTS.next),
      element("ol", {}, ...next_steps.map((step) => element("li", {}, step))),
    ],
    due_on && button(TEXTS.addToCalendar, () => save(card), { class: "pill" }),
  );
}

const fact = (name, ...value) => element("div", {}, element("dt", {}, name), element("dd", {}, ...value));
const day = (isoDay) => element("time", { dateTime: isoDay }, longDate(isoDay));
const save = (card) => saveFile(`${card.reference}.ics`, "text/calendar;charset=utf-8", calendarFile(card, new Date()));

function copier(reference, announcer) {
  const node = button(TEXTS.copy, async () => {
    const copied = await copyText(reference);
    announcer.say(copied ? TEXTS.copied : TEXTS.notCopied);
    node.textContent = copied ? TEXTS.copied : TEXTS.notCopied;
    setTimeout(() => (node.textContent = TEXTS.copy), 2_500);
  });
  node.className = "pill small";
  node.setAttribute("aria-label", TEXTS.copyReference(reference));
  return node;
}

/** The due date as a calendar file (RFC 5545): an all-day event. `now` is a Date. */
function calendarFile({ reference, due_on, request_type_title }, now) {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Insyn//Insyn//SV",
    "BEGIN:VEVENT",
    `UID:${reference}@insyn`,
    `DTSTAMP:${now.toISOString().replace(/[-:]|\.\d+/g, "")}`,
    `DTSTART;VALUE=DATE:${compact(due_on)}`,
    `DTEND;VALUE=DATE:${compact(dayAfter(due_on))}`,
    `SUMMARY:${escaped(TEXTS.calendarTitle(request_type_title, reference))}`,
    `DESCRIPTION:${escaped(TEXTS.calendarText(reference))}`,
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return lines.flatMap(folded).join("\r\n") + "\r\n";
}

const compact = (day) => day.replaceAll("-", "");
const escaped = (text) => text.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");

function dayAfter(day) {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10);
}

/** At most 75 octets a line (RFC 5545 3.1), two for each of our characters. */
function folded(line) {
  const parts = line.match(/.{1,36}/gsu);
  return parts.map((part, index) => (index ? ` ${part}` : part));
}
