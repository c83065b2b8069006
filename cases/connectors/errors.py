"""What can go wrong with another system. The message is a word or a status code, never an address or a body.

ConnectorError
├── AccessRefusedError         our key is wrong or may not do this; somebody must look at it
├── RequestRejectedError       the system will not do it however often it is asked
│   └── NotSupportedError      the system has no such operation
├── AnswerUnreadableError      what came back is not what is documented
└── SystemUnavailableError     later may be better: no connection, no answer in time, a fault on its side
    └── RateLimitedError       asked too often; says when to come back
"""

from datetime import timedelta


class ConnectorError(Exception):
    """Base of everything that a connector raises."""


class AccessRefusedError(ConnectorError):
    """The key is wrong, expired, or lacks a permission."""


class RequestRejectedError(ConnectorError):
    """The system refuses the request itself: asking again does no good."""


class NotSupportedError(RequestRejectedError):
    """The system has no such operation."""


class AnswerUnreadableError(ConnectorError):
    """The answer is not as documented."""


class SystemUnavailableError(ConnectorError):
    """The system cannot be reached, or has a fault."""


class RateLimitedError(SystemUnavailableError):
    """The system was asked too often."""

    def __init__(self, summary: str, *, retry_after: timedelta) -> None:
        super().__init__(summary)
        self.retry_after = retry_after
