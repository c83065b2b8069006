"""What the parts inside Rasa are told: by the environment, since Rasa constructs them and knows nothing of us."""

from __future__ import annotations

import os


def service_token() -> str | None:
    """Return the token that the edge must show; None closes the channel to everybody."""
    return os.environ.get("INSYN_SERVICE_TOKEN") or None


def database_url() -> str | None:
    """Return the database of the trackers; None keeps them in memory, as ``rasa shell`` and tests may."""
    return os.environ.get("INSYN_DATABASE_URL") or None


def actions_url() -> str | None:
    """Return where the action server is, when it is not where ``endpoints.yml`` says."""
    return os.environ.get("INSYN_ACTIONS_URL") or None
