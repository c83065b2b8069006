"""Seals what a case holds about a person: each value bound to its case and its column."""

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Final

from pydantic_core import to_json

from cases.drafts import CaseDraft, Evidence, MarketingBlockDraft, MarketingChannel
from cases.history import canonical_json
from foundation.encryption import KeyRing

_PERSON: Final = "cases.person"
_CONTACT: Final = "cases.contact"
_REQUEST: Final = "cases.request"


class Sealer:
    """Encrypts, decrypts and digests for the case system's tables."""

    def __init__(self, key_ring: KeyRing) -> None:
        self._keys = key_ring

    def seal(self, text: str | None, *, column: str, reference: str) -> bytes | None:
        """Return the ciphertext for a column of the row with that reference; None stays None."""
        return None if text is None else self.seal_certain(text, column=column, reference=reference)

    def seal_certain(self, text: str, *, column: str, reference: str) -> bytes:
        """Like :meth:`seal`, where there always is a text."""
        return self._keys.encrypt_text(text, context=_context(column, reference))

    def unseal(self, sealed: bytes | None, *, column: str, reference: str) -> str | None:
        """Return what was sealed there.

        Raises:
            DecryptionError: it was changed, comes from elsewhere, or its key is not on the ring.
        """
        return None if sealed is None else self.unseal_certain(sealed, column=column, reference=reference)

    def unseal_certain(self, sealed: bytes, *, column: str, reference: str) -> str:
        """Like :meth:`unseal`, where there always is a text."""
        return self._keys.decrypt_text(sealed, context=_context(column, reference))

    def seal_json(self, values: Mapping[str, str], *, column: str, reference: str) -> bytes | None:
        """Like :meth:`seal`, for an object of strings; an empty one becomes None."""
        if not values:
            return None
        return self.seal(to_json(values).decode(), column=column, reference=reference)

    def unseal_json(self, sealed: bytes | None, *, column: str, reference: str) -> dict[str, str]:
        """Like :meth:`unseal`, for an object of strings."""
        text = self.unseal(sealed, column=column, reference=reference)
        return {} if text is None else {str(key): str(value) for key, value in json.loads(text).items()}

    def person_digest(self, personal_identity_number: str) -> bytes:
        """Return what finds the cases of a person."""
        return self._keys.lookup_digest(personal_identity_number, context=_PERSON)

    def contact_digest(self, normalised_email: str) -> bytes:
        """Return what finds the cases with that contact address."""
        return self._keys.lookup_digest(normalised_email, context=_CONTACT)

    def address_digest(self, channel: MarketingChannel, normalised_address: str) -> bytes:
        """Return what finds an address on the suppression list."""
        return self._keys.lookup_digest(normalised_address, context=f"cases.marketing_block.{channel}")

    def request_digest(self, draft: CaseDraft | MarketingBlockDraft) -> bytes:
        """Return what tells a retry from another request under the same reference."""
        content = _case_content(draft) if isinstance(draft, CaseDraft) else _block_content(draft)
        return self._keys.lookup_digest(canonical_json(content).decode(), context=_REQUEST)


def evidence_values(evidence: Evidence) -> dict[str, str]:
    """Return the evidence as it is sealed."""
    return {
        "visible_text": evidence.visible_text,
        "non_visible_data": evidence.non_visible_data,
        "signature": evidence.signature,
        "ocsp_response": evidence.ocsp_response,
    }


def _context(column: str, reference: str) -> str:
    return f"cases.{column}:{reference}"


def _case_content(draft: CaseDraft) -> dict[str, object]:
    identity = draft.identity
    return {
        "reference": draft.reference,
        "request_type": draft.request_type,
        "received_at": draft.received_at.astimezone(UTC).isoformat(),
        "channel": draft.channel,
        "conversation_id": str(draft.conversation_id),
        "details": draft.details,
        "contact_email": draft.contact_email,
        "identity": {
            "level": identity.level,
            "method": identity.method,
            "personal_identity_number": identity.personal_identity_number,
            "name": identity.name,
            "verified_at": identity.verified_at and identity.verified_at.astimezone(UTC).isoformat(),
            "evidence": identity.evidence and evidence_values(identity.evidence),
        },
    }


def _block_content(draft: MarketingBlockDraft) -> dict[str, object]:
    return {
        "reference": draft.reference,
        "channel": draft.channel,
        "address": draft.address,
        "received_at": draft.received_at.astimezone(UTC).isoformat(),
        "conversation_id": str(draft.conversation_id),
    }
