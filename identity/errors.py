"""Errors of identity, but for those of BankID's API (``identity.bankid.errors``).

IdentityError
├── BrokerError
│   ├── IdentificationNotFoundError       unknown, or bound to another session
│   ├── IdentificationStateError          not possible in the state that it is in
│   ├── IdentificationNotAvailableError   nothing to consume for this conversation and reference
│   ├── TooManyStartsError                the session or address began too many orders
│   ├── TooManyCodesError                 too many codes were mailed to it, or for it
│   ├── AddressUnusableError              what was typed is no e-mail address
│   └── ReturnRefusedError                the return page was opened by the wrong browser, late or twice
├── EvidenceError                         a signature does not prove what it should
│   ├── EvidenceMalformedError            not of BankID's structure
│   ├── EvidenceInvalidError              digest, signature, chain or OCSP answer is wrong
│   └── EvidenceMismatchError             sound, but another text, purpose or person
└── ConfigurationError
    ├── CertificateUnusableError          our RP certificate or a root cannot be read
    └── NotForProductionError             a simulator's or test address or root in production
"""

from __future__ import annotations


class IdentityError(Exception):
    """Base of everything that identity raises on its own account."""


class BrokerError(IdentityError):
    """The broker refuses."""


class IdentificationNotFoundError(BrokerError):
    """There is no such identification for this session; whether it exists for another is not told."""


class IdentificationStateError(BrokerError):
    """The identification is in a state in which this cannot be done."""


class IdentificationNotAvailableError(BrokerError):
    """There is no completed identification to consume: none, unfinished, another reference, or too old."""


class TooManyStartsError(BrokerError):
    """Too many orders were begun from this session or address."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many starts; again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class TooManyCodesError(BrokerError):
    """Too many codes were mailed to this address, for this session or from this network address."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many codes; again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class AddressUnusableError(BrokerError):
    """What was typed is no e-mail address."""


class ReturnRefusedError(BrokerError):
    """The nonce is unknown, used, too old, or came to a browser that did not begin the order."""


class EvidenceError(IdentityError):
    """The evidence does not hold; the message says which check failed and repeats nothing of the content."""


class EvidenceMalformedError(EvidenceError):
    """It is not a signature of BankID's structure."""


class EvidenceInvalidError(EvidenceError):
    """A digest, the signature, the certificate chain or the OCSP answer does not verify."""


class EvidenceMismatchError(EvidenceError):
    """The signature is sound, but of another text, another purpose or another person."""


class ConfigurationError(IdentityError):
    """Identity cannot be started as it is configured."""


class CertificateUnusableError(ConfigurationError):
    """Our RP certificate, its key or a root cannot be used."""


class NotForProductionError(ConfigurationError):
    """Production must reach BankID itself, with its own roots."""
