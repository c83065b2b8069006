// Whether an answer helped: asked quietly below answers from the policy, once each, as a choice and never in words.

import { button, element } from "./dom.js";
import { EdgeError } from "./edge.js";
import { rememberJudged, rememberedJudged } from "./memory.js";
import { TEXTS } from "./texts.js";

/** The question with its buttons, or null when this tab has judged the message already. */
export function feedback(id, { edge }) {
  if (rememberedJudged().includes(id)) return null;
  const line = element("p", { tabIndex: -1 }, TEXTS.didItHelp);
  const node = element("div", { class: "feedback", role: "group", "aria-label": TEXTS.didItHelp }, line);
  const offer = (choices) => {
    node.querySelectorAll("button").forEach((old) => old.remove());
    node.append(...choices.map(([label, ...what]) => button(label, () => give(...what), { class: "pill small" })));
  };

  async function give(verdict, reason) {
    try {
      await edge.judge({ message_id: id, verdict, reason });
    } catch (error) {
      if (!(error instanceof EdgeError)) throw error;
      return say(error.detail ?? TEXTS.somethingWentWrong);
    }
    rememberJudged(id);
    const asks = verdict === "not_helped" && !reason;
    offer(asks ? Object.entries(TEXTS.whyNot).map(([key, label]) => [label, verdict, key]) : []);
    say(asks ? TEXTS.whatWasWrong : TEXTS.thanks);
  }

  /** The pressed button is gone, so the focus goes to what is said: it is heard, and nobody is lost. */
  function say(text) {
    line.textContent = text;
    line.focus();
  }

  offer([
    [TEXTS.yes, "helped"],
    [TEXTS.no, "not_helped"],
  ]);
  return node;
}
