"""Passwords: hashed with Argon2id off the event loop, and the few rules that a new one must follow."""

import asyncio
import random as randomness
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from functools import cache
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

Result = TypeVar("Result")

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 200
"""Longer ones would be work for the hash and for nobody else."""

_MIN_DIFFERENT: Final = 5
_ALPHABET: Final = "23456789abcdefghjkmnpqrstvwxyz"
_GROUPS, _GROUP_LENGTH = 4, 4

_hasher = PasswordHasher()  # RFC 9106's profile for constrained memory: 64 MiB, three passes
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
"""Few, so that a flood of log-ins takes neither all memory nor all processors."""


class PasswordProblem(StrEnum):
    """Why a password is not accepted."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_MONOTONOUS = "too_monotonous"
    CONTAINS_NAME = "contains_name"
    SAME_AS_BEFORE = "same_as_before"
    NOT_REPEATED = "not_repeated"


def new_one_time_password(random: randomness.Random) -> str:
    """Return a password to be typed once: four groups of four characters without lookalikes, 78 bits."""
    groups = ("".join(random.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    return "-".join(groups)


def problems_with(
    password: str, *, repeated: str, is_the_same: bool, names: tuple[str, ...]
) -> tuple[PasswordProblem, ...]:
    """Return what speaks against a new password; nothing when it is good.

    Length is what counts (NIST SP 800-63B section 3.1.1.2): there are no rules on digits and signs.

    Args:
        password: the new one.
        repeated: the new one, typed again.
        is_the_same: whether it is the one it replaces.
        names: the account's names, which do not count towards the length.
    """
    plain = _normalised(password).casefold()
    found = {
        PasswordProblem.TOO_SHORT: len(plain) < MIN_LENGTH,
        PasswordProblem.TOO_LONG: len(plain) > MAX_LENGTH,
        PasswordProblem.TOO_MONOTONOUS: len(set(plain)) < _MIN_DIFFERENT,
        PasswordProblem.CONTAINS_NAME: _leans_on_a_name(plain, names),
        PasswordProblem.SAME_AS_BEFORE: is_the_same,
        PasswordProblem.NOT_REPEATED: _normalised(password) != _normalised(repeated),
    }
    return tuple(problem for problem, is_so in found.items() if is_so)


def _leans_on_a_name(plain: str, names: tuple[str, ...]) -> bool:
    found = [name for name in (_normalised(name).casefold() for name in names) if name and name in plain]
    return any(len(plain.replace(name, "")) < MIN_LENGTH for name in found)


async def hash_password(password: str) -> str:
    """Return the encoded Argon2id hash."""
    return await _in_thread(_hasher.hash, _normalised(password))


async def password_matches(password_hash: str | None, password: str) -> bool:
    """Tell whether the password is right. Without a hash (an unknown name) it takes as long, and is wrong."""
    return await _in_thread(_verify, password_hash, _normalised(password)[:MAX_LENGTH])


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        _hasher.verify(password_hash or _hash_of_nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def _normalised(password: str) -> str:
    """Return one spelling of what looks alike on different keyboards (NIST SP 800-63B section 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


@cache
def _hash_of_nobody() -> str:
    return _hasher.hash("nobody has this password")


async def _in_thread(function: Callable[..., Result], *arguments: object) -> Result:
    return await asyncio.get_running_loop().run_in_executor(_threads, function, *arguments)
