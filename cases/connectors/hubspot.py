"""Hubspot, by its CRM API v3 and communication preferences API v4 (developers.hubspot.com/docs).

Authentication is ``Authorization: Bearer`` with the token of a private app. Searches are paged by ``after``. Too many
calls are answered ``429``. Scopes: ``crm.objects.contacts.read`` and ``.write``, ``crm.schemas.contacts.read``,
``communication_preferences.read_write``. The batch endpoints of the preferences API need Marketing Hub Enterprise and
are therefore not used.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final
from urllib.parse import quote

from cases.connectors.config import HubspotConfig
from cases.connectors.http import ApiClient, Patience, entries_of, member, optional
from cases.connectors.interface import Answer, Export, ExportedFile, Found, Operation, Outcome

SYSTEM: Final = "hubspot"
CONTACTS: Final = "/crm/v3/objects/contacts"
PREFERENCES: Final = "/communication-preferences/v4/statuses"
PAGE: Final = 100
BATCH: Final = 100
_EMAIL: Final = {"channel": "EMAIL"}
OPTED_OUT: Final = "hs_email_optout"
"""The contact property that says: unsubscribed from all e-mail."""


class Hubspot:
    """One Hubspot account."""

    def __init__(self, config: HubspotConfig, *, patience: Patience | None = None) -> None:
        headers = {"Authorization": f"Bearer {config.token}", "Accept": "application/json"}
        self._api = ApiClient(config.url, headers=headers, patience=patience)

    @property
    def system(self) -> str:
        return SYSTEM

    @property
    def operations(self) -> frozenset[Operation]:
        return frozenset(Operation)

    def find(self, address: str) -> Sequence[Found]:
        """``POST /crm/v3/objects/contacts/search`` on ``email`` and ``hs_additional_emails``, every page."""
        filters = [
            {"filters": [{"propertyName": "email", "operator": "EQ", "value": address}]},
            {"filters": [{"propertyName": "hs_additional_emails", "operator": "CONTAINS_TOKEN", "value": address}]},
        ]
        found: dict[str, Found] = {}
        body: dict[str, Any] = {"filterGroups": filters, "properties": ["email", OPTED_OUT], "limit": PAGE}
        while True:
            content = self._api.send("POST", f"{CONTACTS}/search", body=body)
            for contact in entries_of(content, "results"):
                contact_id = str(member(contact, "id"))
                status = "opted out" if _is_opted_out(contact) else "contact"
                found[contact_id] = Found(contact_id, "contacts", status)
            after = optional(content, "paging", "next", "after")
            if after is None:
                return list(found.values())
            body = body | {"after": str(after)}

    def export(self, address: str) -> Export:
        """Every property of each contact, and its subscriptions.

        ``GET /crm/v3/properties/contacts``, ``POST /crm/v3/objects/contacts/batch/read``,
        ``GET /communication-preferences/v4/statuses/{address}?channel=EMAIL``.
        """
        records = tuple(self.find(address))
        if not records:
            return Export(Answer(Outcome.ABSENT))
        names = [
            str(member(entry, "name")) for entry in member(self._api.get("/crm/v3/properties/contacts"), "results")
        ]
        contacts: list[Any] = []
        for some in _batches([found.id for found in records]):
            body = {"properties": names, "inputs": [{"id": contact_id} for contact_id in some]}
            contacts += entries_of(self._api.send("POST", f"{CONTACTS}/batch/read", body=body), "results")
        preferences = self._api.get(f"{PREFERENCES}/{quote(address, safe='')}", _EMAIL, missing_ok=True)
        content = {
            "system": SYSTEM,
            "contacts": contacts,
            "subscriptions": [] if preferences is None else entries_of(preferences, "results"),
        }
        data = json.dumps(content, ensure_ascii=False, indent=1).encode()
        return Export(Answer(Outcome.DONE, records), (ExportedFile("hubspot.json", data),))

    def suppress(self, address: str) -> Answer:
        """``POST /communication-preferences/v4/statuses/{address}/unsubscribe-all?channel=EMAIL``.

        Asked first (``GET`` of the same) whether that is so already; whoever is no contact is not made one.
        """
        records = tuple(self.find(address))
        if not records:
            return Answer(Outcome.ABSENT)
        path = f"{PREFERENCES}/{quote(address, safe='')}/unsubscribe-all"
        standing = entries_of(self._api.get(path, _EMAIL), "results")
        if any(optional(entry, "status") == "UNSUBSCRIBED" for entry in standing):
            return Answer(Outcome.ALREADY, records)
        self._api.send("POST", path, query=_EMAIL)
        return Answer(Outcome.DONE, tuple(Found(found.id, found.where, "opted out") for found in records))

    def erase(self, address: str) -> Answer:
        """``POST /crm/v3/objects/contacts/gdpr-delete`` with each contact's id.

        By id and not by address: an address that Hubspot does not know would be entered on its blocklist.
        """
        records = []
        for found in self.find(address):
            self._api.send("POST", f"{CONTACTS}/gdpr-delete", body={"objectId": found.id}, missing_ok=True)
            records.append(Found(found.id, found.where, "deleted"))
        return Answer(Outcome.DONE, tuple(records)) if records else Answer(Outcome.ABSENT)

    def reachable(self, addresses: Iterable[str]) -> Sequence[str]:
        """``POST /crm/v3/objects/contacts/batch/read`` by e-mail, a hundred at a time: who has not opted out."""
        reached = []
        for some in _batches(addresses):
            wanted = {address.casefold(): address for address in some}
            body = {
                "idProperty": "email",
                "properties": ["email", OPTED_OUT],
                "inputs": [{"id": address} for address in wanted],
            }
            for contact in entries_of(self._api.send("POST", f"{CONTACTS}/batch/read", body=body), "results"):
                address = wanted.get(str(member(contact, "properties", "email")).casefold())
                if address is not None and not _is_opted_out(contact):
                    reached.append(address)
        return reached


def _is_opted_out(contact: Any) -> bool:
    return str(optional(contact, "properties", OPTED_OUT)).lower() == "true"


def _batches(items: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(items)
    while some := list(islice(remaining, BATCH)):
        yield some
