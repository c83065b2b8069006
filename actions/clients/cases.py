"""The case system's API: registering what a visitor confirmed, and reading where it is."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Protocol

import httpx

from actions.clients.edge import CompletedIdentification
from actions.clients.http import ServiceClient
from actions.errors import ServiceRefusedError
from privacy.swedish_dates import local_date

NO_PACKAGE: Final = "no-package"
_NOBODY = {"level": 0, "method": "none"}


@dataclass(frozen=True, slots=True)
class CaseReceipt:
    """What the case system says when a request has become a case."""

    reference: str
    received_on: date
    due_on: date
    due_explanation: tuple[str, ...]
    """How the due date came about: Swedish sentences."""


@dataclass(frozen=True, slots=True)
class CaseState:
    """Where a case is, without anything about whose it is."""

    reference: str
    status: str
    due_on: date
    due_explanation: tuple[str, ...] = ()
    """How the due date came about: Swedish sentences."""


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A confirmed request on its way to becoming a case."""

    reference: str
    request_type: str
    received_at: str
    """ISO 8601: the first message that expressed the request."""

    conversation_id: str
    details: dict[str, str] = field(repr=False)
    contact_email: str | None = field(repr=False)
    identification: CompletedIdentification | None = None


@dataclass(frozen=True, slots=True)
class BlockDraft:
    """A no to marketing to one address or number."""

    reference: str
    channel: str
    """``email`` or ``phone``."""

    address: str = field(repr=False)
    received_at: str
    conversation_id: str


@dataclass(frozen=True, slots=True)
class BlockReceipt:
    """The address is on the suppression list."""

    reference: str
    address_masked: str


class Cases(Protocol):
    """What the actions ask of the case system."""

    async def register(self, draft: CaseDraft) -> CaseReceipt:
        """Make the request a case. The same draft again gives the same case."""

    async def read(self, reference: str) -> CaseState:
        """Return where a case is."""

    async def package_until(self, reference: str) -> date | None:
        """Return the last Swedish day on which the case's package can be fetched; None when there is none."""

    async def block_marketing(self, draft: BlockDraft) -> BlockReceipt:
        """Put an address on the suppression list. The same draft again gives the same receipt."""


class CasesClient:
    """The real one. Every method raises ``ServiceError``."""

    def __init__(self, *, base_url: str, token: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = ServiceClient("cases", base_url=base_url, token=token, transport=transport)

    async def register(self, draft: CaseDraft) -> CaseReceipt:
        body: dict[str, Any] = {
            "request_type": draft.request_type,
            "received_at": draft.received_at,
            "channel": "chat",
            "conversation_id": draft.conversation_id,
            "details": draft.details,
            "identity": identity_of(draft.identification),
        }
        if draft.contact_email is not None:
            body["contact_email"] = draft.contact_email
        answer = await self._client.call("PUT", f"/api/v1/cases/{draft.reference}", body=body)
        return CaseReceipt(
            reference=answer["reference"],
            received_on=date.fromisoformat(answer["received_on"]),
            due_on=date.fromisoformat(answer["due_on"]),
            due_explanation=tuple(answer["due_explanation"]),
        )

    async def read(self, reference: str) -> CaseState:
        answer = await self._client.call("GET", f"/api/v1/cases/{reference}")
        return CaseState(
            reference=answer["reference"],
            status=answer["status"],
            due_on=date.fromisoformat(answer["due_on"]),
            due_explanation=tuple(answer["due_explanation"]),
        )

    async def package_until(self, reference: str) -> date | None:
        try:
            answer = await self._client.call("GET", f"/api/v1/cases/{reference}/package")
        except ServiceRefusedError as error:
            if error.problem == NO_PACKAGE:
                return None
            raise
        return local_date(datetime.fromisoformat(answer["expires_at"]))

    async def block_marketing(self, draft: BlockDraft) -> BlockReceipt:
        body = {
            "channel": draft.channel,
            "address": draft.address,
            "received_at": draft.received_at,
            "conversation_id": draft.conversation_id,
        }
        answer = await self._client.call("PUT", f"/api/v1/marketing-blocks/{draft.reference}", body=body)
        return BlockReceipt(reference=answer["reference"], address_masked=answer["address_masked"])


def identity_of(identification: CompletedIdentification | None) -> dict[str, Any]:
    """Return how the case system is told who somebody has shown to be."""
    if identification is None:
        return _NOBODY
    return {
        "level": identification.level,
        "method": identification.method,
        "personal_identity_number": identification.personal_identity_number,
        "name": identification.name,
        "verified_at": identification.completed_at,
        "evidence": identification.evidence,
    }
