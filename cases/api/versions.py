"""Which version of a thing a caller saw: in the body, or as ``If-Match`` with the ``ETag`` that came with it."""

import re
from typing import Annotated, Final

from fastapi import Header

from foundation.problems import ProblemError

_ETAG: Final = re.compile(r'(?:W/)?"([1-9][0-9]{0,8})"', re.ASCII)
_MISSING: Final = "Läs först och skicka med den version du såg."

IfMatch = Annotated[
    str | None, Header(max_length=40, description="The `ETag` that the caller saw, in place of `version`")
]


def etag_of(version: int) -> str:
    """Return the ``ETag`` of a version."""
    return f'"{version}"'


def seen_version(version: int | None, if_match: str | None) -> int:
    """Return the version that the caller saw, said in the body, in ``If-Match``, or alike in both.

    Raises:
        ProblemError: 428 when neither says it, 422 when they differ or ``If-Match`` is none of ours.
    """
    tag = None if if_match is None else _ETAG.fullmatch(if_match.strip())
    if version is None and if_match is None:
        raise ProblemError(428, "version-missing", "Say which version you saw", _MISSING)
    if if_match is not None and (tag is None or (version is not None and version != int(tag[1]))):
        raise ProblemError(422, "invalid-version", "If-Match is no version of ours, or not that of the body")
    return int(tag[1]) if tag is not None else version or 0
