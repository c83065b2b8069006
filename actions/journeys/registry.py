"""All journeys, by what begins them."""

from types import MappingProxyType
from typing import Final

from actions.journeys import (
    access,
    complaint,
    consent_withdrawal,
    erasure,
    marketing_optout,
    objection,
    portability,
    processor_list,
    rectification,
    restriction,
)
from actions.journeys.journey import Journey
from privacy.request_types import RequestType

_JOURNEYS: Final[tuple[Journey, ...]] = (
    access.JOURNEY,
    rectification.JOURNEY,
    erasure.JOURNEY,
    restriction.JOURNEY,
    portability.JOURNEY,
    objection.JOURNEY,
    marketing_optout.JOURNEY,
    consent_withdrawal.JOURNEY,
    processor_list.JOURNEY,
    complaint.JOURNEY,
)

JOURNEY_BY_INTENT: Final = MappingProxyType({journey.intent: journey for journey in _JOURNEYS})
JOURNEY_BY_TYPE: Final = MappingProxyType({journey.request_type: journey for journey in _JOURNEYS})

ANSWER_SLOTS: Final = tuple({field.slot: None for journey in _JOURNEYS for field in journey.fields})
"""Every slot that an answer of some journey goes into, each once."""


def journey_of(request_type: str) -> Journey:
    """Return the journey of a request type."""
    return JOURNEY_BY_TYPE[RequestType(request_type)]
