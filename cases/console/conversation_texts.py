"""What the console says about erasing a person's conversations, in Swedish."""

from collections.abc import Mapping
from typing import Any, Final

ERASE: Final = "Radera samtalen nu"
WHICH: Final = (
    "{count} hör till personens ärenden. Det som skrevs, det som assistenten minns av det och legitimeringar som inte "
    "blev något ärende raderas. Ärenden, underskrifter och reklamspärrar finns kvar."
)
NONE_LEFT: Final = "Inget samtal i chatten hör till personens ärenden."
CANNOT_UNDO: Final = (
    "Jag har hämtat det som ska lämnas ut och vet att raderingen inte går att ångra. "
    "Efter raderingen kan inga brev lämnas i chatten."
)
NOT_CONFIRMED: Final = "Bekräfta att raderingen inte går att ångra. Ingenting har raderats."
CHAT_IS_DOWN: Final = (
    "Chatten svarade inte, så alla samtal är inte raderade. Uppgiften är fortfarande öppen. Försök igen om en stund."
)
ONE: Final = "1 samtal"
SEVERAL: Final = "{count} samtal"


def counted(count: int) -> str:
    """Return ``1 samtal``, ``2 samtal``."""
    return ONE if count == 1 else SEVERAL.format(count=count)


def event_details(kind: str, facts: Mapping[str, Any]) -> str | None:
    """Return how many conversations an event is about."""
    if kind not in {"conversation_erasure_begun", "conversations_erased"} or "conversations" not in facts:
        return None
    return counted(int(facts["conversations"]))
