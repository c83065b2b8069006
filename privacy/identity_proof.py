"""How a person on the staff can establish who somebody is, when the chat could not (GDPR art. 12(6)).

No more is asked for than the request needs, and not harder than when the relation began (EDPB guidelines 01/2022
section 3.3). A copy of an identity document is seldom needed, and none of the ways below keeps one.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from privacy.deadlines import ASK_WITHIN_DAYS
from privacy.request_types import IdentityLevel


class ProofMethod(StrEnum):
    """What the officer did. The value is what the history says."""

    ADDRESS_MATCHED = "address_matched"
    """The e-mail address that a code confirmed is the one in the company's own register."""

    CALLED_BACK = "called_back"
    """Called back on a number that stood in the register before the request."""

    MET_IN_PERSON = "met_in_person"
    """Seen with an identity document, of which nothing was copied."""

    MET_BY_VIDEO = "met_by_video"
    """The same by video."""

    LETTER_ANSWERED = "letter_answered"
    """Answered with a code from a letter to the address in the population register."""

    LOGGED_IN_ELSEWHERE = "logged_in_elsewhere"
    """Logged in to another service of the company's with strong authentication."""

    PROXY_SHOWN = "proxy_shown"
    """Somebody else asks, and has shown a power of attorney; both are who they say."""

    @property
    def label(self) -> str:
        """What an officer reads, in Swedish."""
        return _LABELS[self]

    @property
    def level(self) -> IdentityLevel:
        """How surely it shows who somebody is."""
        return IdentityLevel.CONTACT if self is ProofMethod.ADDRESS_MATCHED else IdentityLevel.STRONG


_LABELS: Final = MappingProxyType(
    {
        ProofMethod.ADDRESS_MATCHED: "E-postadressen stämmer med vårt register",
        ProofMethod.CALLED_BACK: "Uppringd på ett nummer som redan fanns i vårt register",
        ProofMethod.MET_IN_PERSON: "Visade legitimation på plats (ingen kopia sparas)",
        ProofMethod.MET_BY_VIDEO: "Visade legitimation i videosamtal (ingen kopia sparas)",
        ProofMethod.LETTER_ANSWERED: "Svarade med koden ur ett brev till folkbokföringsadressen",
        ProofMethod.LOGGED_IN_ELSEWHERE: "Loggade in i en annan av våra tjänster med stark legitimering",
        ProofMethod.PROXY_SHOWN: "Ombud som visade fullmakt",
    }
)


class IdentityGap(StrEnum):
    """What is missing before anything may be handed out, changed or deleted. The value is what the API says."""

    LEVEL_TOO_LOW = "level_too_low"
    """Who asks has not been shown as surely as the right needs."""

    ADDRESS_NOT_COMPARED = "address_not_compared"
    """A code showed that somebody reads mail at an address; that it is the data subject's nobody has looked up."""


def identity_gap(
    reached: IdentityLevel, needed: IdentityLevel, *, rests_on_address: bool, is_compared: bool
) -> IdentityGap | None:
    """Return what is missing to know who asks as surely as the right needs; None when nothing is.

    Where something is missing there is reasonable doubt (art. 12(6)), and only there: more may be asked for, time may
    stand still, and nothing may have its effect yet (art. 5(1)(f), 32; EDPB guidelines 01/2022 section 3.2).

    Args:
        reached: how surely it is known.
        needed: how surely the right needs it.
        rests_on_address: whether a code to an e-mail address is all that it is known by.
        is_compared: whether an officer has compared that address with the company's own register.
    """
    if reached < needed:
        return IdentityGap.LEVEL_TOO_LOW
    if needed is not IdentityLevel.NONE and rests_on_address and not is_compared:
        return IdentityGap.ADDRESS_NOT_COMPARED
    return None


def asking_stops_time(received_on: date, *, today: date) -> bool:
    """Tell whether a question about identity asked today still stops the clock (``privacy.deadlines``)."""
    return (today - received_on).days <= ASK_WITHIN_DAYS
