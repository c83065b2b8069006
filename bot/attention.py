"""Answers what a visitor says of their own situation: at once where it is urgent, else after the bot's answer.

The edge does this and not the bot, so that who writes "jag orkar inte leva" is answered also while Rasa is down and
while they wait for a person (docs/adr/0046). Each kind is answered once a conversation; the grave ones every time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from bot.circumstances import Circumstance, recognise
from bot.handoff import HAND_OVER, PERSON
from bot.store import Draft, Offer
from bot.tables import ConversationRow
from bot.texts import Texts
from privacy.company_name import CompanyName

COMPLAIN: Final = "/make_complaint"

_AT_ONCE: Final = frozenset({Circumstance.CRISIS, Circumstance.DANGER, Circumstance.HEALTH})
_EVERY_TIME: Final = frozenset({Circumstance.CRISIS, Circumstance.DANGER})
_MOST: Final = 2
"""Circumstances answered after one message; more would be a lecture."""

_WISHES: Final = ("/request_", "/policy_")
"""How the payload of a reading begins that leads on to something else than a person."""

MOST_NEXT_STEPS: Final = 3
"""Buttons under an answer and what is said beside it, together."""


class Attention:
    """Says what a circumstance calls for; the caller has locked the conversation, and stores what it is given."""

    def __init__(self, texts: Texts, company: CompanyName) -> None:
        self._texts, self._company = texts, company

    def at_once(self, conversation: ConversationRow, text: str) -> list[Draft]:
        """Return what is said before anybody answers the message."""
        return self._said(conversation, [kind for kind in self._recognised(text) if kind in _AT_ONCE])

    def afterwards(
        self, conversation: ConversationRow, text: str, *, answered: Collection[str] = frozenset()
    ) -> list[Draft]:
        """Return what is said after the bot's answer to the message, which says itself what ``answered`` calls for."""
        conversation.circumstances = list(dict.fromkeys([*conversation.circumstances, *answered]))
        return self._said(conversation, [kind for kind in self._recognised(text) if kind not in _AT_ONCE])

    def beside(self, answers: Sequence[Draft], said: Sequence[Draft], text: str) -> list[Draft]:
        """Return the bot's answers to ``text`` and after them what is ``said`` of its writer, with few next steps.

        A way to a person is offered once, by what is said of the writer, also when that was said at once. Under an
        answer from the policy stand only so many steps that they are three in all; a form's question keeps its choices.
        """
        offered = [offer for draft in said for offer in draft.buttons]
        offered += [offer for kind in self._recognised(text) if kind in _AT_ONCE for offer in self._offers(kind)]
        if not offered:
            return [*answers, *said]
        taken = {offer.payload for offer in offered}
        taken |= PERSON if taken & PERSON else set()
        left = max(0, MOST_NEXT_STEPS - len({offer.payload for offer in offered}))
        beside = []
        for answer in answers:
            kept = [offer for offer in answer.buttons if offer.payload not in taken]
            beside.append(replace(answer, buttons=kept[:left] if answer.citations else kept))
        return [*beside, *_each_offer_once(said)]

    def speaks_for_itself(self, text: str, said: Sequence[Draft]) -> bool:
        """Tell whether the message needs no "I did not understand": what is ``said`` of its writer answers it.

        What was said of them once before is not said again, so the same words the second time are answered by the bot.
        """
        return bool(said) or self.is_grave(text)

    @staticmethod
    def with_readings(said: Sequence[Draft], readings: Sequence[Offer]) -> list[Draft]:
        """Return what is ``said`` with what may have been asked for besides ("jag är 15 år, ta bort mina bilder")."""
        if not said:
            return []
        *before, last = said
        left = MOST_NEXT_STEPS - len(last.buttons)
        wishes = [offer for offer in readings if offer.payload.startswith(_WISHES)]
        return [*before, replace(last, buttons=[*last.buttons, *wishes[:left]])]

    def is_grave(self, text: str) -> bool:
        """Tell whether somebody's life may be at stake: then nothing is hidden from a person who helps."""
        return any(kind in _EVERY_TIME for kind in self._recognised(text))

    def _recognised(self, text: str) -> Sequence[Circumstance]:
        return recognise(self._company.hidden(text))

    def _said(self, conversation: ConversationRow, kinds: Sequence[Circumstance]) -> list[Draft]:
        new = [kind for kind in kinds if kind in _EVERY_TIME or kind not in conversation.circumstances][:_MOST]
        if new:
            conversation.circumstances = list(dict.fromkeys([*conversation.circumstances, *new]))
        return [Draft("system", self._texts(f"circumstance_{kind}"), buttons=self._offers(kind)) for kind in new]

    def _offers(self, kind: Circumstance) -> list[Offer]:
        if kind is Circumstance.HEALTH:
            return []
        person = Offer(self._texts("button_person"), HAND_OVER)
        complain = Offer(self._texts("button_complain"), COMPLAIN)
        return [person, complain] if kind is Circumstance.ANGER else [person]


def _each_offer_once(said: Sequence[Draft]) -> list[Draft]:
    """Return the drafts, each offer under the last that makes it."""
    kept: list[Draft] = []
    below: set[str] = set()
    for draft in reversed(said):
        kept.append(replace(draft, buttons=[offer for offer in draft.buttons if offer.payload not in below]))
        below |= {offer.payload for offer in draft.buttons}
    return kept[::-1]
