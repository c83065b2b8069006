"""Errors of BankID's RP API.

BankIdError
├── RequestNotAcceptableError      our own request breaks a documented limit; nothing was sent
├── BankIdRefusalError             a documented answer {errorCode, details}
│   ├── AlreadyInProgressError     400 alreadyInProgress
│   ├── InvalidParametersError     400 invalidParameters
│   ├── UnauthorizedError          401, 403 unauthorized
│   ├── NotFoundError              404 notFound
│   ├── MethodNotAllowedError      405 methodNotAllowed
│   ├── RequestTimeoutError        408 requestTimeout
│   ├── UnsupportedMediaTypeError  415 unsupportedMediaType
│   ├── TooManyRequestsError       429 tooManyRequests
│   ├── InternalBankIdError        500 internalError
│   ├── MaintenanceError           503 maintenance
│   └── UnknownRefusalError        any other code
├── BankIdTransportError           no answer came
│   ├── BankIdUnreachableError     no connection, so nothing was asked
│   ├── BankIdTlsError             the handshake failed: certificate, root or protocol
│   ├── BankIdTimeoutError         asked, and no answer in time: whether an order exists is unknown
│   └── BankIdConnectionLostError  asked, and the connection broke: likewise unknown
└── BankIdProtocolError            an answer came that is not BankID's
    ├── NotJsonError               the body is not the JSON object it should be
    ├── RedirectRefusedError       3xx: BankID does not redirect, and we do not follow
    ├── OversizedReplyError        more bytes than any answer of BankID's has
    └── UnexpectedReplyError       JSON, but a field is missing, of the wrong type, or another order's

No message of these repeats what was sent or received: ``details`` stands in its own attribute and is not logged.
Source: RP API v6.0.
"""

from __future__ import annotations

from typing import ClassVar


class BankIdError(Exception):
    """Base of everything that a call of the RP API raises."""


class RequestNotAcceptableError(BankIdError):
    """Our request breaks a documented limit, so it was not sent. RP: correct the caller."""


class BankIdRefusalError(BankIdError):
    """BankID answered with an error body.

    Args:
        error_code: as BankID spelled it, known to us or not.
        details: BankID's explanation, for a developer; not shown and not logged.
        http_status: status of the answer.
    """

    code: ClassVar[str] = ""

    def __init__(self, error_code: str, details: str, *, http_status: int) -> None:
        super().__init__(f"BankID answered {http_status} {error_code[:64]!a}")
        self.error_code, self.details, self.http_status = error_code, details, http_status


class AlreadyInProgressError(BankIdRefusalError):
    """Code: 400 alreadyInProgress.

    Reason: the person named in ``requirement.personalNumber`` already has an order; nothing was created and the earlier
    order becomes ``cancelled``.
    RP: tell the user (RFA4) that somebody may be trying to use their BankID; let them try again, never by ourselves.
    """

    code = "alreadyInProgress"


class InvalidParametersError(BankIdRefusalError):
    """Code: 400 invalidParameters.

    Reason: a parameter is wrong, or the order is unknown, already collected, too old, cancelled or made with another RP
    certificate.
    RP: never repeat the call. After ``collect``: the order is gone. After ``auth``/``sign``: our bug.
    """

    code = "invalidParameters"


class UnauthorizedError(BankIdRefusalError):
    """Code: 401 or 403 unauthorized.

    Reason: our RP certificate has no right to the service.
    RP: alert the operators; show the generic message.
    """

    code = "unauthorized"


class NotFoundError(BankIdRefusalError):
    """Code: 404 notFound.

    Reason: the path does not exist: a wrong base address or version.
    RP: our configuration is wrong; show the generic message.
    """

    code = "notFound"


class MethodNotAllowedError(BankIdRefusalError):
    """Code: 405 methodNotAllowed.

    Reason: only POST is allowed.
    RP: our bug; as an answer to GET it proves that BankID is there.
    """

    code = "methodNotAllowed"


class RequestTimeoutError(BankIdRefusalError):
    """Code: 408 requestTimeout.

    Reason: the request took too long to arrive.
    RP: do not repeat it automatically; show RFA5.
    """

    code = "requestTimeout"


class UnsupportedMediaTypeError(BankIdRefusalError):
    """Code: 415 unsupportedMediaType.

    Reason: the content type is not exactly ``application/json`` (a charset is enough).
    RP: our bug, or a proxy that rewrites headers.
    """

    code = "unsupportedMediaType"


class TooManyRequestsError(BankIdRefusalError):
    """Code: 429 tooManyRequests.

    Reason: the rate limit of the RP certificate.
    RP: wait ``retry_after_s`` (from the RateLimit or Retry-After headers), show RFA5.
    """

    code = "tooManyRequests"
    retry_after_s: float | None = None


class InternalBankIdError(BankIdRefusalError):
    """Code: 500 internalError.

    Reason: a technical error at BankID.
    RP: do not repeat automatically; show RFA5.
    """

    code = "internalError"


class MaintenanceError(BankIdRefusalError):
    """Code: 503 maintenance.

    Reason: the service is being maintained; nothing was created.
    RP: a few silent repetitions, then RFA5.
    """

    code = "maintenance"


class UnknownRefusalError(BankIdRefusalError):
    """Code: any that this version does not know.

    Reason: the API has grown.
    RP: tolerate; show RFA22.
    """


class BankIdTransportError(BankIdError):
    """No answer came."""


class BankIdUnreachableError(BankIdTransportError):
    """No connection was made, so no order exists. RP: RFA5; alert the operators if it lasts."""


class BankIdTlsError(BankIdTransportError):
    """The TLS handshake failed. RP: check our certificate's validity and the configured root; alert the operators."""


class BankIdTimeoutError(BankIdTransportError):
    """The answer did not come in time; an order may exist. RP: never repeat ``auth`` or ``sign`` by itself."""


class BankIdConnectionLostError(BankIdTransportError):
    """The connection broke before the answer; an order may exist. RP: never repeat ``auth`` or ``sign`` by itself."""


class BankIdProtocolError(BankIdError):
    """What came back is not an answer of BankID's."""

    def __init__(self, message: str, *, http_status: int) -> None:
        super().__init__(message)
        self.http_status = http_status


class NotJsonError(BankIdProtocolError):
    """The body is not a JSON object: a proxy's page, or a cut answer. RP: RFA22."""


class RedirectRefusedError(BankIdProtocolError):
    """The answer points elsewhere. RP: never follow; check the base address and what stands between."""


class OversizedReplyError(BankIdProtocolError):
    """The body is larger than any of BankID's. RP: RFA22; check what stands between."""


class UnexpectedReplyError(BankIdProtocolError):
    """A field is missing or of the wrong type, or ``orderRef`` is not the one asked for. RP: treat as no answer."""


_BY_CODE: dict[str, type[BankIdRefusalError]] = {
    error.code: error
    for error in (
        AlreadyInProgressError,
        InvalidParametersError,
        UnauthorizedError,
        NotFoundError,
        MethodNotAllowedError,
        RequestTimeoutError,
        UnsupportedMediaTypeError,
        TooManyRequestsError,
        InternalBankIdError,
        MaintenanceError,
    )
}
DOCUMENTED_CODES = frozenset(_BY_CODE)


def refusal(error_code: str, details: str, *, http_status: int) -> BankIdRefusalError:
    """Return the error of ``error_code``; an unknown code keeps its spelling."""
    return _BY_CODE.get(error_code, UnknownRefusalError)(error_code, details, http_status=http_status)
