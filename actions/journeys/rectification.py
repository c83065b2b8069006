"""Rectification (art. 16): what is wrong and what it should be; signed with BankID until the e-mail code exists."""

from dataclasses import replace

from actions import reading
from actions.journeys.journey import CLIENT_COMPANY, CONTACT_EMAIL, Field, Journey
from actions.request_form import RequestForm
from privacy.request_types import RequestType

JOURNEY = Journey(
    RequestType.RECTIFICATION,
    intent="request_rectification",
    fields=(
        Field("incorrect", reading.free_answer, in_passing=reading.wrong_data_in_passing),
        Field("correct", reading.correct_value_answer, in_passing=reading.correct_value_in_passing),
        CLIENT_COMPANY,
        # An address in the first sentence is most often the one that is to be corrected.
        replace(CONTACT_EMAIL, in_passing=lambda _said: None),
    ),
)


class ValidateRectificationForm(RequestForm):
    """Reads the answers of ``rectification_form``."""

    action_name = "validate_rectification_form"
    journey = JOURNEY
