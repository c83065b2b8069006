"""Where a visitor is with their own cases: what was shown, what they chose, what they were asked last."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT

from actions.paused_request import pause
from actions.texts import OWN_CASES
from actions.utterance import messages_so_far

SLOT: Final = "own_cases"
ADDITION: Final = "addition"
ADDITION_FORM: Final = "case_addition_form"

STATUS: Final = "ask_case_status"
WITHDRAW: Final = "ask_case_withdraw"
ADD: Final = "ask_case_add"


@dataclass(frozen=True, slots=True)
class OwnCasesState:
    """Where the visitor is with their own cases."""

    reference: str
    """What the identification is bound to."""

    wish: str
    """The intent that began it."""

    fetches: bool = False
    """Whether they were asked for to fetch a finished package."""

    waits: bool = True
    """Whether the card is out: its identification may be read again later, but is no answer to anything else then."""

    shown: dict[str, str] = field(default_factory=dict)
    """Titles of the open cases that were shown, by reference."""

    chosen: str | None = None
    """The case that the visitor wants to add to or take back."""

    asked_at_message: int | None = None
    """How many messages the visitor had sent when the withdrawal was put to them; only the next one is the answer."""

    @classmethod
    def from_tracker(cls, tracker: Tracker) -> "OwnCasesState | None":
        """Return it, None when the visitor has not asked for their cases."""
        value = tracker.get_slot(SLOT)
        return cls(**value) if value else None

    def as_event(self) -> EventType:
        """Return the event that keeps it."""
        return SlotSet(SLOT, asdict(self))


def put_again(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """Ask anew whether the case is to be taken back: something else came in between the question and its answer."""
    state = awaits_withdrawal(tracker)
    return [] if state is None else go_on_with(dispatcher, tracker, state)


def awaits_withdrawal(tracker: Tracker) -> OwnCasesState | None:
    """Return the state if the message is the answer to "ska jag ta tillbaka det?"."""
    state = OwnCasesState.from_tracker(tracker)
    if state is None or state.asked_at_message is None:
        return None
    return state if messages_so_far(tracker) == state.asked_at_message + 1 else None


def in_hand(tracker: Tracker) -> bool:
    """Tell whether the visitor is just now busy with a case: the card is out, or an answer is awaited."""
    state = OwnCasesState.from_tracker(tracker)
    if state is None:
        return False
    return state.waits or awaits_withdrawal(tracker) is not None or tracker.active_loop_name == ADDITION_FORM


def go_on_with(dispatcher: CollectingDispatcher, tracker: Tracker, state: OwnCasesState) -> list[EventType]:
    """Ask what adding to or taking back the chosen case still needs; a request that asks something waits meanwhile."""
    if state.wish == ADD:
        idle = (SlotSet(REQUESTED_SLOT, None), SlotSet(ADDITION, None))
        return [ActiveLoop(None), *idle, state.as_event(), FollowupAction(ADDITION_FORM)]
    reference = state.chosen or ""
    dispatcher.utter_message(
        response="utter_confirm_withdrawal",
        reference=reference,
        title=state.shown[reference],
        buttons=[
            case_button("withdraw_yes", WITHDRAW, reference, confirmed=True),
            {"title": OWN_CASES["withdraw_no"], "payload": "/deny"},
        ],
    )
    return [*pause(tracker), replace(state, asked_at_message=messages_so_far(tracker)).as_event()]


def case_button(key: str, intent: str, reference: str, *, confirmed: bool = False) -> dict[str, Any]:
    """Return the button that begins something with one case."""
    more = ', "confirmed": "ja"' if confirmed else ""
    return {"title": OWN_CASES[key], "payload": f'/{intent}{{"case_reference": "{reference}"{more}}}'}
