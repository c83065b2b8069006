"""Sends one message to one receiver, as Standard Webhooks say (standardwebhooks.com).

A receiver gets the same ``webhook-id`` at every attempt. With two secrets configured a delivery carries a signature by
each, so that receivers can change theirs without losing any.
"""

import ipaddress
import json
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import requests
from requests.adapters import HTTPAdapter
from standardwebhooks import Webhook
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from cases.config import WebhookEndpoint

CONNECT_TIMEOUT_S: Final = 5.0
ANSWER_TIMEOUT_S: Final = 20.0
LONGEST_WAIT: Final = timedelta(hours=24)
"""However long a receiver asks us to wait."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a receiver is told."""

    message_id: UUID
    kind: str
    occurred_at: datetime
    data: dict[str, Any]

    def body(self) -> str:
        """Return the JSON that is signed and sent."""
        occurred_at = self.occurred_at.astimezone(UTC).isoformat()
        content = {"type": self.kind, "timestamp": occurred_at, "data": self.data}
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt went."""

    delivered: bool
    summary: str
    """The status code or the kind of failure: ``204``, ``500``, ``timeout``, ``private address`` … never a body."""

    retry_after: timedelta | None = None
    """How long the receiver asks us to wait."""

    gone: bool = False
    """Whether the receiver says that it wants no more (410)."""


class WebhookSender:
    """Posts messages. Blocking: call it from a thread.

    Args:
        public_only: refuse anything but https, and receivers whose address is not public (production).
    """

    def __init__(self, *, public_only: bool) -> None:
        self._public_only = public_only

    def send(self, endpoint: WebhookEndpoint, message: Message, *, now: datetime) -> Outcome:
        """Make one attempt. Redirects are not followed, and the answer's body is not read."""
        if self._public_only and urlsplit(endpoint.url).scheme != "https":
            return Outcome(delivered=False, summary="not https")
        body = message.body()
        with requests.Session() as session:
            session.trust_env = False
            if self._public_only:
                session.mount("https://", _PublicOnlyAdapter())
            try:
                answer = session.post(
                    endpoint.url,
                    data=body.encode(),
                    headers=signed_headers(endpoint, message, body, now=now),
                    timeout=(CONNECT_TIMEOUT_S, ANSWER_TIMEOUT_S),
                    allow_redirects=False,
                    stream=True,
                )
            except requests.RequestException as error:
                return Outcome(delivered=False, summary=_failure(error))
            answer.close()
        return Outcome(
            delivered=answer.ok and not answer.is_redirect,
            summary=str(answer.status_code),
            retry_after=_retry_after(answer.headers.get("Retry-After")),
            gone=answer.status_code == requests.codes.gone,
        )


def signed_headers(endpoint: WebhookEndpoint, message: Message, body: str, *, now: datetime) -> dict[str, str]:
    """Return the headers of an attempt; the signature is over id, time of the attempt and body."""
    message_id = f"msg_{message.message_id.hex}"
    attempt_at = now.astimezone(UTC).replace(microsecond=0)
    signatures = [Webhook(secret).sign(message_id, attempt_at, body) for secret in endpoint.secrets]
    return {
        "content-type": "application/json",
        "user-agent": "insyn-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(attempt_at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _failure(error: requests.RequestException) -> str:
    causes: list[BaseException] = [error]
    while causes[-1].__context__ is not None:
        causes.append(causes[-1].__context__)
    if any(isinstance(cause, PrivateAddressError) for cause in causes):
        return "private address"
    kinds = {requests.exceptions.SSLError: "tls", requests.Timeout: "timeout", requests.ConnectionError: "connection"}
    return next((word for kind, word in kinds.items() if isinstance(error, kind)), "request")


def _retry_after(header: str | None) -> timedelta | None:
    if header is None or not (header.isascii() and header.isdecimal()):
        return None
    return min(timedelta(seconds=int(header[:9])), LONGEST_WAIT)


class PrivateAddressError(OSError):
    """The receiver's name led to an address that is not public."""


def _require_public(connection: socket.socket) -> socket.socket:
    """Check the address that we are really connected to, so that a name cannot change its mind in between."""
    address = ipaddress.ip_address(connection.getpeername()[0].partition("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    if not address.is_global or address.is_multicast:
        connection.close()
        raise PrivateAddressError("the receiver is not at a public address")
    return connection


class _PublicHTTPConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _require_public(super()._new_conn())


class _PublicHTTPSConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _require_public(super()._new_conn())


class _PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTPConnection


class _PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPSConnection


class _PublicOnlyAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PublicHTTPPool, "https": _PublicHTTPSPool}
