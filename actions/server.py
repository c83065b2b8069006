"""The action server as a process: ``python -m actions.server --port 8703``.

It is rasa-sdk's own, but for one thing: when an action fails unexpectedly, rasa-sdk answers with the whole request,
every word of the conversation, which the caller then logs. Ours says only what kind of error it was.
"""

import argparse
import logging
import os
from typing import Final

from rasa_sdk.endpoint import create_app
from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json

import actions

log = logging.getLogger(__name__)

KEEP_ALIVE_S: Final = 75
"""How long a caller's connection may rest; longer than the caller rests it, which must be the one to close it."""


def build_app() -> Sanic:
    """Return the server with every action registered."""
    app = create_app(actions, cors_origins=[])
    app.config.KEEP_ALIVE_TIMEOUT = KEEP_ALIVE_S

    @app.exception(Exception)  # replaces rasa-sdk's
    async def unexpected(request: Request, error: Exception) -> HTTPResponse:
        status = error.status_code if isinstance(error, SanicException) else 500
        if status >= 500:
            action = (request.json or {}).get("next_action") if request.path == "/webhook" else None
            log.error("action %s failed: %s", action, type(error).__name__)
        return json({"error": type(error).__name__}, status=status)

    return app


def main() -> None:
    """Serve on loopback, or where ``SANIC_HOST`` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8703)
    port = parser.parse_args().port
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    build_app().run(os.environ.get("SANIC_HOST", "127.0.0.1"), port, access_log=False)


if __name__ == "__main__":
    main()
