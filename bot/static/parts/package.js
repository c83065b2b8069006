// The finished package: one link, good once. A plain link, since a file of any size then goes straight to the disk.

import { element } from "./dom.js";
import { TEXTS } from "./texts.js";

export function packageCard({ identification_id, reference }, { edge }) {
  return element(
    "section",
    { class: "card", "aria-label": TEXTS.packageFor(reference) },
    element("h3", {}, TEXTS.packageHeading),
    element("p", {}, TEXTS.packageHint),
    // a tab of its own: should the link be spent, a page says so there, and the chat stays
    element("a", { class: "pill primary", href: edge.packageUrl(identification_id), target: "_blank", rel: "noopener" }, TEXTS.packageSave),
  );
}
