"""The chat edge's internal API: showing the BankID card, reading a completed identification, calling in a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from actions.clients.http import ServiceClient


@dataclass(frozen=True, slots=True)
class CompletedIdentification:
    """What the broker hands out once: who it is, and what shows it. It passes through; it is never kept here."""

    level: int
    method: str
    completed_at: str
    """ISO 8601."""

    email: str | None = field(default=None, repr=False)
    """The address that a code confirmed; of a signature there is none."""

    personal_identity_number: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    evidence: Mapping[str, str] | None = field(default=None, repr=False)
    """The signature as the case system keeps it."""


_EVIDENCE = ("visible_text", "non_visible_data", "signature", "ocsp_response")


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where the visitor stands, and what is known of how long that takes."""

    position: int
    """1 is next; 0 when a person is there already."""

    expected_wait_minutes: int | None = None
    opens: str | None = None
    """When staff come, in Swedish, where they are not there now."""


class Edge(Protocol):
    """What the actions ask of the chat edge."""

    async def offer_identification(
        self,
        conversation_id: str,
        *,
        reference: str,
        request_type: str,
        request_title: str,
        visible_text: str,
        level: int,
        email: str | None,
    ) -> None:
        """Show the card with which the visitor signs or, at level 1, confirms the address ``email`` or another one.

        The same reference again shows the same card.
        """

    async def consume_identification(self, conversation_id: str, *, reference: str) -> CompletedIdentification:
        """Read the completed identification of a reference; the same reference may read it again for 15 minutes.

        Raises:
            IdentificationNotAvailableError: there is none for that reference.
        """

    async def withdraw_identification(self, conversation_id: str, *, reference: str) -> None:
        """Take the card of a reference back: its request was registered without it."""

    async def hand_over(self, conversation_id: str, *, reason: str, summary: str) -> QueuePlace:
        """Put the conversation in the queue for a person and return its place there."""


class EdgeClient:
    """The real one. Every method raises ``ServiceError``."""

    def __init__(self, *, base_url: str, token: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = ServiceClient("edge", base_url=base_url, token=token, transport=transport)

    async def offer_identification(
        self,
        conversation_id: str,
        *,
        reference: str,
        request_type: str,
        request_title: str,
        visible_text: str,
        level: int,
        email: str | None,
    ) -> None:
        await self._post(
            conversation_id,
            "identifications",
            reference=reference,
            request_type=request_type,
            request_title=request_title,
            visible_text=visible_text,
            level=level,
            email=email,
        )

    async def consume_identification(self, conversation_id: str, *, reference: str) -> CompletedIdentification:
        answer = await self._post(conversation_id, "identifications/consume", reference=reference)
        return CompletedIdentification(
            level=int(answer["level"]),
            method=answer["method"],
            completed_at=answer["completed_at"],
            email=answer["email"],
            personal_identity_number=answer["personal_identity_number"],
            name=answer["name"],
            evidence=None if answer["signature"] is None else {part: answer[part] for part in _EVIDENCE},
        )

    async def withdraw_identification(self, conversation_id: str, *, reference: str) -> None:
        await self._post(conversation_id, "identifications/withdraw", reference=reference)

    async def hand_over(self, conversation_id: str, *, reason: str, summary: str) -> QueuePlace:
        answer = await self._post(conversation_id, "handoff", reason=reason, summary=summary)
        return QueuePlace(
            position=int(answer["queue_position"]),
            expected_wait_minutes=answer.get("expected_wait_minutes"),
            opens=answer.get("opens"),
        )

    async def _post(self, conversation_id: str, what: str, **body: Any) -> dict[str, Any]:
        return await self._client.call("POST", f"/internal/v1/conversations/{conversation_id}/{what}", body=body)
