"""Kinds of columns that several files of tables use."""

from sqlalchemy import Enum


def words(kind: type, name: str) -> Enum:
    """Return a text column that holds the values of a StrEnum; the migration's CHECK guards them."""
    return Enum(kind, name=name, native_enum=False, create_constraint=False, length=40, values_callable=lambda k: [*k])
