"""What a person can ask for: one entry a right, with its article, its Swedish words and what it takes to ask.

Source: GDPR art. 7(3), 12-22, 77; identity levels by EDPB guidelines 01/2022 section 3 (ask only for what is needed).
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final


class RequestType(StrEnum):
    """The right a request invokes. The value is what the API, the database and the dialogue say."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    PORTABILITY = "portability"
    OBJECTION = "objection"
    MARKETING_OPTOUT = "marketing_optout"
    CONSENT_WITHDRAWAL = "consent_withdrawal"
    PROCESSOR_LIST = "processor_list"
    COMPLAINT = "complaint"


class IdentityLevel(IntEnum):
    """How surely we must know who asks."""

    NONE = 0
    """L0: the request says all that is needed."""

    CONTACT = 1
    """L1: control of an e-mail address, shown by a code; an officer matches it with the register."""

    STRONG = 2
    """L2: a BankID signature over the request itself."""


class Target(StrEnum):
    """When the request must have had its effect."""

    ONE_MONTH = "one_month"
    """Art. 12(3): without undue delay, at most one month."""

    AT_ONCE = "at_once"
    """Art. 7(3), 21(3): processing stops; one working day is the project's own ceiling."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask the person, and no more than the right needs."""

    key: str
    """The name under which the answer stands in the case's details."""

    text: str
    """The question, in Swedish."""

    required: bool
    """Whether the request cannot be understood without it. Most can: the person may always want everything."""


@dataclass(frozen=True, slots=True)
class RequestRule:
    """What is particular about one type of request."""

    request_type: RequestType
    article: str
    """The provision, as Swedish legal writing cites it."""

    title: str
    """The name of the right, in Swedish; shown on receipts and in lists."""

    explanation: str
    """What the right means: one Swedish sentence that promises no outcome."""

    identity_level: IdentityLevel
    target: Target
    questions: tuple[Question, ...]


_SCOPE = "scope"

_RULES: Final = (
    RequestRule(
        request_type=RequestType.ACCESS,
        article="artikel 15 i dataskyddsförordningen",
        title="Tillgång (registerutdrag)",
        explanation=(
            "Du kan få veta om och hur dina personuppgifter behandlas och få en kopia av dem, "
            "med undantag för sådant som enligt lag inte får lämnas ut."
        ),
        identity_level=IdentityLevel.STRONG,
        target=Target.ONE_MONTH,
        questions=(Question(_SCOPE, "Vill du ha allt, eller är det något särskilt du söker?", required=False),),
    ),
    RequestRule(
        request_type=RequestType.RECTIFICATION,
        article="artikel 16 i dataskyddsförordningen",
        title="Rättelse",
        explanation="Du kan begära att felaktiga uppgifter om dig rättas och att ofullständiga kompletteras.",
        identity_level=IdentityLevel.CONTACT,
        target=Target.ONE_MONTH,
        questions=(
            Question("incorrect", "Vilken uppgift är fel eller saknas?", required=True),
            Question("correct", "Vad ska det stå i stället?", required=True),
        ),
    ),
    RequestRule(
        request_type=RequestType.ERASURE,
        article="artikel 17 i dataskyddsförordningen",
        title="Radering",
        explanation=(
            "Du kan begära att dina personuppgifter raderas; det som en lag kräver att vi sparar, "
            "till exempel bokföring, kan behöva vara kvar."
        ),
        identity_level=IdentityLevel.STRONG,
        target=Target.ONE_MONTH,
        questions=(Question(_SCOPE, "Gäller det allt, eller bara vissa uppgifter?", required=False),),
    ),
    RequestRule(
        request_type=RequestType.RESTRICTION,
        article="artikel 18 i dataskyddsförordningen",
        title="Begränsning av behandling",
        explanation=(
            "Du kan begära att dina uppgifter bara lagras och inte används, till exempel medan en fråga om dem utreds."
        ),
        identity_level=IdentityLevel.CONTACT,
        target=Target.ONE_MONTH,
        questions=(
            Question(_SCOPE, "Vilka uppgifter ska inte användas?", required=True),
            Question("reason", "Varför ska de inte användas just nu?", required=False),
        ),
    ),
    RequestRule(
        request_type=RequestType.PORTABILITY,
        article="artikel 20 i dataskyddsförordningen",
        title="Dataportabilitet",
        explanation=(
            "Du kan få ut uppgifter som du själv har lämnat, i en fil som andra datorsystem kan läsa, "
            "när vi behandlar dem för att du har samtyckt eller för ett avtal med dig."
        ),
        identity_level=IdentityLevel.STRONG,
        target=Target.ONE_MONTH,
        questions=(
            Question(_SCOPE, "Vilka uppgifter gäller det?", required=False),
            Question("recipient", "Ska de till dig eller till en annan mottagare?", required=False),
        ),
    ),
    RequestRule(
        request_type=RequestType.OBJECTION,
        article="artikel 21.1 i dataskyddsförordningen",
        title="Invändning",
        explanation=(
            "Du kan invända, alltså säga nej, av skäl som har med din egen situation att göra, "
            "när uppgifterna används för att vi bedömer att vårt behov väger tyngst (berättigat intresse)."
        ),
        identity_level=IdentityLevel.CONTACT,
        target=Target.ONE_MONTH,
        questions=(
            Question(_SCOPE, "Vilken behandling invänder du mot?", required=True),
            Question("reason", "Vad i din situation gör att du invänder?", required=False),
        ),
    ),
    RequestRule(
        request_type=RequestType.MARKETING_OPTOUT,
        article="artikel 21.2–21.3 i dataskyddsförordningen",
        title="Reklamspärr (invändning mot direktmarknadsföring)",
        explanation="Du kan när som helst säga nej till direktmarknadsföring, och då upphör den.",
        identity_level=IdentityLevel.NONE,
        target=Target.AT_ONCE,
        questions=(Question("address", "Vilken e-postadress eller vilket nummer ska spärras?", required=True),),
    ),
    RequestRule(
        request_type=RequestType.CONSENT_WITHDRAWAL,
        article="artikel 7.3 i dataskyddsförordningen",
        title="Återkallat samtycke",
        explanation=(
            "Du kan när som helst ta tillbaka ett samtycke; det gäller framåt och ändrar inte det som redan har gjorts."
        ),
        identity_level=IdentityLevel.CONTACT,
        target=Target.AT_ONCE,
        questions=(Question(_SCOPE, "Vilket samtycke vill du ta tillbaka?", required=True),),
    ),
    RequestRule(
        request_type=RequestType.PROCESSOR_LIST,
        article="artikel 15.1 c i dataskyddsförordningen",
        title="Lista över underleverantörer",
        explanation="Du kan få en aktuell lista över de underleverantörer som anlitas.",
        identity_level=IdentityLevel.NONE,
        target=Target.ONE_MONTH,
        questions=(Question("contact_email", "Vart ska listan skickas?", required=True),),
    ),
    RequestRule(
        request_type=RequestType.COMPLAINT,
        article="artikel 77 i dataskyddsförordningen",
        title="Klagomål",
        explanation=("Du kan klaga hos oss och, när du vill, direkt hos Integritetsskyddsmyndigheten (IMY)."),
        identity_level=IdentityLevel.NONE,
        target=Target.ONE_MONTH,
        questions=(Question("complaint", "Vad gäller klagomålet?", required=True),),
    ),
)

RULES: Final = MappingProxyType({rule.request_type: rule for rule in _RULES})


def rule_for(request_type: RequestType) -> RequestRule:
    """Return the rule of a request type; every type has one."""
    return RULES[request_type]
