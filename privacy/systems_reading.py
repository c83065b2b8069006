"""Reads the register of systems from plain data (YAML, JSON), and says exactly what is wrong where.

Every quote is proved against the policy; unknown words and members are refused rather than lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from privacy.errors import PolicyStructureError, QuoteNotInPolicyError, SystemRegisterError
from privacy.policy import Policy
from privacy.systems import (
    STATEMENT_ATTRIBUTES,
    Ground,
    Handling,
    KeptBy,
    Origin,
    Role,
    Statement,
    System,
    SystemRegister,
)

Word = TypeVar("Word", bound=StrEnum)

_ABOUT_ALL: Final = ("controller", "recipients", "automated_decisions", "rights")
_REQUIRED_STATEMENTS: Final = ("holds", "purposes", "retention", "sources", "transfers", "role_statements")
_OTHER_MEMBERS: Final = (
    "id",
    "name",
    "description",
    "role",
    "grounds",
    "is_marketing",
    "connector",
    "kept_by",
    "is_erasable",
    "instructions",
)
_ID_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


@dataclass(frozen=True, slots=True)
class _Sources:
    """What statements rest on."""

    policy: Policy
    own: Mapping[str, str]


def read_systems(data: object, policy: Policy, *, own: Mapping[str, str] | None = None) -> SystemRegister:
    """Return the register that ``data`` describes.

    Args:
        data: an object with ``systems`` (a list) and ``about_all``, as ``data/systems.yml`` writes them.
        policy: the policy in which every quote must stand.
        own: what statements may name in braces, as ``{controller}``.

    Raises:
        SystemRegisterError: something is missing, unknown, doubled, or not a quote; the message says where.
    """
    sources = _Sources(policy, own or {})
    root = _object(data, "the register")
    _only(root, {"systems", "about_all"}, "the register")
    entries = root.get("systems")
    if not isinstance(entries, list) or not entries:
        raise SystemRegisterError("the register: systems must be a list with at least one entry")
    systems = tuple(_system(entry, number, sources) for number, entry in enumerate(entries, 1))
    ids = [system.id for system in systems]
    for system_id in ids:
        if ids.count(system_id) > 1:
            raise SystemRegisterError(f"{system_id}: two systems have this id")
    about_all = _object(root.get("about_all", {}), "about_all")
    _only(about_all, set(_ABOUT_ALL), "about_all")
    general = {name: _statements(about_all, name, "about_all", sources) for name in _ABOUT_ALL}
    return SystemRegister(systems=systems, **general)


def _system(entry: object, number: int, sources: _Sources) -> System:
    place = f"system {number}"
    values = _object(entry, place)
    system_id = _text(values, "id", place)
    if not set(system_id) <= _ID_CHARACTERS:
        raise SystemRegisterError(f"{place}: id {system_id!r} may hold a-z, 0-9 and _ only")
    place = system_id
    _only(values, {*_OTHER_MEMBERS, *STATEMENT_ATTRIBUTES}, place)
    statements = {name: _statements(values, name, place, sources) for name in STATEMENT_ATTRIBUTES}
    for name in _REQUIRED_STATEMENTS:
        if not statements[name]:
            raise SystemRegisterError(f"{place}: {name} is missing; what the policy does not say is said as `missing`")
    system = System(
        id=system_id,
        name=_text(values, "name", place),
        description=_text(values, "description", place),
        role=_word(Role, values.get("role"), f"{place}: role"),
        grounds=_words(Ground, values, "grounds", place),
        is_marketing=_flag(values, "is_marketing", place, default=False),
        connector=_text(values, "connector", place) if "connector" in values else None,
        kept_by=_words(KeptBy, values, "kept_by", place),
        is_erasable=_flag(values, "is_erasable", place, default=True),
        instructions=_instructions(values, place),
        **statements,
    )
    _check(system)
    return system


def _check(system: System) -> None:
    if not system.is_erasable and not system.kept_by:
        raise SystemRegisterError(f"{system.id}: what may not be erased names the law that says so in kept_by")
    needed = {Handling.FETCH, Handling.CORRECT, Handling.RESTRICT}
    needed |= {Handling.ERASE} if system.is_erasable else set()
    stoppable = {Ground.CONSENT, Ground.LEGITIMATE_INTEREST}
    needed |= {Handling.STOP} if system.is_marketing or stoppable & set(system.grounds) else set()
    if system.role is Role.PROCESSOR:
        needed = set()
    missing = sorted(needed - set(system.instructions))
    if missing:
        raise SystemRegisterError(f"{system.id}: instructions lack {', '.join(missing)}")


def _instructions(values: Mapping[str, Any], place: str) -> dict[Handling, str]:
    given = _object(values.get("instructions", {}), f"{place}: instructions")
    return {
        _word(Handling, name, f"{place}: instructions"): _text(given, name, f"{place}: instructions") for name in given
    }


def _statements(values: Mapping[str, Any], name: str, place: str, sources: _Sources) -> tuple[Statement, ...]:
    entries = values.get(name, [])
    if not isinstance(entries, list):
        raise SystemRegisterError(f"{place}: {name} must be a list")
    return tuple(_statement(entry, f"{place}: {name}[{number}]", sources) for number, entry in enumerate(entries))


def _statement(entry: object, place: str, sources: _Sources) -> Statement:
    values = _object(entry, place)
    _only(values, {"text", "section", "quote", "law", "own", "missing"}, place)
    try:
        text = _text(values, "text", place).format_map(sources.own)
    except (KeyError, ValueError, IndexError) as error:
        raise SystemRegisterError(f"{place}: nothing is known to fill in for {error}") from error
    kinds = [kind for kind in ("quote", "law", "own", "missing") if kind in values]
    if len(kinds) != 1:
        raise SystemRegisterError(f"{place}: exactly one of quote (with section), law, own and missing says its source")
    if kinds == ["quote"]:
        try:
            citation = sources.policy.cite(_text(values, "section", place), _text(values, "quote", place))
        except (PolicyStructureError, QuoteNotInPolicyError) as error:
            raise SystemRegisterError(f"{place}: {error}") from error
        return Statement(text, Origin.POLICY, citation=citation)
    if kinds == ["law"]:
        return Statement(text, Origin.LAW, law=_text(values, "law", place))
    if values[kinds[0]] is not True:
        raise SystemRegisterError(f"{place}: {kinds[0]} is either true or not there")
    return Statement(text, Origin(kinds[0]))


def _object(value: object, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise SystemRegisterError(f"{place}: an object with named members is needed")
    return value


def _only(values: Mapping[str, Any], known: set[str], place: str) -> None:
    unknown = sorted(set(values) - known)
    if unknown:
        raise SystemRegisterError(f"{place}: unknown {', '.join(unknown)}")


def _text(values: Mapping[str, Any], name: str, place: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value.strip():
        raise SystemRegisterError(f"{place}: {name} must be a text")
    return value.strip()


def _flag(values: Mapping[str, Any], name: str, place: str, *, default: bool) -> bool:
    value = values.get(name, default)
    if not isinstance(value, bool):
        raise SystemRegisterError(f"{place}: {name} is true or false")
    return value


def _words(kind: type[Word], values: Mapping[str, Any], name: str, place: str) -> tuple[Word, ...]:
    given = values.get(name, [])
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise SystemRegisterError(f"{place}: {name} must be a list")
    return tuple(_word(kind, word, f"{place}: {name}") for word in given)


def _word(kind: type[Word], value: object, place: str) -> Word:
    for member in kind:
        if member.value == value:
            return member
    raise SystemRegisterError(f"{place}: {value!r} is none of {', '.join(kind)}")
