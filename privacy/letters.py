"""The letters of a case: which there are, when they may be sent, and what each must say.

A letter is plain text that a person may edit before it is sent. So what it must say is checked on the text itself,
after the editing: a letter that lost a mandatory part is refused with the reason, whoever changed it.

Source: GDPR art. 12(1)-(6), 15, 19, 21(3), 77-79; EDPB guidelines 01/2022; gdpr-rules section 3.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from privacy.grounds import Ground, may_be_refused
from privacy.request_types import IdentityLevel, RequestType, Target, rule_for


class LetterKind(StrEnum):
    """What a letter does."""

    ACKNOWLEDGEMENT = "acknowledgement"
    IDENTIFICATION = "identification"
    CLARIFICATION = "clarification"
    EXTENSION = "extension"
    REFUSAL = "refusal"
    PARTIAL = "partial"
    FULFILMENT = "fulfilment"
    FORWARDED = "forwarded"
    MARKETING_RECEIPT = "marketing_receipt"

    @property
    def label(self) -> str:
        """What an officer reads, in Swedish."""
        return _LABELS[self]


_LABELS: Final = MappingProxyType(
    {
        LetterKind.ACKNOWLEDGEMENT: "Mottagningsbekräftelse",
        LetterKind.IDENTIFICATION: "Begäran om identitet",
        LetterKind.CLARIFICATION: "Begäran om precisering",
        LetterKind.EXTENSION: "Förlängning",
        LetterKind.REFUSAL: "Avslag",
        LetterKind.PARTIAL: "Delvis bifall",
        LetterKind.FULFILMENT: "Bifall",
        LetterKind.FORWARDED: "Överlämnad till kund",
        LetterKind.MARKETING_RECEIPT: "Kvitto på reklamspärr",
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that only the officer knows and the letter must say."""

    key: str
    label: str
    hint: str


_REASON: Final = Entry("reason", "Skälen i det här ärendet", "Konkret: vad det är i just den här begäran.")
_DONE: Final = Entry("done", "Vad vi har gjort", "Vilka uppgifter det gäller och vad som är gjort med dem.")
_RECIPIENTS: Final = Entry(
    "recipients",
    "Vilka mottagare vi har underrättat",
    "Artikel 19. Skriv ”Inga” om uppgifterna inte har lämnats vidare.",
)
_NEEDED: Final = Entry(
    "needed", "Vad vi behöver", "Det minsta som räcker. Be aldrig om personnummer eller kopia på id."
)

_ENTRIES: Final = MappingProxyType(
    {
        LetterKind.ACKNOWLEDGEMENT: (),
        LetterKind.IDENTIFICATION: (
            Entry("reason", "Varför vi är osäkra på vem personen är", "Tvivlet måste vara rimligt (artikel 12.6)."),
            _NEEDED,
        ),
        LetterKind.CLARIFICATION: (
            Entry("needed", "Vad som behöver preciseras", "Till exempel en tid, en tjänst eller en sorts uppgifter."),
        ),
        LetterKind.EXTENSION: (_REASON,),
        LetterKind.REFUSAL: (_REASON, _DONE),
        LetterKind.PARTIAL: (_DONE, _REASON),
        LetterKind.FULFILMENT: (_DONE,),
        LetterKind.FORWARDED: (
            Entry(
                "client",
                "Vem begäran är lämnad till",
                "Kundens namn och hur personen når den. Bara en kund som personen själv har nämnt eller får veta om.",
            ),
            _DONE,
        ),
        LetterKind.MARKETING_RECEIPT: (
            Entry("channels", "Vad som är spärrat", "Till exempel reklam via e-post."),
            Entry("still_comes", "Vad som ändå kommer", "Till exempel meddelanden om avtalet och fakturor."),
        ),
    }
)
TOLD_TO_RECIPIENTS: Final = frozenset({RequestType.RECTIFICATION, RequestType.ERASURE, RequestType.RESTRICTION})
"""Art. 19: whoever received the data is told."""

WITH_GROUNDS: Final = frozenset({LetterKind.REFUSAL, LetterKind.PARTIAL})
"""Letters that say no to something: art. 12(4)."""


def entries_of(kind: LetterKind, request_type: RequestType) -> tuple[Entry, ...]:
    """Return what the officer must fill in; every one is mandatory."""
    entries: tuple[Entry, ...] = _ENTRIES[kind]
    if kind in {LetterKind.FULFILMENT, LetterKind.PARTIAL} and request_type in TOLD_TO_RECIPIENTS:
        return (*entries, _RECIPIENTS)
    return entries


def kinds_for(request_type: RequestType, *, is_extended: bool) -> tuple[LetterKind, ...]:
    """Return the letters that a case may need.

    What is not weighed is not refused; what must happen at once is not extended; who need not be known is not asked for
    an identity. A notice of extension follows the step that extends, which is where its reason is given.
    """
    rule = rule_for(request_type)
    kinds = [LetterKind.ACKNOWLEDGEMENT]
    if rule.identity_level > IdentityLevel.NONE:
        kinds.append(LetterKind.IDENTIFICATION)
    if rule.target is Target.ONE_MONTH:
        kinds += [LetterKind.CLARIFICATION, *([LetterKind.EXTENSION] if is_extended else [])]
    if may_be_refused(request_type):
        kinds += [LetterKind.REFUSAL, LetterKind.PARTIAL]
        kinds.append(LetterKind.FORWARDED)  # what a client is the controller of is passed on, not refused
    kinds.append(LetterKind.FULFILMENT)
    if request_type in {RequestType.MARKETING_OPTOUT, RequestType.OBJECTION}:
        kinds.append(LetterKind.MARKETING_RECEIPT)
    return tuple(kinds)


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What a letter is filled from."""

    kind: LetterKind
    request_type: RequestType
    reference: str
    received_on: date
    due_on: date
    """With everything that has moved it."""

    first_due_on: date
    """The last day for a notice of extension."""

    written_on: date
    controller: str
    contact: str
    """The e-mail address for answers."""

    due_explanation: tuple[str, ...] = ()
    entries: dict[str, str] = field(default_factory=dict, repr=False)
    """What the officer filled in, by :attr:`Entry.key`."""

    grounds: tuple[Ground, ...] = ()
