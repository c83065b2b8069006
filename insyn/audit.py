"""``insyn audit``: is the history whole, and proof for later that it was."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cases import checkpoints
from cases.audit import Finding, verify
from cases.errors import CheckpointError
from foundation.clock import system_clock
from foundation.database import Sessions
from insyn.errors import InsynError
from insyn.settings import Settings
from insyn.upkeep import with_database

WITHOUT_CHECKPOINT: Final = (
    "A case that vanished whole, or was rewritten to its end, shows only against a checkpoint: --checkpoint FILE."
)


def verify_audit(config: Settings, *, checkpoint: Path | None = None, public_key: Path | None = None) -> str:
    """Walk every chain, compare with a checkpoint if one is given, and return what that shows, and what it does not.

    Raises:
        InsynError: something is not as it was written; the text names each line. Or the checkpoint is not genuine.
    """
    key = _public_key(config, public_key) if checkpoint is not None else None

    async def work(sessions: Sessions) -> tuple[str, Sequence[Finding]]:
        compared = WITHOUT_CHECKPOINT
        async with sessions() as session:
            began_at = system_clock()
            report = await verify(session)
            findings = list(report.findings)
            if checkpoint is not None and key is not None:
                with checkpoint.open() as lines:
                    made_at, heads = checkpoints.read_checkpoint(lines, key)
                findings += await checkpoints.compare(session, made_at, heads)
                compared = (
                    f"The checkpoint of {_utc(made_at)} is genuine (key {fingerprint(key)}), and each of its "
                    f"{len(heads)} chains goes on from where it stood."
                )
            walked = f"{report.events} lines of {report.cases} cases and of the register's own log"
            return f"{_utc(began_at)}: {walked} are as they were written.\n{compared}", findings

    try:
        walked, findings = with_database(config, work)
    except (OSError, CheckpointError) as error:
        raise InsynError(f"{checkpoint}: {error}") from None
    if findings:
        lines = "\n".join(
            f"  {found.reference} line {found.sequence}: {found.fault} ({found.fault.meaning})"
            for found in dict.fromkeys(findings)
        )
        raise InsynError(f"the history is not as it was written:\n{lines}")
    return walked


def write_checkpoint(config: Settings, path: Path) -> str:
    """Write the heads of all chains, signed, and return how many there are and who signed.

    Raises:
        InsynError: there is no signing key, or the file is there already: a checkpoint is never replaced.
    """
    key = _signing_key(config)

    async def work(sessions: Sessions) -> int:
        chains = -2  # the first and the last line are none
        async with sessions() as session:
            with path.open("x") as file:
                async for line in checkpoints.checkpoint_lines(session, key, now=system_clock()):
                    file.write(line)
                    chains += 1
        return chains

    try:
        chains = with_database(config, work)
    except OSError as error:
        raise InsynError(f"{path}: {error.strerror}") from None
    return (
        f"{path}: {chains} chains (the register's own log and one a case), signed by key "
        f"{fingerprint(key.public_key())}"
    )


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return what tells a key from others: SHA-256 over its DER form, the first 16 of its hexadecimal digits."""
    form = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(form).hexdigest()[:16]


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _signing_key(config: Settings) -> Ed25519PrivateKey:
    path = config.audit_signing_key
    if path is None and config.production:
        raise InsynError("INSYN_AUDIT_SIGNING_KEY must name an Ed25519 key (PEM): openssl genpkey -algorithm ed25519")
    if path is None:
        path = _development_key(config)
    key = _read(path, lambda content: serialization.load_pem_private_key(content, password=None))
    if not isinstance(key, Ed25519PrivateKey):
        raise InsynError(f"{path} is no Ed25519 private key")
    return key


def _public_key(config: Settings, path: Path | None) -> Ed25519PublicKey:
    if path is None:
        return _signing_key(config).public_key()
    key = _read(path, serialization.load_pem_public_key)
    if not isinstance(key, Ed25519PublicKey):
        raise InsynError(f"{path} is no Ed25519 public key")
    return key


def _read(path: Path, load: Callable[[bytes], object]) -> object:
    try:
        return load(path.read_bytes())
    except OSError as error:
        raise InsynError(f"{path}: {error.strerror}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InsynError(f"{path} is no key in PEM form") from None


def _development_key(config: Settings) -> Path:
    """Return the path of a key of our own, made when there is none: good enough to try it."""
    path = config.data_dir / "audit-signing-key.pem"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(
            Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    return path
