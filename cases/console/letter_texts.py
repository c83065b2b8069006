"""What the console says about letters, in Swedish."""

from collections.abc import Mapping
from typing import Any, Final

from cases.letters.ways import LetterWay
from privacy.letters import LetterKind

NOT_SENDABLE: Final = "Brevet är inte skickat. Vad som saknas står vid brevet."
TO_MEND: Final = "Rätta det här innan brevet skickas:"
UNDELIVERABLE: Final = (
    "Brevet är inte skickat: det gick inte att nå personen den vägen. "
    "Adressen kan vara fel, eller så är samtalet gallrat."
)
NOT_NOW: Final = "Brevet är inte skickat: vägen svarar inte just nu. Texten står kvar här. Försök igen om en stund."
NO_WAY: Final = (
    "Ärendet har varken e-postadress eller samtal i chatten. "
    "Skriv ut brevet, skicka det med post och anteckna att du gjort det."
)
UNCERTAIN: Final = (
    "Osäkert om brevet kom fram: systemet avbröts medan det skickades. Fråga personen innan du skickar igen."
)


def event_details(facts: Mapping[str, Any]) -> str | None:
    """Return which letter an event is about, and how it went."""
    kind, way = str(facts.get("letter_kind")), str(facts.get("way"))
    if kind not in {*LetterKind} or way not in {*LetterWay}:
        return None
    return f"{LetterKind(kind).label}, {LetterWay(way).label.lower()}"
