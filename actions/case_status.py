"""Tells where a case is, if it was registered in this very conversation; others take more than a number to know."""

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.base import InsynAction
from actions.errors import ServiceError
from actions.package_download import tell_if_released
from actions.submission import registered
from privacy.case_states import CaseStatus
from privacy.swedish_dates import swedish_date


class ActionAnswerCaseStatus(InsynAction):
    """Answer "hur går det med mitt ärende?"."""

    action_name = "action_answer_case_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        own = registered(tracker)
        if not own:
            dispatcher.utter_message(response="utter_case_status_unknown")
            return []
        for case in own:
            try:
                state = await self.services.cases.read(case["reference"])
            except ServiceError:
                dispatcher.utter_message(response="utter_case_status_unavailable", reference=case["reference"])
                continue
            dispatcher.utter_message(
                response="utter_case_status",
                reference=state.reference,
                status=CaseStatus(state.status).label.lower(),
                due_on=swedish_date(state.due_on),
            )
            await tell_if_released(self.services, dispatcher, state.reference)
        return []
