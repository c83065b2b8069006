"""What a BankID signature proves: parsed, verified, compared with what was asked. Pure; no network, no clock.

The broker calls ``verify`` before it believes a completion; ``insyn evidence verify`` calls it again years later.
"""

from identity.evidence.verify import Evidence, VerifiedEvidence, load_roots, verify

__all__ = ["Evidence", "VerifiedEvidence", "load_roots", "verify"]
