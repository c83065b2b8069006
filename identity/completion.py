"""Is an approval believed? Decided from BankID's completion, our order and the evidence; nothing is stored here."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography import x509

from identity.addresses import same_place
from identity.bankid.replies import CompletionData, Risk
from identity.errors import EvidenceError
from identity.evidence import Evidence, verify

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Approval:
    """What an approval must fit."""

    visible_text: str
    non_visible_data: str
    end_user_ip: str
    same_device: bool
    needs_return: bool


def non_visible_data(*, visible_text: str, conversation_id: str, reference: str, nonce: str) -> str:
    """Return what is signed unseen: canonical JSON (sorted keys, no spaces, UTF-8) that ties text to purpose."""
    content = {
        "conversation_id": conversation_id,
        "nonce": nonce,
        "purpose": reference,
        "visible_text_sha256": sha256(visible_text.encode()).hexdigest(),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def refusal(data: CompletionData, approval: Approval, roots: Sequence[x509.Certificate]) -> str | None:
    """Return why the approval is not believed, as the key of a message; None when it is.

    High risk, then evidence, then place: whoever approved on the same device should be where the visitor is. Where the
    two addresses cannot be compared, the return page's nonce decides alone; without one there is nothing left to go by.
    """
    if data.risk == Risk.HIGH:
        return "broker:risk_high"
    evidence = Evidence(
        visible_text=approval.visible_text,
        non_visible_data=approval.non_visible_data,
        personal_identity_number=data.user.personal_number,
        signature=data.signature,
        ocsp_response=data.ocsp_response,
    )
    try:
        verify(evidence, roots)
    except EvidenceError as error:
        log.warning("a completion's evidence does not hold: %s", error)
        return "broker:evidence_refused"
    if approval.same_device:
        same = same_place(approval.end_user_ip, data.device.ip_address)
        if same is False or (same is None and not approval.needs_return):
            return "broker:address_mismatch"
    return None
