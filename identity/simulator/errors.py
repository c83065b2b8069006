"""Errors of the simulator.

SimulatorError
├── ApiRefusalError    answered to the relying party as {errorCode, details}
└── ScanRefusedError   the phone cannot open the order
"""

from __future__ import annotations

from typing import Final

STATUS_OF: Final = {
    "alreadyInProgress": 400,
    "invalidParameters": 400,
    "unauthorized": 401,
    "notFound": 404,
    "methodNotAllowed": 405,
    "requestTimeout": 408,
    "unsupportedMediaType": 415,
    "tooManyRequests": 429,
    "internalError": 500,
    "maintenance": 503,
    "unknownCode": 418,
}
"""HTTP status of each error code; the last one is no code of BankID's."""


class SimulatorError(Exception):
    """Base of everything that the simulator raises."""


class ApiRefusalError(SimulatorError):
    """The relying party is refused."""

    def __init__(self, code: str, details: str) -> None:
        super().__init__(f"{code}: {details}")
        self.code, self.details, self.status = code, details, STATUS_OF[code]


class ScanRefusedError(SimulatorError):
    """The phone cannot open an order: ``malformed``, ``unknown``, ``forged``, ``stale`` or ``not_waiting``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
