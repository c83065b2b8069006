"""The lawful grounds on which a request may be refused or limited: choices for an officer, each with its statute.

What is not here is not a ground. A no to marketing, a withdrawn consent and a complaint have none: they are not
weighed.
Suspicion reports are never a ground that is named (penningtvättslagen 5 kap. 7 §): the neutral sentence of
:data:`privacy.disclosure.NOT_DISCLOSED` stands in every answer instead, whether there is something or not.

Source: GDPR art. 11-12, 15-21; the statutes that each ground names; gdpr-rules section 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from privacy.request_types import RequestType


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason that the law accepts for not doing what was asked, or not all of it."""

    key: str
    statute: str
    """As it must stand in the letter."""

    title: str
    """What the officer chooses, in Swedish."""

    explanation: str
    """What the person reads: plain Swedish, whole sentences. The officer adds what applies in the case."""


_A: Final = RequestType.ACCESS
_R: Final = RequestType.RECTIFICATION
_E: Final = RequestType.ERASURE
_L: Final = RequestType.RESTRICTION
_P: Final = RequestType.PORTABILITY
_O: Final = RequestType.OBJECTION
_WEIGHED: Final = (_A, _R, _E, _L, _P, _O)

_GROUNDS: Final = (
    (
        Ground(
            "excessive",
            "artikel 12.5 i dataskyddsförordningen",
            "Begäran är uppenbart ogrundad eller orimlig (vi måste kunna visa det)",
            "En begäran får avvisas om den är uppenbart ogrundad eller orimlig, till exempel för att den upprepas.",
        ),
        _WEIGHED,
    ),
    (
        Ground(
            "unidentified",
            "artikel 11.2 och 12.2 i dataskyddsförordningen",
            "Vi kan inte fastställa vem personen är",
            "Vi kan inte se att uppgifterna gäller dig, och vi har inte fått det som behövs för att kunna se det.",
        ),
        _WEIGHED,
    ),
    (
        Ground(
            "others_rights",
            "artikel 15.4 i dataskyddsförordningen",
            "En kopia skulle skada andras rättigheter",
            (
                "Kopian får inte påverka andra personers rättigheter och friheter. Det som gäller andra har vi därför"
                " tagit bort."
            ),
        ),
        (_A,),
    ),
    (
        Ground(
            "secrecy",
            "5 kap. 1 § dataskyddslagen (2018:218)",
            "Uppgifterna får enligt lag inte lämnas ut",
            "Rätten till tillgång gäller inte uppgifter som enligt lag inte får lämnas ut till dig.",
        ),
        (_A,),
    ),
    (
        Ground(
            "drafts",
            "5 kap. 2 § dataskyddslagen (2018:218)",
            "Uppgifterna står i utkast eller minnesanteckningar",
            "Rätten till tillgång gäller inte löpande text som är ett utkast eller en minnesanteckning.",
        ),
        (_A,),
    ),
    (
        Ground(
            "accurate",
            "artikel 16 i dataskyddsförordningen",
            "Uppgiften är riktig och fullständig",
            (
                "Rätten till rättelse gäller uppgifter som är felaktiga eller ofullständiga. Vi bedömer att uppgiften"
                " stämmer."
            ),
        ),
        (_R,),
    ),
    (
        Ground(
            "posted_entry",
            "5 kap. 5 § bokföringslagen (1999:1078)",
            "Bokförd post rättas genom en ny post",
            "En bokförd uppgift får inte ändras i efterhand. Den rättas med en ny post, och den gamla står kvar.",
        ),
        (_R,),
    ),
    (
        Ground(
            "bookkeeping",
            "artikel 17.3 b i dataskyddsförordningen och 7 kap. 2 § bokföringslagen (1999:1078)",
            "Räkenskapsinformation som måste sparas",
            (
                "Bokföring måste sparas till och med det sjunde året efter utgången av det kalenderår då "
                "räkenskapsåret "
                "avslutades."
            ),
        ),
        (_E,),
    ),
    (
        Ground(
            "due_diligence",
            "artikel 17.3 b i dataskyddsförordningen och 5 kap. 3–4 §§ penningtvättslagen (2017:630)",
            "Kundkännedom som måste sparas",
            "Handlingar om kundkännedom måste sparas i fem år, i vissa fall längre men högst tio år.",
        ),
        (_E,),
    ),
    (
        Ground(
            "claims",
            "artikel 17.3 e i dataskyddsförordningen",
            "Behövs för rättsliga anspråk",
            (
                "Uppgifter som behövs för att fastställa, göra gällande eller försvara rättsliga anspråk behöver inte"
                " raderas."
            ),
        ),
        (_E,),
    ),
    (
        Ground(
            "still_needed",
            "artikel 17.1 i dataskyddsförordningen",
            "Inget av skälen för radering finns, till exempel för att avtalet fortfarande gäller",
            (
                "Rätten till radering gäller när något av skälen i artikeln finns, till exempel när uppgifterna "
                "inte längre "
                "behövs. Vi bedömer att inget av dem finns nu."
            ),
        ),
        (_E,),
    ),
    (
        Ground(
            "none_of_four",
            "artikel 18.1 i dataskyddsförordningen",
            "Inget av de fyra skälen för begränsning finns",
            (
                "Behandlingen begränsas om uppgifternas riktighet utreds, om behandlingen är olaglig, om du "
                "behöver dem för "
                "ett rättsligt anspråk eller om en invändning utreds. Vi bedömer att inget av det gäller."
            ),
        ),
        (_L,),
    ),
    (
        Ground(
            "use_despite_restriction",
            "artikel 18.2 i dataskyddsförordningen",
            "Uppgifterna får användas trots begränsningen",
            (
                "Begränsade uppgifter får ändå användas med ditt samtycke, för rättsliga anspråk, för att skydda någon "
                "annans rättigheter eller av skäl som rör ett viktigt allmänintresse."
            ),
        ),
        (_L,),
    ),
    (
        Ground(
            "not_consent_or_contract",
            "artikel 20.1 i dataskyddsförordningen",
            "Behandlingen bygger inte på samtycke eller avtal, eller är inte automatiserad",
            (
                "Rätten att flytta uppgifter gäller bara automatiserad behandling som bygger på ditt samtycke "
                "eller ett avtal "
                "med dig. Uppgifter som en lag kräver, till exempel bokföring och kundkännedom, omfattas inte."
            ),
        ),
        (_P,),
    ),
    (
        Ground(
            "not_provided",
            "artikel 20.1 i dataskyddsförordningen",
            "Uppgifterna har inte lämnats av personen själv",
            (
                "Rätten att flytta uppgifter gäller det som du själv har lämnat, inte det som vi har räknat ut eller "
                "bedömt."
            ),
        ),
        (_P,),
    ),
    (
        Ground(
            "others_rights_portability",
            "artikel 20.4 i dataskyddsförordningen",
            "En överföring skulle skada andras rättigheter",
            "Överföringen får inte påverka andra personers rättigheter och friheter.",
        ),
        (_P,),
    ),
    (
        Ground(
            "compelling",
            "artikel 21.1 i dataskyddsförordningen",
            "Tvingande berättigade skäl som väger tyngre (vi måste kunna visa dem)",
            "Vi har tvingande berättigade skäl för behandlingen som väger tyngre än dina intressen och rättigheter.",
        ),
        (_O,),
    ),
    (
        Ground(
            "claims_objection",
            "artikel 21.1 i dataskyddsförordningen",
            "Behandlingen behövs för rättsliga anspråk",
            "Behandlingen behövs för att fastställa, göra gällande eller försvara rättsliga anspråk.",
        ),
        (_O,),
    ),
)

GROUNDS: Final = MappingProxyType({ground.key: ground for ground, _ in _GROUNDS})


def grounds_for(request_type: RequestType) -> tuple[Ground, ...]:
    """Return the grounds on which a request of that type may be refused or limited; none where the law knows none."""
    return tuple(_offered(request_type))


def may_be_refused(request_type: RequestType) -> bool:
    """Tell whether there is any ground at all."""
    return bool(grounds_for(request_type))


def _offered(request_type: RequestType) -> Iterator[Ground]:
    own = [ground for ground, types in _GROUNDS if request_type in types and types != _WEIGHED]
    yield from own
    yield from (ground for ground, types in _GROUNDS if request_type in types and types == _WEIGHED)
