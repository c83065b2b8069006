"""The table of service tokens."""

from datetime import datetime

from sqlalchemy import Identity
from sqlalchemy.orm import Mapped, mapped_column

from cases.storage.rows import Base


class ServiceTokenRow(Base):
    """A token of another system. The token itself is nowhere but there."""

    __tablename__ = "service_token"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    """In histories: ``token:7``."""

    name: Mapped[str]
    """Which system has it, in the operator's words."""

    token_hash: Mapped[bytes] = mapped_column(unique=True)
    """SHA-256: the token has 256 random bits, so there is nothing to guess and nothing to slow down."""

    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
