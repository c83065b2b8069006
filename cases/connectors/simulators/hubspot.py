"""A stand-in for Hubspot's CRM API v3 and communication preferences API v4, as far as the connector uses them."""

from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from cases.connectors.simulators.program import ApiProblemError, body_of, given, program
from cases.connectors.simulators.script import Script

TOKEN = "simulated-hubspot-token"  # noqa: S105 - of the simulator
PROPERTIES = ("email", "firstname", "lastname", "phone", "hs_additional_emails", "hs_email_optout", "lifecyclestage")


@dataclass
class HubspotState:
    """Contacts by id, and who has unsubscribed from everything."""

    token: str = TOKEN
    contacts: dict[str, dict[str, str]] = field(default_factory=dict)
    blocklist: set[str] = field(default_factory=set)
    script: Script = field(default_factory=Script)
    page_at_most: int = 200
    _next_id: int = 101

    def add(self, address: str, *, opted_out: bool = False, **properties: str) -> str:
        """Make a contact and return its id."""
        contact_id = str(self._next_id)
        self._next_id += 1
        self.contacts[contact_id] = {"email": address, "hs_email_optout": str(opted_out).lower()} | properties
        return contact_id

    def is_opted_out(self, address: str) -> bool:
        """Tell whether every contact with the address has unsubscribed from all e-mail."""
        found = [contact for contact in self.contacts.values() if contact["email"].lower() == address.lower()]
        return bool(found) and all(contact["hs_email_optout"] == "true" for contact in found)


def create_hubspot(state: HubspotState) -> Starlette:
    """Return the application."""

    def check(request: Request) -> None:
        if request.headers.get("authorization") != f"Bearer {state.token}":
            raise ApiProblemError(401, problem(401, "Authentication credentials not found"))

    def shown(contact_id: str, names: list[str]) -> dict[str, Any]:
        contact = state.contacts[contact_id]
        wanted = {*names, "email"}
        return {"id": contact_id, "properties": {name: contact.get(name) for name in PROPERTIES if name in wanted}}

    async def search(request: Request) -> Response:
        body = await body_of(request)
        groups, limit, after = body.get("filterGroups", []), int(body.get("limit", 10)), int(body.get("after", 0))
        if len(groups) > 5 or not 0 < limit <= 200:
            raise ApiProblemError(400, problem(400, "There was a problem with the request"))
        found = [
            contact_id
            for contact_id, contact in state.contacts.items()
            if any(all(_matches(contact, one) for one in group["filters"]) for group in groups)
        ]
        size = min(limit, state.page_at_most)
        results = [shown(contact_id, body.get("properties", [])) for contact_id in found[after : after + size]]
        content: dict[str, Any] = {"total": len(found), "results": results}
        if after + size < len(found):
            content["paging"] = {"next": {"after": str(after + size)}}
        return given(content)

    async def batch_read(request: Request) -> Response:
        body = await body_of(request)
        inputs = [str(entry["id"]) for entry in body.get("inputs", [])]
        if len(inputs) > 100:
            raise ApiProblemError(400, problem(400, "The maximum batch size is 100"))
        by_email = body.get("idProperty") == "email"
        results, missing = [], 0
        for wanted in inputs:
            found = [
                contact_id
                for contact_id, contact in state.contacts.items()
                if (contact["email"].lower() == wanted.lower() if by_email else contact_id == wanted)
            ]
            missing += not found
            results += [shown(contact_id, body.get("properties", [])) for contact_id in found]
        return given({"status": "COMPLETE", "results": results, "numErrors": missing}, 207 if missing else 200)

    async def properties(_request: Request) -> Response:
        return given({"results": [{"name": name, "label": name, "type": "string"} for name in PROPERTIES]})

    async def gdpr_delete(request: Request) -> Response:
        body = await body_of(request)
        wanted = str(body.get("objectId", ""))
        if body.get("idProperty") == "email":
            found = [key for key, contact in state.contacts.items() if contact["email"] == wanted]
            state.blocklist |= set() if found else {wanted}
        else:
            found = [wanted] if wanted in state.contacts else []
            if not found:
                raise ApiProblemError(404, problem(404, "resource not found"))
        for key in found:
            del state.contacts[key]
        return Response(status_code=204)

    def contacts_of(request: Request) -> list[dict[str, str]]:
        if request.query_params.get("channel") != "EMAIL":
            raise ApiProblemError(400, problem(400, "channel is required"))
        address = request.path_params["address"].lower()
        return [contact for contact in state.contacts.values() if contact["email"].lower() == address]

    async def statuses(request: Request) -> Response:
        return _statuses([_status(contact) for contact in contacts_of(request)])

    async def is_unsubscribed(request: Request) -> Response:
        found = [contact for contact in contacts_of(request) if contact["hs_email_optout"] == "true"]
        return _statuses([_status(contact) for contact in found])

    async def unsubscribe(request: Request) -> Response:
        found = contacts_of(request)
        for contact in found:
            contact["hs_email_optout"] = "true"
        return _statuses([])

    preferences = "/communication-preferences/v4/statuses/{address:path}"
    return program(
        [
            ("POST", "/crm/v3/objects/contacts/search", search),
            ("POST", "/crm/v3/objects/contacts/batch/read", batch_read),
            ("POST", "/crm/v3/objects/contacts/gdpr-delete", gdpr_delete),
            ("GET", "/crm/v3/properties/contacts", properties),
            ("GET", f"{preferences}/unsubscribe-all", is_unsubscribed),
            ("POST", f"{preferences}/unsubscribe-all", unsubscribe),
            ("GET", preferences, statuses),
        ],
        script=state.script,
        check=check,
        problem=problem,
    )


def problem(status: int, message: str) -> dict[str, Any]:
    """Return an error as Hubspot writes it."""
    category = {401: "INVALID_AUTHENTICATION", 404: "OBJECT_NOT_FOUND", 429: "RATE_LIMITS"}.get(
        status, "VALIDATION_ERROR"
    )
    return {
        "status": "error",
        "message": message,
        "category": category,
        "correlationId": "00000000-0000-0000-0000-000000000000",
    }


def _matches(contact: dict[str, str], one: dict[str, str]) -> bool:
    value, wanted = contact.get(one["propertyName"], ""), one["value"]
    if one["operator"] == "EQ":
        return value.lower() == wanted.lower()
    if one["operator"] == "CONTAINS_TOKEN":
        return wanted.lower() in value.lower().split(";")
    raise ApiProblemError(400, problem(400, "unknown operator"))


def _status(contact: dict[str, str]) -> dict[str, Any]:
    status = "UNSUBSCRIBED" if contact["hs_email_optout"] == "true" else "SUBSCRIBED"
    return {"channel": "EMAIL", "status": status, "subscriberIdString": contact["email"]}


def _statuses(results: list[dict[str, Any]]) -> Response:
    return given({"status": "COMPLETE", "results": results})
