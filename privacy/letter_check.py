"""Whether a letter says what it must, and nothing that it may not; see :mod:`privacy.letters`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from privacy.disclosure import NOT_DISCLOSED
from privacy.grounds import grounds_for
from privacy.letters import TOLD_TO_RECIPIENTS, WITH_GROUNDS, LetterFacts, LetterKind, entries_of, kinds_for
from privacy.personal_identity_number import find_in_text
from privacy.request_types import RequestType, rule_for
from privacy.swedish_dates import swedish_date

WORDS_THAT_MUST_REMAIN: Final = 0.6
"""Of what the officer filled in: enough that it is still said, little enough that it may be put better."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that keeps a letter from being sent."""

    key: str
    text: str
    """What is missing and why it must be there, in Swedish."""


Check = Callable[[str, LetterFacts], bool]


@dataclass(frozen=True, slots=True)
class _Part:
    key: str
    fault: str
    is_there: Check


def _says(*needed: str) -> Check:
    return lambda text, _facts: all(word in text for word in needed)


_PARTS: Final = MappingProxyType(
    {
        part.key: part
        for part in (
            _Part("reference", "Ärendenumret saknas.", lambda text, facts: plain(facts.reference) in text),
            _Part("controller", "Vem som svarar saknas.", lambda text, facts: plain(facts.controller) in text),
            _Part("contact", "Hur personen når oss saknas.", lambda text, facts: plain(facts.contact) in text),
            _Part(
                "right",
                "Vilken rättighet det gäller saknas: skriv ut artikeln.",
                lambda text, facts: plain(rule_for(facts.request_type).article) in text,
            ),
            _Part(
                "received_on",
                "Dagen då begäran kom in saknas.",
                lambda text, facts: plain(swedish_date(facts.received_on)) in text,
            ),
            _Part(
                "due_on", "Sista dag för svar saknas.", lambda text, facts: plain(swedish_date(facts.due_on)) in text
            ),
            _Part(
                "written_on",
                "Dagen då det gjordes saknas.",
                lambda text, facts: plain(swedish_date(facts.written_on)) in text,
            ),
            _Part(
                "grounds",
                "Lagrummet för varje valt skäl måste stå i brevet (artikel 12.4).",
                lambda text, facts: bool(facts.grounds) and all(plain(g.statute) in text for g in facts.grounds),
            ),
            _Part(
                "authority",
                "Rätten att klaga hos Integritetsskyddsmyndigheten (IMY) saknas (artikel 12.4 och 77).",
                _says("integritetsskyddsmyndigheten", "imy.se"),
            ),
            _Part("court", "Rätten att vända sig till domstol saknas (artikel 12.4 och 79).", _says("domstol")),
            _Part("safe_channel", "Ett säkert sätt att visa vem man är saknas, till exempel BankID.", _says("bankid")),
            _Part(
                "pause",
                "Hur frågan påverkar tiden för vårt svar saknas.",
                lambda text, _facts: re.search(r"\btiden\b", text) is not None,
            ),
            _Part(
                "everything",
                "Att personen fortfarande kan begära allt saknas.",
                lambda text, _facts: re.search(r"\ballt\b", text) is not None,
            ),
            _Part(
                "not_disclosed",
                f"Meningen ”{NOT_DISCLOSED}” måste stå i varje svar på en begäran om tillgång, ordagrant.",
                lambda text, _facts: plain(NOT_DISCLOSED) in text,
            ),
            _Part(
                "recipients",
                "Vilka mottagare som har underrättats saknas (artikel 19).",
                lambda text, facts: "mottagare" in text and _still_says(text, facts, "recipients"),
            ),
            _Part(
                "other_rights",
                "Vilka andra rättigheter personen har saknas (artikel 15.1 e).",
                _says("rättelse", "radering", "begränsning", "invända"),
            ),
        )
    }
)

_ALWAYS: Final = ("reference", "controller", "contact")
_BY_KIND: Final = MappingProxyType(
    {
        LetterKind.ACKNOWLEDGEMENT: ("right", "received_on", "due_on"),
        LetterKind.IDENTIFICATION: ("safe_channel", "pause"),
        LetterKind.CLARIFICATION: ("everything", "pause"),
        LetterKind.EXTENSION: ("due_on", "authority", "court"),
        LetterKind.REFUSAL: ("right", "grounds", "authority", "court"),
        LetterKind.PARTIAL: ("right", "grounds", "authority", "court", "written_on"),
        LetterKind.FULFILMENT: ("written_on",),
        LetterKind.FORWARDED: ("right", "written_on", "authority"),
        LetterKind.MARKETING_RECEIPT: ("written_on",),
    }
)

