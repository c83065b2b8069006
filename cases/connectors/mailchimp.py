"""Mailchimp, by its Marketing API v3 (mailchimp.com/developer/marketing/api/list-members).

Authentication is HTTP Basic with any user name and the API key. A member of an audience is addressed by the MD5 of the
lower-case address. Lists are paged by ``count`` and ``offset``. The API limits simultaneous calls (10), answers ``429``
without saying for how long, and at very many calls ``403`` without JSON.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from cases.connectors.config import MailchimpConfig
from cases.connectors.http import ApiClient, Patience, entries_of, member, optional
from cases.connectors.interface import Answer, Export, ExportedFile, Found, Operation, Outcome

SYSTEM: Final = "mailchimp"
PAGE: Final = 1000
"""The most that one page may hold."""

_SENT_TO: Final = frozenset({"subscribed", "pending"})
"""Statuses under which something may still be sent; the others are ``unsubscribed``, ``cleaned``, ``archived`` …"""

_PARTS: Final = {"tags": "tags", "notes": "notes", "activity-feed": "activity", "events": "events"}
"""What hangs on a member: the path below it, and the name of the list in the answer."""


class Mailchimp:
    """One Mailchimp account."""

    def __init__(self, config: MailchimpConfig, *, patience: Patience | None = None) -> None:
        self._lists = config.lists
        self._api = ApiClient(
            config.base_url,
            headers={"Accept": "application/json"},
            auth=("insyn", config.api_key),
            patience=patience,
            throttles_with_403=True,
        )

    @property
    def system(self) -> str:
        return SYSTEM

    @property
    def operations(self) -> frozenset[Operation]:
        return frozenset(Operation)

    def find(self, address: str) -> Sequence[Found]:
        """``GET /lists/{list_id}/members/{subscriber_hash}`` in every audience; ``404`` where the person is not."""
        return [found for _, found in self._members(address)]

    def export(self, address: str) -> Export:
        """The member with its tags, notes, activity feed and events, each by ``GET`` below the member."""
        members, records = [], []
        for content, found in self._members(address):
            path = _path(found.where, address)
            parts = {part: list(self._paged(f"{path}/{part}", name)) for part, name in _PARTS.items()}
            members.append({"audience": found.where, "member": _without_links(content), **parts})
            records.append(found)
        if not members:
            return Export(Answer(Outcome.ABSENT))
        data = json.dumps({"system": SYSTEM, "members": members}, ensure_ascii=False, indent=1).encode()
        return Export(Answer(Outcome.DONE, tuple(records)), (ExportedFile("mailchimp.json", data),))

    def suppress(self, address: str) -> Answer:
        """``PATCH /lists/{list_id}/members/{subscriber_hash}`` with status ``unsubscribed``, where it is not so yet.

        Archiving would not do: an import brings an archived member back.
        """
        records, changed = [], False
        for _, found in self._members(address):
            if found.status not in _SENT_TO:
                records.append(found)
                continue
            content = self._api.send("PATCH", _path(found.where, address), body={"status": "unsubscribed"})
            records.append(Found(found.id, found.where, str(member(content, "status"))))
            changed = True
        return _answer(records, changed=changed)

    def erase(self, address: str) -> Answer:
        """``POST …/actions/delete-permanent``: Mailchimp then refuses to take the address in again by import."""
        records = []
        for _, found in self._members(address):
            path = f"{_path(found.where, address)}/actions/delete-permanent"
            self._api.send("POST", path, missing_ok=True)  # gone in between: an earlier attempt got through
            records.append(Found(found.id, found.where, "deleted"))
        return _answer(records, changed=True)

    def reachable(self, addresses: Iterable[str]) -> Sequence[str]:
        """Page through ``GET /lists/{list_id}/members?status=subscribed`` and compare here: nobody is asked for."""
        wanted = {address.casefold(): address for address in addresses}
        reached: dict[str, None] = {}
        for list_id in self._audiences() if wanted else ():
            for content in self._paged(f"/lists/{list_id}/members", "members", status="subscribed"):
                address = wanted.get(str(member(content, "email_address")).casefold())
                if address is not None:
                    reached[address] = None
        return list(reached)

    def _members(self, address: str) -> Iterator[tuple[dict[str, Any], Found]]:
        for list_id in self._audiences():
            content = self._api.get(_path(list_id, address), missing_ok=True)
            if content is not None:
                yield content, Found(str(member(content, "id")), list_id, str(member(content, "status")))

    def _audiences(self) -> Sequence[str]:
        """``GET /lists``, unless the audiences are configured."""
        return self._lists or [str(member(content, "id")) for content in self._paged("/lists", "lists")]

    def _paged(self, path: str, name: str, **query: str) -> Iterator[Any]:
        offset = 0
        while True:
            content = self._api.get(path, {"count": PAGE, "offset": offset, **query})
            entries = entries_of(content, name)
            yield from entries
            offset += len(entries)
            total = optional(content, "total_items")
            if not entries or not isinstance(total, int) or offset >= total:
                return


def subscriber_hash(address: str) -> str:
    """Return the name under which Mailchimp knows an address."""
    return hashlib.md5(address.lower().encode(), usedforsecurity=False).hexdigest()


def _path(list_id: str, address: str) -> str:
    return f"/lists/{list_id}/members/{subscriber_hash(address)}"


def _answer(records: Sequence[Found], *, changed: bool) -> Answer:
    if not records:
        return Answer(Outcome.ABSENT)
    return Answer(Outcome.DONE if changed else Outcome.ALREADY, tuple(records))


def _without_links(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != "_links"}
