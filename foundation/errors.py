"""Errors of the foundation.

FoundationError
├── DecryptionError        a ciphertext was changed, belongs elsewhere or was made with another key
│   └── UnknownKeyError    the key that made it is not on the ring
└── WeakSecretError        a secret is missing, too short or a development default
"""


class FoundationError(Exception):
    """Base of everything that the foundation raises."""


class DecryptionError(FoundationError):
    """The ciphertext cannot be read: changed, moved to another place, or made with another key."""


class UnknownKeyError(DecryptionError):
    """The ciphertext names a key that is not on the ring: put the old key back until rotation is done."""


class WeakSecretError(FoundationError):
    """A secret is missing, too short or a development default; the message names the setting, never the value."""
