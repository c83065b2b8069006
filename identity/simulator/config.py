"""What the composition root gives the simulator."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    directory: Path
    """Where its certification authority, and everything issued by it, is made at the first start and found again."""

    outbox: Path | None = None
    """Directory of mail that a development machine does not send; ``/mail`` shows it."""

    relying_party: str = "Insyn (utveckling)"
    """The name that the phone shows as the one who asks."""

    control: bool = True
    """Whether ``/control`` answers. It moves the clock and decides outcomes, so only machines of ours may reach it."""
