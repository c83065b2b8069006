"""Encryption of fields at rest: AES-256-GCM with a key id, bound to the place where the ciphertext stands.

A ciphertext is ``key id (8 bytes) ‖ nonce (12) ‖ AES-GCM output``. The context ("cases.privacy_case.name") goes in as
associated data, so that a value copied into another column or table no longer opens. Keys are named by a digest of
themselves: nobody numbers them, and a ring holds the old ones until rotation has rewritten what they made.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from foundation.errors import DecryptionError, UnknownKeyError

KEY_BYTES = 32
_KEY_ID_BYTES = 8
_NONCE_BYTES = 12
_TEXT_MARK = "sealed"


def derive_key(secret: str, *, purpose: str) -> bytes:
    """Return a 32-byte key for ``purpose`` from a high-entropy ``secret`` of the environment (HMAC-SHA-256)."""
    return hmac.digest(secret.encode(), f"insyn:{purpose}".encode(), hashlib.sha256)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys that may open what is stored; the first one closes what is new.

    Args:
        keys: 32-byte AES keys, the current one first.
        lookup_key: 32-byte key of the keyed digest by which an encrypted value is found again.
    """

    keys: Sequence[bytes] = field(repr=False)
    lookup_key: bytes = field(repr=False)

    _ciphers: Mapping[bytes, AESGCM] = field(init=False, repr=False, compare=False)
    """What opens and closes, by key id, the current key first; made once, since a case has many sealed columns."""

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) != KEY_BYTES for key in (*self.keys, self.lookup_key)):
            raise ValueError(f"every key of the ring is {KEY_BYTES} bytes long, and there is at least one")
        object.__setattr__(self, "_ciphers", {_key_id(key): AESGCM(key) for key in self.keys})

    @classmethod
    def from_secrets(cls, *secrets_newest_first: str, lookup_secret: str) -> KeyRing:
        """Return the ring that the settings' secrets make."""
        keys = [derive_key(secret, purpose="field-encryption") for secret in secrets_newest_first]
        return cls(keys=keys, lookup_key=derive_key(lookup_secret, purpose="keyed-lookup"))

    def encrypt(self, plaintext: bytes, *, context: str) -> bytes:
        """Return the ciphertext of ``plaintext``, readable only with this ring and under the same ``context``."""
        key_id, nonce = self.current_key_id, secrets.token_bytes(_NONCE_BYTES)
        return key_id + nonce + self._ciphers[key_id].encrypt(nonce, plaintext, context.encode())

    def decrypt(self, ciphertext: bytes, *, context: str) -> bytes:
        """Return what was encrypted.

        Raises:
            UnknownKeyError: the key that made it is not on the ring.
            DecryptionError: it was changed, cut short, or made under another context.
        """
        key_id, nonce, body = (
            ciphertext[:_KEY_ID_BYTES],
            ciphertext[_KEY_ID_BYTES : _KEY_ID_BYTES + _NONCE_BYTES],
            ciphertext[_KEY_ID_BYTES + _NONCE_BYTES :],
        )
        if len(nonce) != _NONCE_BYTES:
            raise DecryptionError(f"a ciphertext in {context} is cut short")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise UnknownKeyError(
                f"a ciphertext in {context} was made with key {key_id.hex()}, which is not on the ring"
            )
        try:
            return cipher.decrypt(nonce, body, context.encode())
        except InvalidTag:
            raise DecryptionError(f"a ciphertext in {context} was changed or moved here from elsewhere") from None

    def encrypt_text(self, plaintext: str, *, context: str) -> bytes:
        """Like :meth:`encrypt`, for text (UTF-8)."""
        return self.encrypt(plaintext.encode(), context=context)

    def decrypt_text(self, ciphertext: bytes, *, context: str) -> str:
        """Like :meth:`decrypt`, for text (UTF-8)."""
        return self.decrypt(ciphertext, context=context).decode()

    def encrypt_to_text(self, plaintext: str, *, context: str) -> str:
        """Like :meth:`encrypt_text`, for a column of text: ``sealed:KEY ID:CIPHERTEXT``."""
        sealed = self.encrypt_text(plaintext, context=context)
        return f"{self.text_prefix}{base64.b64encode(sealed).decode()}"

    def decrypt_from_text(self, sealed: str, *, context: str) -> str:
        """Return what :meth:`encrypt_to_text` made.

        Raises:
            DecryptionError: as :meth:`decrypt`, or it is no ciphertext at all.
        """
        mark, _, rest = sealed.partition(":")
        if mark != _TEXT_MARK:
            raise DecryptionError(f"what stands in {context} is not sealed")
        try:
            ciphertext = base64.b64decode(rest.partition(":")[2], validate=True)
        except binascii.Error:
            raise DecryptionError(f"a ciphertext in {context} was changed") from None
        return self.decrypt_text(ciphertext, context=context)

    @property
    def current_key_id(self) -> bytes:
        """The first bytes of everything that this ring encrypts now."""
        return next(iter(self._ciphers))

    @property
    def key_ids(self) -> Sequence[bytes]:
        """The ids of all keys of the ring, the current one first."""
        return tuple(self._ciphers)

    @property
    def text_prefix(self) -> str:
        """The first characters of every text that this ring encrypts now."""
        return f"{_TEXT_MARK}:{self.current_key_id.hex()}:"

    def needs_rotation(self, ciphertext: bytes) -> bool:
        """Tell whether ``ciphertext`` was made with another key than the current one."""
        return ciphertext[:_KEY_ID_BYTES] != self.current_key_id

    def lookup_digest(self, value: str, *, context: str) -> bytes:
        """Return the keyed digest (HMAC-SHA-256, 32 bytes) by which ``value`` is found without being readable."""
        return hmac.digest(self.lookup_key, f"{context}:{value}".encode(), hashlib.sha256)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"insyn key id:" + key).digest()[:_KEY_ID_BYTES]
