"""Tables of what is handed out: the package of a case, and each identification that may fetch it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from cases.packages.states import PackageState
from cases.storage.columns import words
from cases.storage.rows import Base


class AccessPackageRow(Base):
    """A package: prepared by one step, released by another, over when withdrawn or after its time."""

    __tablename__ = "access_package"
    __table_args__ = (
        CheckConstraint("(released_at IS NULL) = (expires_at IS NULL)", name="released_until"),
        CheckConstraint("(state = 'prepared') <= (released_at IS NULL)", name="prepared_is_not_released"),
        CheckConstraint("(state = 'released') <= (released_at IS NOT NULL)", name="released_by_somebody"),
        CheckConstraint("(file_id IS NOT NULL) = (state IN ('prepared', 'released'))", name="content_while_current"),
        Index(
            "ux_access_package_current",
            "case_id",
            unique=True,
            postgresql_where=text("state IN ('prepared', 'released')"),
        ),
        Index(None, "case_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.privacy_case.id"))
    state: Mapped[PackageState] = mapped_column(words(PackageState, "state"))

    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.case_file.id"))
    """The ZIP; gone when the package is over."""

    document_sealed: Mapped[bytes]
    """The readable page, byte for byte as it lies in the ZIP: what is reviewed is what is handed out."""

    contents_sealed: Mapped[bytes]
    """What lies in the ZIP, as JSON: path, title, size of each part."""

    prepared_by: Mapped[str]
    prepared_at: Mapped[datetime]
    released_by: Mapped[str | None]
    released_at: Mapped[datetime | None]

    expires_at: Mapped[datetime | None]
    """Until when it can be fetched."""

    ended_at: Mapped[datetime | None]


class PackageFetchRow(Base):
    """One identification that was let at a package. It opens the package once."""

    __tablename__ = "package_fetch"
    __table_args__ = (Index(None, "package_id"),)

    identification_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The chat edge's id of the identification."""

    package_id: Mapped[UUID] = mapped_column(ForeignKey("cases.access_package.id", ondelete="CASCADE"))
    allowed_at: Mapped[datetime]

    fetched_at: Mapped[datetime | None]
    """When it was used up."""
