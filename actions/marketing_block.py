"""Puts addresses on the suppression list: at once, with a receipt, without asking who the visitor is."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import further_wish
from actions.base import InsynAction
from actions.clients.cases import BlockDraft
from actions.confirmed_request import ConfirmedRequest
from actions.errors import ServiceError
from actions.request_begin import RECEIVED_AT, REQUEST_TYPE, nothing_begun
from actions.utterance import latest_message_id

PENDING_BLOCKS = "pending_blocks"


class ActionBlockMarketing(InsynAction):
    """Block every address that the visitor named; what was blocked before a failure stays blocked."""

    action_name = "action_block_marketing"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: object) -> list[EventType]:
        was_begun = tracker.get_slot(REQUEST_TYPE) is not None
        blocks = self._named(tracker) if was_begun else tracker.get_slot(PENDING_BLOCKS) or []
        cleared = nothing_begun() if was_begun else []
        masked, references = [], []
        for block in blocks:
            try:
                receipt = await self.services.cases.block_marketing(
                    BlockDraft(**block, conversation_id=tracker.sender_id)
                )
            except ServiceError:
                dispatcher.utter_message(response="utter_marketing_not_blocked")
                return [*cleared, SlotSet(PENDING_BLOCKS, blocks)]
            masked.append(receipt.address_masked)
            references.append(receipt.reference)
        dispatcher.utter_message(
            response="utter_marketing_blocked", addresses=", ".join(masked), references=", ".join(references)
        )
        waiting = ConfirmedRequest.from_tracker(tracker)
        if waiting is not None:
            dispatcher.utter_message(response="utter_request_pending", title=waiting.rule.title)
        offered = further_wish.offer(dispatcher, tracker) if waiting is None else []
        return [*cleared, SlotSet(PENDING_BLOCKS, None), *offered]

    def _named(self, tracker: Tracker) -> list[dict[str, Any]]:
        addresses = tracker.get_slot("marketing_address").split(", ")
        return [
            {
                "reference": self.services.references.mint(
                    tracker.sender_id, latest_message_id(tracker), number=number
                ),
                "channel": "email" if "@" in address else "phone",
                "address": address,
                "received_at": tracker.get_slot(RECEIVED_AT),
            }
            for number, address in enumerate(addresses)
        ]
