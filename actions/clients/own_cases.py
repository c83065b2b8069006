"""The case system's API for a person's own cases; each call shows who the person is; nobody else learns anything."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import httpx

from actions.clients.cases import identity_of
from actions.clients.edge import CompletedIdentification
from actions.clients.http import ServiceClient


@dataclass(frozen=True, slots=True)
class Shown:
    """Who the person has shown to be."""

    identification: CompletedIdentification = field(repr=False)
    contact_email: str | None = field(default=None, repr=False)
    """The address to which the code went, where a code was how they identified."""


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case as the person whose it is may know it."""

    reference: str
    title: str
    status: str
    """In Swedish, as a label."""

    resolution: str | None
    """How it ended, in Swedish; None while it has not."""

    is_open: bool
    due_on: date
    due_explanation: tuple[str, ...]


class OwnCases(Protocol):
    """What the actions ask of the case system on behalf of a person."""

    async def find(self, shown: Shown) -> list[OwnCase]:
        """Return the person's cases, soonest due first."""

    async def find_open(self, shown: Shown, *, request_type: str) -> list[OwnCase]:
        """Return the person's open cases of one kind."""

    async def withdraw(self, reference: str, shown: Shown) -> OwnCase:
        """Take a case back; again changes nothing."""

    async def add(self, reference: str, shown: Shown, *, text: str, addition_id: str) -> OwnCase:
        """Add to a case; the same ``addition_id`` again adds nothing."""


class OwnCasesClient:
    """The real one. Every method raises ``ServiceError``."""

    def __init__(self, *, base_url: str, token: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = ServiceClient("cases", base_url=base_url, token=token, transport=transport)

    async def find(self, shown: Shown) -> list[OwnCase]:
        answer = await self._post("find-own", shown)
        return [_own_case(item) for item in answer["items"]]

    async def find_open(self, shown: Shown, *, request_type: str) -> list[OwnCase]:
        answer = await self._post("find-open", shown, request_type=request_type)
        return [_own_case(item) for item in answer["items"]]

    async def withdraw(self, reference: str, shown: Shown) -> OwnCase:
        return _own_case(await self._post(f"{reference}/withdrawal", shown))

    async def add(self, reference: str, shown: Shown, *, text: str, addition_id: str) -> OwnCase:
        return _own_case(await self._post(f"{reference}/additions", shown, text=text, addition_id=addition_id))

    async def _post(self, what: str, shown: Shown, **body: Any) -> dict[str, Any]:
        body["identity"] = identity_of(shown.identification)
        if shown.contact_email is not None:
            body["contact_email"] = shown.contact_email
        return await self._client.call("POST", f"/api/v1/cases/{what}", body=body)


def _own_case(item: dict[str, Any]) -> OwnCase:
    return OwnCase(
        reference=item["reference"],
        title=item["request_type_title"],
        status=item["status_label"],
        resolution=item["resolution_label"],
        is_open=item["is_open"],
        due_on=date.fromisoformat(item["due_on"]),
        due_explanation=tuple(item["due_explanation"]),
    )
