"""The console's own tables, in schema ``cases``: who works here, who is logged in, who tried to."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, LargeBinary, false
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import TypedBase, metadata_for


class Base(TypedBase):
    """Base of the console's tables."""

    __abstract__ = True
    metadata = metadata_for("cases")


class StaffAccountRow(Base):
    """A person on the staff. Never deleted: the history of cases names it."""

    __tablename__ = "staff_account"
    __table_args__ = (CheckConstraint("role IN ('officer', 'administrator')", name="role"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    """In a case's history and towards the chat edge: the officer's id."""

    name: Mapped[str] = mapped_column(unique=True)
    """What is typed to log in, a name or an e-mail address; always lower case."""

    display_name: Mapped[str]
    """What colleagues and visitors read."""

    role: Mapped[str]

    password_hash: Mapped[str]
    """Argon2id, in its own encoded form with parameters and salt."""

    must_change_password: Mapped[bool] = mapped_column(server_default=false())
    """Whether the password is a one-time one, which opens nothing but the page that replaces it."""

    created_at: Mapped[datetime]

    last_login_at: Mapped[datetime | None]

    disabled_at: Mapped[datetime | None]
    """Since when the account opens nothing; None while it is in use."""


class StaffSessionRow(Base):
    """One browser that is logged in."""

    __tablename__ = "staff_session"
    __table_args__ = (Index(None, "account_id"), Index(None, "created_at"))

    token_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """SHA-256 of the cookie's value: whoever reads the table cannot log in with it."""

    account_id: Mapped[int] = mapped_column(ForeignKey("cases.staff_account.id", ondelete="CASCADE"))

    created_at: Mapped[datetime]
    """The absolute end is counted from here."""

    last_seen_at: Mapped[datetime]
    """The idle end is counted from here; what a page fetches by itself does not move it."""


class LoginAttemptRow(Base):
    """One try to log in that has not succeeded (yet); old ones are removed as new ones come."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index(None, "subject_digest", "attempted_at"), Index(None, "attempted_at"))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)

    subject_digest: Mapped[bytes] = mapped_column(LargeBinary)
    """Keyed digest of the name that was typed, or of the address it came from: neither is readable here."""

    attempted_at: Mapped[datetime]
