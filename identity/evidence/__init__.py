"""What a BankID signature proves: parsed, verified, compared with what was asked. Pure; no network, no clock.

The broker calls ``verify`` before it believes a completion; ``insyn evidence verify`` calls it again years later.
"""

from identity.evidence.verify import Check, CheckResult, Evidence, VerifiedEvidence, examine, load_roots, verify

__all__ = ["Check", "CheckResult", "Evidence", "VerifiedEvidence", "examine", "load_roots", "verify"]
