"""What is stored encrypted, and under which context: a value copied elsewhere does not open."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from foundation.encryption import KeyRing

_TEXT = "chat.identification.visible_text"
_COMPLETION = "chat.identification.completion"
_SECRETS = "chat.identification_order.secrets"
_ADDRESS = "chat.identification_start.address_digest"
_EMAIL = "chat.identification.email"
_CODE = "chat.identification_code.code_digest"
_MAIL = "chat.identification_mail.email_digest"
_DEVICE = "bankid.web.deviceIdentifier"


@dataclass(frozen=True, slots=True)
class OrderSecrets:
    """What only we and BankID know of an order, and what its renewal needs. Tokens are None until BankID answered."""

    end_user_ip: str = field(repr=False)
    user_agent: str = field(repr=False)
    return_url: str | None = field(default=None, repr=False)
    order_ref: str | None = field(default=None, repr=False)
    auto_start_token: str | None = field(default=None, repr=False)
    qr_start_token: str | None = field(default=None, repr=False)
    qr_start_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Completion:
    """What is kept of BankID's ``completionData`` until it is consumed."""

    personal_number: str = field(repr=False)
    name: str = field(repr=False)
    given_name: str = field(repr=False)
    surname: str = field(repr=False)
    non_visible_data: str = field(repr=False)
    signature: str = field(repr=False)
    ocsp_response: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConfirmedEmail:
    """What is kept of a code that was right, until it is consumed."""

    email: str = field(repr=False)


class Vault:
    """Seals and opens; every ciphertext is bound to its column and its identification."""

    def __init__(self, key_ring: KeyRing) -> None:
        self._keys = key_ring

    def seal_text(self, identification_id: str, text: str) -> bytes:
        return self._keys.encrypt_text(text, context=f"{_TEXT}:{identification_id}")

    def open_text(self, identification_id: str, sealed: bytes) -> str:
        return self._keys.decrypt_text(sealed, context=f"{_TEXT}:{identification_id}")

    def seal_secrets(self, identification_id: str, secrets: OrderSecrets) -> bytes:
        return self._keys.encrypt_text(json.dumps(asdict(secrets)), context=f"{_SECRETS}:{identification_id}")

    def open_secrets(self, identification_id: str, sealed: bytes) -> OrderSecrets:
        return OrderSecrets(**json.loads(self._keys.decrypt_text(sealed, context=f"{_SECRETS}:{identification_id}")))

    def seal_completion(self, identification_id: str, completion: Completion | ConfirmedEmail) -> bytes:
        return self._keys.encrypt_text(json.dumps(asdict(completion)), context=f"{_COMPLETION}:{identification_id}")

    def open_completion(self, identification_id: str, sealed: bytes) -> Completion | ConfirmedEmail:
        kept = json.loads(self._keys.decrypt_text(sealed, context=f"{_COMPLETION}:{identification_id}"))
        return ConfirmedEmail(**kept) if "email" in kept else Completion(**kept)

    def seal_email(self, identification_id: str, email: str) -> bytes:
        return self._keys.encrypt_text(email, context=f"{_EMAIL}:{identification_id}")

    def open_email(self, identification_id: str, sealed: bytes) -> str:
        return self._keys.decrypt_text(sealed, context=f"{_EMAIL}:{identification_id}")

    def code_digest(self, identification_id: str, email: str, code: str) -> bytes:
        """Return what a code is compared by; of use for this identification and address alone."""
        return self._keys.lookup_digest(f"{email}:{code}", context=f"{_CODE}:{identification_id}")

    def email_digest(self, email: str) -> bytes:
        """Return what mails to an address are counted by without its being readable."""
        return self._keys.lookup_digest(email, context=_MAIL)

    def address_digest(self, address: str) -> bytes:
        """Return what an address is counted by without being readable."""
        return self._keys.lookup_digest(address, context=_ADDRESS)

    def device_identifier(self, session_hash: bytes) -> str:
        """Return 64 characters that are the same for the same browser, and tell BankID nothing of our session."""
        return self._keys.lookup_digest(session_hash.hex(), context=_DEVICE).hex()
