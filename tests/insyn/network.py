"""Reads what the audited processes wrote, and tells which of it left the machine."""

from __future__ import annotations

import ipaddress
import json
import os
from dataclasses import dataclass
from pathlib import Path

AUDITED = Path(__file__).parent / "audited"


@dataclass(frozen=True)
class Contact:
    """One address that a process looked up, connected to or sent to."""

    event: str
    address: object
    argv: tuple[str, ...]

    @property
    def left_the_machine(self) -> bool:
        if self.event == "started" or isinstance(self.address, str):  # a Unix socket's path
            return False
        host = self.address[0] if isinstance(self.address, list) else self.address
        if host in ("localhost", "", None):
            return False
        try:
            return not ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
        except ValueError:
            return True  # a name: somebody asked for an address out there


def audited_environment(log: Path) -> dict[str, str]:
    """Return the environment in which Python processes write their contacts to ``log``."""
    path = os.pathsep.join(filter(None, [str(AUDITED), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, "INSYN_AUDIT_LOG": str(log)}


def contacts(log: Path) -> list[Contact]:
    """Return everything that was written to ``log``."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [Contact(line["event"], line["address"], tuple(line["argv"])) for line in lines]
