"""The documented limits of ``auth`` and ``sign``, checked as strictly as BankID is known to, and a little more.

Written apart from the client's own models, so that a mistake of theirs is found here. What is unknown is refused: the
simulator shall find our misspellings.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Callable
from typing import Any, Final

from identity.simulator.errors import ApiRefusalError

_TEXT_LIMITS: Final = {
    "auth": {"userVisibleData": 1_500, "userNonVisibleData": 1_500},
    "sign": {"userVisibleData": 40_000, "userNonVisibleData": 200_000},
}
Check = Callable[[Any], bool]


def check_order_request(kind: str, body: dict[str, Any]) -> None:
    """Check the body of ``kind``.

    Raises:
        ApiRefusalError: invalidParameters, naming the first parameter that is wrong.
    """
    if "endUserIp" not in body or (kind == "sign" and "userVisibleData" not in body):
        raise _wrong("endUserIp" if "endUserIp" not in body else "userVisibleData")
    _check(body, _FIELDS | {name: _base64_of(limit) for name, limit in _TEXT_LIMITS[kind].items()})
    if "web" in body and "app" in body:
        raise _wrong("web")


def order_ref_of(body: dict[str, Any]) -> str:
    """Return the ``orderRef`` of ``collect`` and ``cancel``.

    Raises:
        ApiRefusalError: invalidParameters; it is missing, or not alone.
    """
    order_ref = body.get("orderRef")
    if not isinstance(order_ref, str) or set(body) != {"orderRef"}:
        raise _wrong("orderRef")
    return order_ref


def _check(body: dict[str, Any], checks: dict[str, Check]) -> None:
    for name, value in body.items():
        if name not in checks or not checks[name](value):
            raise _wrong(name)


def _wrong(name: str) -> ApiRefusalError:
    return ApiRefusalError("invalidParameters", f"Invalid parameter: {name[:64]}")


def _text(shortest: int, longest: int) -> Check:
    return lambda value: isinstance(value, str) and shortest <= len(value) <= longest


def _one_of(*values: str) -> Check:
    return lambda value: value in values


def _boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _address(value: Any) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return isinstance(value, str)


def _base64_of(limit: int) -> Check:
    def check(value: Any) -> bool:
        try:
            return _text(1, limit)(value) and bool(base64.b64decode(value, validate=True).decode("utf-8"))
        except (binascii.Error, ValueError):
            return False

    return check


def _personal_number(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 12 and value.isascii() and value.isdigit()


def _policies(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(policy, str) for policy in value)


def _part(required: set[str], checks: dict[str, Check]) -> Check:
    def check(value: Any) -> bool:
        if not isinstance(value, dict) or not required <= set(value):
            return False
        return all(name in checks and checks[name](item) for name, item in value.items())

    return check


_WEB: Final = {"referringDomain": _text(3, 253), "userAgent": _text(1, 256), "deviceIdentifier": _text(1, 64)}
_APP: Final = {
    "appIdentifier": _text(1, 256),
    "deviceOS": _text(1, 64),
    "deviceModelName": _text(1, 64),
    "deviceIdentifier": _text(1, 64),
}
_REQUIREMENT: Final = {
    "pinCode": _boolean,
    "mrtd": _boolean,
    "cardReader": _one_of("class1", "class2"),
    "certificatePolicies": _policies,
    "personalNumber": _personal_number,
}
_FIELDS: Final[dict[str, Check]] = {
    "endUserIp": _address,
    "requirement": _part(set(), _REQUIREMENT),
    "userVisibleDataFormat": _one_of("plaintext", "simpleMarkdownV1"),
    "returnUrl": _text(1, 512),
    "returnRisk": _boolean,
    "web": _part(set(_WEB), _WEB),
    "app": _part(set(_APP), _APP),
}
