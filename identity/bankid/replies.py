"""What BankID answers, typed. Fields and codes that this version does not know survive (``model_extra``, raw strings).

Secrets and persons are left out of ``repr``. Source: RP API v6.0.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel


class Status(StrEnum):
    PENDING = "pending"
    FAILED = "failed"
    COMPLETE = "complete"


class Risk(StrEnum):
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


PENDING_HINTS = (
    "outstandingTransaction",
    "noClient",
    "started",
    "userSign",
    "userMrtd",
    "userFace",
    "userStepUp",
    "userCallConfirm",
    "processing",
)
FAILED_HINTS = (
    "expiredTransaction",
    "certificateErr",
    "userCancel",
    "cancelled",
    "startFailed",
    "mrtdVerificationFailed",
    "facialRecognitionFailed",
    "nfcNotSupportedByDevice",
    "multipleBankIdsOnDevice",
    "stepUpFailed",
    "userDeclinedCall",
    "notSupportedByUserApp",
    "transactionRiskBlocked",
)


class _Reply(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        frozen=True,
        extra="allow",
        strict=True,
        hide_input_in_errors=True,
    )

    def __repr_args__(self) -> list[tuple[str | None, object]]:
        # what we do not know may be anybody's name: only declared fields are shown
        return [(name, value) for name, value in super().__repr_args__() if name in type(self).model_fields]


class StartedOrder(_Reply):
    """The answer to ``auth`` and ``sign``. ``qr_start_secret`` never leaves the backend."""

    order_ref: Annotated[str, Field(min_length=1, repr=False)]
    auto_start_token: Annotated[str, Field(min_length=1, repr=False)]
    qr_start_token: Annotated[str, Field(min_length=1, repr=False)]
    qr_start_secret: Annotated[str, Field(min_length=1, repr=False)]


class User(_Reply):
    personal_number: Annotated[str, Field(repr=False)]
    """Twelve digits. Never rejected for its form: it is BankID's word."""

    name: Annotated[str, Field(repr=False)]
    given_name: Annotated[str, Field(repr=False)]
    surname: Annotated[str, Field(repr=False)]


class Device(_Reply):
    ip_address: Annotated[str | None, Field(repr=False)] = None
    uhi: Annotated[str | None, Field(repr=False)] = None


class StepUp(_Reply):
    mrtd: bool | None = None


class CompletionData(_Reply):
    """Who approved, with what, and the evidence of it."""

    user: Annotated[User, Field(repr=False)]
    device: Annotated[Device, Field(repr=False)] = Device()
    bank_id_issue_date: str | None = None
    """Such as ``2023-04-01Z``."""

    step_up: StepUp | None = None
    signature: Annotated[str, Field(repr=False)]
    """Base64 of the XML signature."""

    ocsp_response: Annotated[str, Field(repr=False)]
    """Base64 of the DER answer about the signer's certificate."""

    risk: str | None = None
    """See :class:`Risk`; absent when it was not asked for or could not be computed."""


class CollectReply(_Reply):
    order_ref: Annotated[str, Field(repr=False)]
    status: str
    """See :class:`Status`; one that we do not know is to be read as pending."""

    hint_code: str | None = None
    """See :data:`PENDING_HINTS` and :data:`FAILED_HINTS`; others survive."""

    completion_data: CompletionData | None = None

    @model_validator(mode="after")
    def _complete_with_data(self) -> CollectReply:
        if (self.status == Status.COMPLETE) != (self.completion_data is not None):
            raise ValueError("completionData belongs to complete, and only to it")
        return self
