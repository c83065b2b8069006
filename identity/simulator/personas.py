"""The persons whose BankID the simulator holds: Skatteverket's published test numbers, with invented names."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Persona:
    key: str
    """Its name in scripts and forms."""

    personal_number: str = field(repr=False)
    given_name: str
    surname: str
    note: str
    """Why one would choose it, in Swedish, for the page."""

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.surname}"


PERSONAS: tuple[Persona, ...] = (
    Persona("elof", "199908072391", "Elof", "Påhittsson", "född 1999"),
    Persona("astrid", "200211242383", "Astrid", "Exempelgård", "född 2002"),
    Persona("gunborg", "192401019183", "Gunborg", "Övningsmo", "över hundra år"),
    Persona("navid", "191503882399", "Navid", "Testberg", "samordningsnummer"),
)
BY_KEY = {persona.key: persona for persona in PERSONAS}
