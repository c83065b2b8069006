"""What shall happen to an order: decided by a person at the page, or by a test in advance."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from identity.simulator.personas import PERSONAS

Outcome = Literal[
    "person",  # whoever plays the phone decides
    "approve",
    "wrong_person",  # approved, by somebody else than the persona
    "cancel",
    "decline",
    "certificate_error",
    "fail",  # with the hint code of `failed_hint`
    "expire",  # opened, never decided
    "start_failed",  # never opened
]
Endpoint = Literal["auth", "sign", "collect", "cancel"]
FaultKind = Literal[
    "none",  # only the latency
    "alreadyInProgress",
    "invalidParameters",
    "unauthorized",
    "notFound",
    "methodNotAllowed",
    "requestTimeout",
    "unsupportedMediaType",
    "tooManyRequests",
    "internalError",
    "maintenance",
    "unknownCode",
    "html",
    "empty",
    "truncated",
    "oversized",
    "redirect",
    "other_order",
]
RiskLevel = Literal["low", "moderate", "high"]


class Fault(BaseModel):
    """Something that goes wrong at one endpoint, a number of times, before it works again."""

    model_config = ConfigDict(extra="forbid")

    endpoint: Endpoint
    kind: FaultKind = "none"
    times: int = 1
    latency_s: float = 0.0
    after: bool = False
    """Whether the call takes effect before its answer is spoilt: an answer lost on the way back."""


class Script(BaseModel):
    """The fate of one order. The next order that is made takes the oldest script that waits."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome = "person"
    persona: str = PERSONAS[0].key
    start_after_s: float = 0.0
    """Seconds after its making that the order is opened or scanned."""

    decide_after_s: float = 0.0
    """Seconds after its making that the outcome comes."""

    pending_hint: str | None = None
    """Shown while pending instead of the usual ones, whatever it is."""

    failed_hint: str | None = None
    risk: RiskLevel | None = "low"
    """Reported when asked for; None: could not be computed."""

    ip_address: str | None = None
    """The device's; None: the address that the relying party named."""

    faults: list[Fault] = Field(default_factory=list)

    def take_fault(self, endpoint: Endpoint) -> Fault | None:
        """Return the fault that ``endpoint`` meets now, used up once."""
        for fault in self.faults:
            if fault.endpoint == endpoint and fault.times > 0:
                fault.times -= 1
                return fault
        return None
