"""The widget's files and those of the pages, as they travel: scripts without comments, everything compressed.

Developers read and change what stands in ``bot/static``; a change is served at the next request (docs/adr/0035).
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rjsmin import jsmin
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles

SCRIPT: Final = ".js"


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A file as it is sent, and of which state of the file that was made."""

    modified_ns: int
    digest: str
    plain: bytes
    zipped: bytes


class Assets(StaticFiles):
    """The files of a directory; a missing one is a plain 404, whatever its name.

    Args:
        directory: where they stand.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory)
        self._prepared: dict[str, _Prepared] = {}

    async def get_response(self, path: str, scope: Any) -> Response:
        """Return the file, or the sentence that the browser's copy still holds."""
        try:
            return await super().get_response(path, scope)
        except (ValueError, UnicodeError):  # a null byte or half a character in the path
            raise HTTPException(404) from None

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Any, status_code: int = 200
    ) -> Response:
        """Return a file that is there (called by the base class)."""
        file, asked = Path(full_path), Headers(scope=scope)
        prepared = self._as_sent(file, stat_result.st_mtime_ns)
        zipped = "gzip" in asked.get("accept-encoding", "")
        headers = {"ETag": f'"{prepared.digest}{"-gzip" if zipped else ""}"', "Vary": "Accept-Encoding"}
        if zipped:
            headers["Content-Encoding"] = "gzip"
        response = Response(
            prepared.zipped if zipped else prepared.plain,
            status_code,
            headers=headers,
            media_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        )
        return NotModifiedResponse(response.headers) if self.is_not_modified(response.headers, asked) else response

    def _as_sent(self, file: Path, modified_ns: int) -> _Prepared:
        known = self._prepared.get(str(file))
        if known is None or known.modified_ns != modified_ns:
            plain = file.read_bytes()
            if file.suffix == SCRIPT:
                plain = jsmin(plain)
            digest = hashlib.sha256(plain).hexdigest()[:24]
            known = _Prepared(modified_ns, digest, plain, gzip.compress(plain, mtime=0))
            self._prepared[str(file)] = known
        return known
