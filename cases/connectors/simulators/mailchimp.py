"""A stand-in for Mailchimp's Marketing API v3, as far as the connector uses it."""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from cases.connectors.simulators.program import ApiProblemError, body_of, given, program
from cases.connectors.simulators.script import Script

API_KEY = "simulated-key-us0"
STATUSES = {"subscribed", "unsubscribed", "cleaned", "pending", "transactional", "archived"}


@dataclass
class MailchimpState:
    """Audiences with their members."""

    api_key: str = API_KEY
    audiences: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """By audience id, members by subscriber hash."""

    forgotten: set[tuple[str, str]] = field(default_factory=set)
    """Audience and hash of who was deleted permanently."""

    script: Script = field(default_factory=Script)
    page_at_most: int = 1000

    def add(self, audience: str, address: str, *, status: str = "subscribed", **more: Any) -> None:
        """Put somebody into an audience.

        Raises:
            ValueError: who was deleted permanently cannot come back.
        """
        member_hash = _hash(address)
        if (audience, member_hash) in self.forgotten:
            raise ValueError("this contact was permanently deleted")
        members = self.audiences.setdefault(audience, {})
        members[member_hash] = {
            "id": member_hash,
            "email_address": address,
            "status": status,
            "merge_fields": {},
            "tags": [],
            "notes": [],
            "activity": [],
            "events": [],
        } | more

    def status(self, audience: str, address: str) -> str | None:
        """Return a member's status; None when there is no such member."""
        member = self.audiences.get(audience, {}).get(_hash(address))
        return None if member is None else str(member["status"])


def create_mailchimp(state: MailchimpState) -> Starlette:
    """Return the application; its paths begin with ``/3.0``."""

    def check(request: Request) -> None:
        scheme, _, given_key = request.headers.get("authorization", "").partition(" ")
        expected = base64.b64encode(f"insyn:{state.api_key}".encode()).decode()
        if scheme != "Basic" or given_key != expected:
            raise ApiProblemError(401, problem(401, "API Key Invalid"))

    def audience(request: Request) -> dict[str, dict[str, Any]]:
        members = state.audiences.get(request.path_params["list_id"])
        if members is None:
            raise ApiProblemError(404, problem(404, "Resource Not Found"))
        return members

    def member(request: Request) -> dict[str, Any]:
        found = audience(request).get(request.path_params["hash"])
        if found is None:
            raise ApiProblemError(404, problem(404, "Resource Not Found"))
        return found

    def page(request: Request, name: str, entries: list[Any]) -> Response:
        count, offset = int(request.query_params.get("count", 10)), int(request.query_params.get("offset", 0))
        if not 0 <= count <= 1000:
            raise ApiProblemError(400, problem(400, "Invalid Resource"))
        count = min(count, state.page_at_most)
        return given({name: entries[offset : offset + count], "total_items": len(entries)})

    async def lists(request: Request) -> Response:
        return page(request, "lists", [{"id": list_id, "name": list_id} for list_id in state.audiences])

    async def members(request: Request) -> Response:
        wanted = request.query_params.get("status")
        found = [entry for entry in audience(request).values() if wanted is None or entry["status"] == wanted]
        return page(request, "members", [_shown(entry) for entry in found])

    async def read(request: Request) -> Response:
        return given(_shown(member(request)))

    async def part(request: Request) -> Response:
        name = {"tags": "tags", "notes": "notes", "activity-feed": "activity", "events": "events"}.get(
            request.path_params["part"]
        )
        if name is None:
            raise ApiProblemError(404, problem(404, "Resource Not Found"))
        return page(request, name, member(request)[name])

    async def change(request: Request) -> Response:
        found, body = member(request), await body_of(request)
        status = body.get("status", found["status"])
        if status not in STATUSES:
            raise ApiProblemError(400, problem(400, "Invalid Resource"))
        found["status"] = status
        return given(_shown(found))

    async def archive(request: Request) -> Response:
        member(request)["status"] = "archived"
        return Response(status_code=204)

    async def delete_permanently(request: Request) -> Response:
        found = member(request)
        list_id = request.path_params["list_id"]
        del state.audiences[list_id][found["id"]]
        state.forgotten.add((list_id, found["id"]))
        return Response(status_code=204)

    one = "/3.0/lists/{list_id}/members/{hash}"
    return program(
        [
            ("GET", "/3.0/lists", lists),
            ("GET", "/3.0/lists/{list_id}/members", members),
            ("GET", one, read),
            ("PATCH", one, change),
            ("DELETE", one, archive),
            ("POST", f"{one}/actions/delete-permanent", delete_permanently),
            ("GET", f"{one}/{{part}}", part),
        ],
        script=state.script,
        check=check,
        problem=problem,
    )


def problem(status: int, title: str) -> dict[str, Any]:
    """Return an error as Mailchimp writes it: problem details."""
    return {
        "type": "https://mailchimp.com/developer/marketing/docs/errors/",
        "title": title,
        "status": status,
        "detail": "",
        "instance": "00000000-0000-0000-0000-000000000000",
    }


def _shown(entry: dict[str, Any]) -> dict[str, Any]:
    parts = {"notes", "activity", "events"}
    return {name: value for name, value in entry.items() if name not in parts} | {"_links": []}


def _hash(address: str) -> str:
    return hashlib.md5(address.lower().encode(), usedforsecurity=False).hexdigest()
