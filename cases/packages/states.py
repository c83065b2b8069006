"""Where a package is."""

from enum import StrEnum


class PackageState(StrEnum):
    """Where a package is."""

    PREPARED = "prepared"
    """Made, and to be looked through by a person."""

    RELEASED = "released"
    """The person may fetch it."""

    WITHDRAWN = "withdrawn"
    """Taken back by a person; its content is deleted."""

    EXPIRED = "expired"
    """Its time is up; its content is deleted."""

    @property
    def label(self) -> str:
        """What an officer reads, in Swedish."""
        return {"prepared": "Förberett", "released": "Utlämnat", "withdrawn": "Återtaget", "expired": "Utgånget"}[self]
