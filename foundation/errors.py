"""Errors of the foundation.

FoundationError
├── DecryptionError        a ciphertext was changed, belongs elsewhere or was made with another key
│   └── UnknownKeyError    the key that made it is not on the ring
├── MailError              a mail did not leave us
│   ├── RecipientRefusedError    not taken for this recipient
│   ├── MailNotSentError         the mail server is away, or takes nothing at present
│   └── UnusableMailServerError  the setting does not name one
└── WeakSecretError        a secret is missing, too short or a development default
"""


class FoundationError(Exception):
    """Base of everything that the foundation raises."""


class DecryptionError(FoundationError):
    """The ciphertext cannot be read: changed, moved to another place, or made with another key."""


class UnknownKeyError(DecryptionError):
    """The ciphertext names a key that is not on the ring: put the old key back until rotation is done."""


class MailError(FoundationError):
    """A mail did not leave us; the message says nothing of what is in it or for whom it is."""


class RecipientRefusedError(MailError):
    """The mail was not taken for this recipient; trying again changes nothing."""


class MailNotSentError(MailError):
    """The mail server is away or takes nothing at present; trying again later may help."""


class UnusableMailServerError(MailError):
    """The setting does not name a mail server in a form that we know."""


class WeakSecretError(FoundationError):
    """A secret is missing, too short or a development default; the message names the setting, never the value."""
