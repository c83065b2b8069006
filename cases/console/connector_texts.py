"""What the console says about other systems and what they were asked to do, in Swedish."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from cases.connectors.interface import Operation, Outcome
from cases.console import texts
from privacy.checklist import TaskAction, TaskState

SYSTEM_NAMES: Final = MappingProxyType({"mailchimp": "Mailchimp", "hubspot": "Hubspot", "teamtailor": "TeamTailor"})

OPERATION_OF: Final = MappingProxyType(
    {
        TaskAction.FETCH: Operation.EXPORT,
        TaskAction.ERASE: Operation.ERASE,
        TaskAction.STOP: Operation.SUPPRESS,
    }
)
"""What a connected system can do for which kind of task."""

ORDER_BUTTONS: Final = MappingProxyType(
    {
        Operation.EXPORT: "Hämta nu",
        Operation.ERASE: "Radera nu",
        Operation.SUPPRESS: "Avregistrera nu",
        Operation.FIND: "Sök nu",
    }
)
OPERATIONS: Final = MappingProxyType(
    {
        Operation.EXPORT: "Hämtning",
        Operation.ERASE: "Radering",
        Operation.SUPPRESS: "Avregistrering",
        Operation.FIND: "Sökning",
    }
)
OUTCOMES: Final = MappingProxyType(
    {
        Outcome.DONE: "klar",
        Outcome.ALREADY: "var redan så",
        Outcome.ABSENT: "personen fanns inte där",
    }
)
PENDING: Final = "på väg"
RETRYING: Final = "försöker igen, {attempts} försök hittills ({failure})"
DEAD: Final = "misslyckades ({failure})"
_UNKNOWN_FAILURE: Final = "okänt fel"
NOT_ORDERED: Final = "inte skickad; kontrolleras varje natt"
BY_HAND: Final = MappingProxyType(
    {
        TaskState.OPEN: "spärra för hand",
        TaskState.DONE: "spärrat för hand",
        TaskState.NOT_APPLICABLE: "numret fanns inte där",
    }
)
"""For numbers: the connected systems know people by e-mail address."""

NO_SUCH_TASK: Final = f"Uppgiften finns inte längre. Spärren kan ha hävts. {texts.NOTHING_CHANGED}"
STALE_NUMBER_TASK: Final = f"Någon annan har ändrat uppgiften. Så här står den nu. {texts.NOTHING_CHANGED}"

CANNOT_UNDO: Final = "Jag har hämtat det som ska lämnas ut och vet att raderingen inte går att ångra."
CONFIRM_ERASURE: Final = f"Bekräfta att raderingen inte går att ångra. {texts.NOTHING_CHANGED}"
_NOTHING_SENT: Final = "Ingenting har skickats."
BAD_ADDRESS: Final = f"Skriv den e-postadress som personen har i systemet. {_NOTHING_SENT}"
NOT_CONNECTED: Final = f"Systemet är inte anslutet, eller kan inte göra det. {_NOTHING_SENT}"
CASE_HAS_ENDED: Final = f"Ärendet är beslutat. Öppna det igen först. {_NOTHING_SENT}"
NOTHING_TO_REPLAY: Final = "Uppdraget är redan skickat igen eller finns inte."


def order_state(state: str, outcome: Outcome | None, *, attempts: int, failure: str | None) -> str:
    """Return how far an order has come."""
    if state == "done" and outcome is not None:
        return OUTCOMES[outcome]
    why = failure or _UNKNOWN_FAILURE
    if state == "dead":
        return DEAD.format(failure=why)
    return RETRYING.format(attempts=attempts, failure=why) if attempts else PENDING


def system_name(system: str) -> str:
    """Return what people call a system."""
    return SYSTEM_NAMES.get(system, system)


def order_details(kind: str, facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a line of a case's history says about an order."""
    if not kind.startswith("connector_"):
        return
    system, operation, outcome = (str(facts.get(name, "")) for name in ("system", "operation", "outcome"))
    words = OPERATIONS[Operation(operation)].lower() if operation in {*Operation} else operation
    ending = f", {OUTCOMES[Outcome(outcome)]}" if outcome in {*Outcome} else ""
    yield f"{system_name(system)}: {words}{ending}"
