"""Every kind of request in a visitor's words: what is typed or pressed (``>``), one line a turn, up to the summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.actions.fakes import Fakes

ADDRESS = "anna@example.se"
"""Where every one of them wants the answer."""


@dataclass(frozen=True)
class Journey:
    """One type of request in a visitor's words."""

    request_type: str
    opening: str
    answers: tuple[str, ...]
    details: dict[str, str]
    signed: bool = True
    """Whether the visitor must show who they are: with BankID, or with a code where ``by_code``."""

    by_code: bool = False

    @property
    def offer(self) -> str:
        return "utter_code_offered" if self.by_code else "utter_identification_offered"

    @property
    def failure(self) -> str:
        return "utter_code_failed" if self.by_code else "utter_identification_failed"

    def identify(self, fakes: Fakes) -> None:
        """Do in the card what it asks for."""
        if self.by_code:
            fakes.edge.confirm()
        else:
            fakes.edge.sign()

    @property
    def intent(self) -> str:
        return "make_complaint" if self.request_type == "complaint" else f"request_{self.request_type}"


JOURNEYS = [
    Journey("access", "jag vill ha ett registerutdrag", ("> Allt", ADDRESS), {"scope": "Allt"}),
    Journey("erasure", "radera mina uppgifter", ("> Rekrytering", ADDRESS), {"scope": "Rekrytering"}),
    Journey(
        "rectification",
        "jag vill rätta en felaktig uppgift",
        ("> Min adress", "Björkvägen 4, Umeå", ADDRESS),
        {"incorrect": "Adress", "correct": "Björkvägen 4, Umeå"},
        by_code=True,
    ),
    Journey(
        "restriction",
        "frys mina uppgifter",
        ("mina kontaktuppgifter", "> Hoppa över", ADDRESS),
        {"scope": "mina kontaktuppgifter"},
        by_code=True,
    ),
    Journey(
        "portability",
        "exportera mina uppgifter så jag kan flytta dem",
        ("> Allt", "> Till mig", ADDRESS),
        {"scope": "Allt", "recipient": "Till mig"},
    ),
    Journey(
        "objection",
        "jag vill göra en invändning",
        ("> Delning med partner", "jag litar inte på dem", ADDRESS),
        {"scope": "Delning med partner", "reason": "jag litar inte på dem"},
        by_code=True,
    ),
    Journey(
        "consent_withdrawal",
        "jag återkallar mitt samtycke",
        ("> Rekrytering", ADDRESS),
        {"scope": "Rekrytering"},
        by_code=True,
    ),
    Journey("processor_list", "skicka listan på era underleverantörer", (ADDRESS,), {}, signed=False),
    Journey(
        "complaint",
        "jag vill lämna ett klagomål",
        ("ni svarar aldrig på mina brev", ADDRESS),
        {"complaint": "ni svarar aldrig på mina brev"},
        signed=False,
    ),
]
