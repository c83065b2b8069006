"""What the parts inside Rasa are told: by the environment, since Rasa constructs them and knows nothing of us."""

from __future__ import annotations

import os
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from foundation.encryption import KeyRing
from foundation.yaml_files import read_yaml
from privacy.company_name import CompanyName

_POLICY: Final = Path(__file__).parents[2] / "data" / "policy"


def service_token() -> str | None:
    """Return the token that the edge must show; None closes the channel to everybody."""
    return os.environ.get("INSYN_SERVICE_TOKEN") or None


def database_url() -> str | None:
    """Return the database of the trackers; None keeps them in memory, as ``rasa shell`` and tests may."""
    return os.environ.get("INSYN_DATABASE_URL") or None


def key_ring() -> KeyRing | None:
    """Return what seals the trackers; None where no secret is given, and then nothing may be stored."""
    return _ring(os.environ.get("INSYN_ENCRYPTION_SECRETS", ""))


@lru_cache(maxsize=1)
def _ring(listed: str) -> KeyRing | None:
    """Return the ring of secrets parted by commas, derived once and not at each event that is read."""
    secrets = [secret.strip() for secret in listed.split(",")]
    if not any(secrets):
        return None
    # Nothing is looked up by digest here, so any lookup key will do.
    return KeyRing.from_secrets(*filter(None, secrets), lookup_secret="")


def actions_url() -> str | None:
    """Return where the action server is, when it is not where ``endpoints.yml`` says."""
    return os.environ.get("INSYN_ACTIONS_URL") or None


@cache
def company() -> CompanyName:
    """Return what the company is called whose policy is served."""
    about = Path(os.environ.get("INSYN_POLICY_DIR") or _POLICY) / "policy.yml"
    return CompanyName.of_policy(read_yaml(about))