_NEVER: Final = (
    ("datainspektionen", "Myndigheten heter Integritetsskyddsmyndigheten (IMY), inte Datainspektionen."),
    ("dataombudsman", "Dataombudsmannen är Finlands myndighet. I Sverige är det Integritetsskyddsmyndigheten (IMY)."),
    ("30 dagar", "Tiden är en månad, inte 30 dagar. Skriv datumet."),
)
"""What no letter says, and why (gdpr-rules section 1: what is never said)."""


def mandatory_parts(kind: LetterKind, request_type: RequestType) -> tuple[str, ...]:
    """Return the keys of what a letter of that kind must say for that type of request, beside the officer's entries."""
    parts = [*_ALWAYS, *_BY_KIND[kind]]
    if kind in {LetterKind.FULFILMENT, LetterKind.PARTIAL}:
        if request_type in TOLD_TO_RECIPIENTS:
            parts.append("recipients")
        if request_type is RequestType.ACCESS:
            parts += ["not_disclosed", "other_rights", "authority"]
    if kind is LetterKind.REFUSAL and request_type is RequestType.ACCESS:
        parts.append("not_disclosed")
    return tuple(dict.fromkeys(parts))


def check_letter(text: str, facts: LetterFacts) -> tuple[Fault, ...]:
    """Return everything that keeps the letter from being sent; nothing when it may be.

    Args:
        text: the whole letter, as the person would read it.
        facts: what it is about, with the officer's entries and grounds.
    """
    return tuple(_faults(text, facts))


def _faults(text: str, facts: LetterFacts) -> Iterator[Fault]:
    if facts.kind not in kinds_for(facts.request_type, is_extended=True):
        yield Fault("kind", "Det brevet finns inte för den här sortens begäran.")
        return
    if facts.kind is LetterKind.EXTENSION and facts.written_on > facts.first_due_on:
        last_day = swedish_date(facts.first_due_on)
        yield Fault("too_late", f"Beskedet om förlängning skulle ha skickats senast {last_day} (artikel 12.3).")
    read = plain(text)
    if facts.kind in WITH_GROUNDS:
        offered = grounds_for(facts.request_type)
        if not facts.grounds:
            yield Fault("no_ground", "Välj minst ett lagligt skäl. Utan skäl kan begäran inte avslås (artikel 12.4).")
        if any(ground not in offered for ground in facts.grounds):
            yield Fault("foreign_ground", "Ett valt skäl gäller inte den här sortens begäran.")
    for key in mandatory_parts(facts.kind, facts.request_type):
        if not (key == "grounds" and not facts.grounds) and not _PARTS[key].is_there(read, facts):
            yield Fault(key, _PARTS[key].fault)
    for entry in entries_of(facts.kind, facts.request_type):
        if not facts.entries.get(entry.key, "").strip():
            yield Fault(f"empty_{entry.key}", f"Fyll i: {entry.label.lower()}.")
        elif not _still_says(read, facts, entry.key):
            yield Fault(f"lost_{entry.key}", f"Det du fyllde i under ”{entry.label}” står inte längre i brevet.")
    for word, reason in _NEVER:
        if word in read:
            yield Fault(f"never_{word}", reason)
    if find_in_text(text):
        yield Fault("identity_number", "Brevet innehåller något som ser ut som ett personnummer. Ta bort det.")


def plain(text: str) -> str:
    """Return the text as it is compared: lower case, every stretch of white space one space."""
    return " ".join(text.casefold().split())


def _still_says(read: str, facts: LetterFacts, key: str) -> bool:
    filled = plain(facts.entries.get(key, ""))
    if filled in read:
        return bool(filled)
    words = {word for word in re.findall(r"\w+", filled) if len(word) > 3}
    kept = words & set(re.findall(r"\w+", read))
    return bool(words) and len(kept) >= WORDS_THAT_MUST_REMAIN * len(words)
