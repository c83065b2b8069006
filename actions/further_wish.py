"""Several wishes in one message: the first is begun, the others are offered when it is done or called off.

Each is remembered with its own words, so that nothing is asked again that was said ("radera sen mitt cv"), and with
when it was said, from which the law's time runs.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Final

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.reading import mentions_marketing
from actions.texts import FURTHER_WISH, WISH_NAMES, WISH_WORDS, WISHES
from actions.utterance import Utterance, messages_so_far

SLOT: Final = "further_wishes"
MOST_OFFERED: Final = 2
"""At once, beside "Nej tack"; the others come after these."""

_BETWEEN: Final = re.compile(r"\b(?:och|samt|sen|sedan|därefter|plus|innan|först)\b|[,;.!?]", re.IGNORECASE)
_ACCESS, _ERASURE, _MARKETING = "request_access", "request_erasure", "request_marketing_optout"


@dataclass(frozen=True, slots=True)
class FurtherWish:
    """A wish that waits for its turn."""

    intent: str
    words: str = field(repr=False)
    """The part of the message that names it."""

    said_at: str
    """ISO 8601: when the message came."""


@dataclass(frozen=True, slots=True)
class FurtherWishes:
    """The wishes that wait, in the order in which they are offered."""

    waiting: tuple[FurtherWish, ...] = ()
    offered_at_message: int | None = None
    """How many messages the visitor had sent when they were offered; only the next one is a yes or no to it."""

    @classmethod
    def from_tracker(cls, tracker: Tracker) -> "FurtherWishes":
        """Return what waits, which may be nothing."""
        value = tracker.get_slot(SLOT) or {}
        waiting = tuple(FurtherWish(**wish) for wish in value.get("waiting") or ())
        return cls(waiting, value.get("offered_at_message"))

    def as_event(self) -> EventType:
        """Return the event that keeps them."""
        return SlotSet(SLOT, asdict(self) if self.waiting else None)

    def named(self, intent: str) -> FurtherWish | None:
        """Return the wish of an intent, if it waits."""
        return next((wish for wish in self.waiting if wish.intent == intent), None)

    def after(self, begun: str, then: Sequence[FurtherWish]) -> "FurtherWishes":
        """Return what waits once a wish is begun, in whose message others may have been named."""
        new = {begun, *(wish.intent for wish in then)}
        return FurtherWishes((*then, *(wish for wish in self.waiting if wish.intent not in new)))


def in_order(said: Utterance, intent: str) -> list[str]:
    """Return the wishes of a message that was understood as ``intent``, the one to begin first; mostly there is one.

    They come as they were named, but a copy before the erasure of what it is a copy of.
    """
    named = list(_parts_of(said))
    if intent == _ERASURE and intent not in named and len(named) > 1:
        named.append(intent)  # in words of its own, and it is what one ends with
    if intent not in named:  # then the first was named in words that stand for something else too
        return [intent, *named[1:]]
    if _ACCESS in named and _ERASURE in named[: named.index(_ACCESS)]:
        named.remove(_ACCESS)
        named.insert(named.index(_ERASURE), _ACCESS)
    return named


def named_in(said: Utterance) -> list[str]:
    """Return the wishes that a message names, in order."""
    return list(_parts_of(said))


def part_of(said: Utterance, intent: str) -> Utterance:
    """Return the part of a message that is about one of its wishes; all of it where there is only one."""
    parts = _parts_of(said)
    return replace(said, text=parts[intent], read_as="") if intent in parts and len(parts) > 1 else said


def remembered(said: Utterance, wishes: Sequence[str], *, said_at: datetime) -> tuple[FurtherWish, ...]:
    """Return wishes of a message to come back to, each with its words."""
    parts = _parts_of(said)
    return tuple(FurtherWish(wish, parts.get(wish, said.text), said_at.isoformat()) for wish in wishes)


def say_one_at_a_time(dispatcher: CollectingDispatcher, *, first: str, then: Sequence[str]) -> None:
    """Say which wish is begun and which come after it, so that none seems to have been overheard."""
    dispatcher.utter_message(response="utter_one_at_a_time", first=WISH_NAMES[first], then=listed(then))


def offer(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """Offer what was wished besides, now that the first is done or called off; return the events that note it."""
    wishes = FurtherWishes.from_tracker(tracker)
    if not wishes.waiting:
        return []
    offered = [wish.intent for wish in wishes.waiting]
    dispatcher.utter_message(
        response="utter_further_wish" if len(offered) == 1 else "utter_further_wishes",
        wishes=listed(offered),
        buttons=[
            *({"title": WISHES[intent], "payload": f"/{intent}"} for intent in offered[:MOST_OFFERED]),
            {"title": FURTHER_WISH["no"], "payload": "/deny"},
        ],
    )
    return [replace(wishes, offered_at_message=messages_so_far(tracker)).as_event()]


def awaits_answer(tracker: Tracker) -> FurtherWishes | None:
    """Return the wishes if the message is the answer to whether one of them is to be begun."""
    wishes = FurtherWishes.from_tracker(tracker)
    if not wishes.waiting or wishes.offered_at_message is None:
        return None
    return wishes if messages_so_far(tracker) == wishes.offered_at_message + 1 else None


def listed(intents: Sequence[str]) -> str:
    """Return the names of wishes as one says them: "rättelsen och raderingen"."""
    *before, last = (WISH_NAMES[intent] for intent in intents)
    return FURTHER_WISH["and"].join([", ".join(before), last]) if before else last


def _parts_of(said: Utterance) -> dict[str, str]:
    """Return the wishes that a message names, in order, each with its words: up to where the next is named."""
    text, begins = said.text, [0]
    begins += [between.end() for between in _BETWEEN.finditer(text)]
    named: dict[str, int] = {}
    for begin, end in pairwise([*begins, len(text)]):
        part = text[begin:end].casefold()
        if mentions_marketing(part) and not WISH_WORDS[_MARKETING].search(part):
            continue  # "ta bort mig från nyhetsbrevet" erases nothing
        wish = next((wish for wish, words in WISH_WORDS.items() if words.search(part)), None)
        if wish is not None:
            named.setdefault(wish, begin)
    begins = [*named.values(), len(text)]
    return {wish: text[begin:end].strip(" ,;.") for wish, (begin, end) in zip(named, pairwise(begins), strict=True)}
