"""What the console says about packages, in Swedish."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from cases.console import answer_texts
from privacy.swedish_dates import STOCKHOLM, swedish_date

NOT_REVIEWED: Final = "Kryssa i att du har gått igenom utdraget innan du lämnar ut det."
NO_LONGER: Final = "Utdraget har ändrats sedan du öppnade sidan. Ingenting har lämnats ut. Gå igenom det som gäller nu."
NOT_POSSIBLE: Final = "Ett nytt utdrag kan inte förberedas nu. Återta det som är utlämnat först."
CHAT_IS_DOWN: Final = (
    "Chatten svarar inte, så personens samtal kunde inte tas med. Inget utdrag gjordes. Försök igen om en stund."
)
NOT_YET: Final = "Utdraget kan inte lämnas ut än. {what}"
"""Where the button would be that releases it; ``what`` is missing to know whose it is."""

NOT_IDENTIFIED: Final = (
    "Personen har inte legitimerat sig med BankID i det här ärendet och kan därför inte hämta utdraget i chatten. "
    "Ladda ner det och lämna det på ett annat säkert sätt."
)

_REASONS: Final = MappingProxyType(
    {
        "not_yours": "Någon annan än personen i ärendet legitimerade sig",
        "not_released": "Utdraget var inte utlämnat",
        "expired": "Tiden hade gått ut",
        "used": "Legitimeringen var redan använd eller för gammal",
    }
)

_HELPED: Final = "svaret hjälpte"
_DID_NOT_HELP: Final = "svaret hjälpte inte"
_WHY_NOT: Final = MappingProxyType({**answer_texts.REASONS, "not_my_question": "jag frågade om något annat"})
"""In the person's own voice, where the console speaks of them."""


def verdict_text(verdict: str, reason: str | None) -> str:
    """Return what a visitor said of an answer, as the package tells it."""
    if verdict == "helped":
        return _HELPED
    why_not = _WHY_NOT.get(reason or "")
    return f"{_DID_NOT_HELP}: {why_not}" if why_not else _DID_NOT_HELP


def event_details(kind: str, facts: Mapping[str, Any]) -> str | None:
    """Return the circumstances of a package's event."""
    if kind == "package_fetch_refused":
        return _REASONS.get(str(facts.get("reason")))
    if kind == "package_released" and isinstance(facts.get("expires_at"), str):
        last = datetime.fromisoformat(facts["expires_at"]).astimezone(STOCKHOLM).date()
        return f"Kan hämtas till och med {swedish_date(last)}"
    return None
