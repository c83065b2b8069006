"""Encryption of long contents piece by piece: memory stays bounded, and nothing can be cut off unnoticed.

Every content has a data key of its own, 32 random bytes that the key ring seals. Rotation therefore rewrites that one
value and never the content. A piece is AES-256-GCM under the nonce ``number (11 bytes) ‖ last (1 byte)``, so that
pieces cannot change places, be left out or end too early: the STREAM construction of Hoang, Reyhanitabar, Rogaway and
Vizár ("Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015). A key seals one content, so no
nonce comes twice.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from foundation.encryption import KEY_BYTES, KeyRing
from foundation.errors import DecryptionError

_NUMBER_BYTES = 11


@dataclass(frozen=True, slots=True)
class ContentKey:
    """The key of one content, and the place that the content belongs to."""

    key: bytes = field(repr=False)
    context: str
    """Goes in as associated data: a piece copied to another content does not open there."""

    def seal_piece(self, piece: bytes, *, number: int, is_last: bool) -> bytes:
        """Return the ciphertext of piece ``number`` (0, 1, 2 …); seal each number once."""
        return AESGCM(self.key).encrypt(_nonce(number, is_last=is_last), piece, self.context.encode())

    def open_piece(self, sealed: bytes, *, number: int, is_last: bool) -> bytes:
        """Return the piece.

        Raises:
            DecryptionError: it was changed, stands in another's place, or the content goes on or ends elsewhere.
        """
        try:
            return AESGCM(self.key).decrypt(_nonce(number, is_last=is_last), sealed, self.context.encode())
        except InvalidTag:
            raise DecryptionError(f"piece {number} in {self.context} was changed, moved or cut off") from None


def new_content_key(ring: KeyRing, *, context: str) -> tuple[ContentKey, bytes]:
    """Return a new key for one content, and the same sealed by the ring as it is stored."""
    key = secrets.token_bytes(KEY_BYTES)
    return ContentKey(key, context), ring.encrypt(key, context=context)


def open_content_key(ring: KeyRing, sealed: bytes, *, context: str) -> ContentKey:
    """Return the key of a stored content.

    Raises:
        DecryptionError: it was changed, comes from elsewhere, or its key is not on the ring.
    """
    return ContentKey(ring.decrypt(sealed, context=context), context)


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_NUMBER_BYTES, "big") + bytes([is_last])
