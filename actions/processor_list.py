"""Gives the list of subcontractors at once where the operator has entered it; else begins a case for it."""

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.base import InsynAction
from actions.journeys.processor_list import JOURNEY
from actions.processors import Processor
from actions.request_begin import begin
from actions.texts import PROCESSORS
from privacy.swedish_dates import swedish_date


class ActionAnswerProcessorList(InsynAction):
    """Answer "vilka underleverantörer har ni?" when the list itself is asked for."""

    action_name = "action_answer_processor_list"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        found = self.services.processors
        if found is None:
            return [*begin(dispatcher, tracker, JOURNEY), FollowupAction(JOURNEY.form)]
        dispatcher.utter_message(
            response="utter_processor_list",
            as_of=swedish_date(found.as_of),
            processors="\n".join(_line(processor) for processor in found.processors),
        )
        return []


def _line(processor: Processor) -> str:
    form = "line_with_safeguard" if processor.safeguard else "line"
    return PROCESSORS[form].format(
        name=processor.name, service=processor.service, country=processor.country, safeguard=processor.safeguard
    )
