"""Teamtailor, by its API (docs.teamtailor.com), which follows JSON:API.

Authentication is ``Authorization: Token token=…``, the version is ``X-Api-Version``; the key must be of the kind Admin
with read and write. Lists are paged by ``page[size]`` and ``links.next``. Too many calls are answered ``429``, with
what is left in ``X-Rate-Limit-*``. The system sends no marketing, so there is nothing to suppress.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from cases.connectors.config import TeamtailorConfig
from cases.connectors.errors import NotSupportedError
from cases.connectors.http import ApiClient, Patience, member, optional
from cases.connectors.interface import Answer, Export, ExportedFile, Found, Operation, Outcome

SYSTEM: Final = "teamtailor"
PAGE: Final = 30
_ABOUT_THE_PERSON: Final = (
    "activities",
    "answers",
    "custom-field-values",
    "form-answers",
    "job-applications",
    "partner-results",
    "questions",
    "uploads",
)
"""Relationships of a candidate that are exported, where the candidate has them; others lead to colleagues and jobs."""


class Teamtailor:
    """One Teamtailor account."""

    def __init__(self, config: TeamtailorConfig, *, patience: Patience | None = None) -> None:
        headers = {
            "Authorization": f"Token token={config.token}",
            "X-Api-Version": config.api_version,
            "Accept": "application/vnd.api+json",
        }
        self._api = ApiClient(config.url, headers=headers, patience=patience)

    @property
    def system(self) -> str:
        return SYSTEM

    @property
    def operations(self) -> frozenset[Operation]:
        return frozenset({Operation.FIND, Operation.EXPORT, Operation.ERASE})

    def find(self, address: str) -> Sequence[Found]:
        """``GET /v1/candidates?filter[email]=…``, every page; only exact matches count."""
        return [Found(str(member(entry, "id")), "candidates") for entry in self._candidates(address)]

    def export(self, address: str) -> Export:
        """The candidate, and what its relationships lead to (``links.related``). Uploads come as their description."""
        candidates = []
        for entry in self._candidates(address):
            related = {
                name: list(self._pages(str(member(link, "links", "related"))))
                for name in _ABOUT_THE_PERSON
                if (link := optional(entry, "relationships", name)) is not None
            }
            candidates.append({"candidate": entry, "related": related})
        if not candidates:
            return Export(Answer(Outcome.ABSENT))
        records = tuple(Found(str(member(entry, "candidate", "id")), "candidates") for entry in candidates)
        content = json.dumps({"system": SYSTEM, "candidates": candidates}, ensure_ascii=False, indent=1).encode()
        return Export(Answer(Outcome.DONE, records), (ExportedFile("teamtailor.json", content),))

    def suppress(self, address: str) -> Answer:
        """Raise :class:`NotSupportedError`: a recruitment system is no marketing system."""
        del address
        raise NotSupportedError("suppress")

    def erase(self, address: str) -> Answer:
        """``DELETE /v1/candidates/{id}`` for each."""
        records = []
        for found in self.find(address):
            self._api.send("DELETE", f"/candidates/{found.id}", missing_ok=True)
            records.append(Found(found.id, found.where, "deleted"))
        return Answer(Outcome.DONE, tuple(records)) if records else Answer(Outcome.ABSENT)

    def _candidates(self, address: str) -> Iterator[Any]:
        content = self._api.get("/candidates", {"filter[email]": address, "page[size]": PAGE})
        for entry in self._entries(content):
            if str(member(entry, "attributes", "email")).casefold() == address.casefold():
                yield entry

    def _pages(self, url: str) -> Iterator[Any]:
        return self._entries(self._api.follow(url))

    def _entries(self, content: Any) -> Iterator[Any]:
        while True:
            data = member(content, "data")
            yield from data if isinstance(data, list) else [] if data is None else [data]
            following = optional(content, "links", "next")
            if not following:
                return
            content = self._api.follow(str(following))
