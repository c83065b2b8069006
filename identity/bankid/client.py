"""The relying party's client of BankID's RP API v6.0: ``auth``, ``sign``, ``collect``, ``cancel``.

``auth`` and ``sign`` are never repeated when it is unclear whether an order came to be; ``collect`` and an unambiguous
503 are, a bounded number of times. The seam for tests is httpx's own: the ``transport`` argument.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Self, TypeVar

import httpx
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from identity.bankid import errors
from identity.bankid.replies import CollectReply, StartedOrder
from identity.bankid.requests import AuthRequest, SignRequest
from identity.bankid.tls import client_context
from identity.config import ClientConfig

Reply = TypeVar("Reply", bound=BaseModel)

_HEADERS = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}


class BankIdClient:
    """Speaks to one BankID (or to what stands in for it).

    Args:
        config: address, certificate, root, limits.
        transport: replaces the network; the TLS settings are then the transport's own business.
        sleep: pauses between repetitions.

    Raises:
        CertificateUnusableError: the address is https, and certificate or root cannot be used.
    """

    def __init__(
        self,
        config: ClientConfig,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._config, self._sleep = config, sleep
        base_url = httpx.URL(config.base_url.rstrip("/") + "/")
        verify = client_context(config) if transport is None and base_url.scheme == "https" else False
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers=_HEADERS,
            timeout=config.timeout_s,
            follow_redirects=False,
            trust_env=False,
            verify=verify,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._http.aclose()

    async def auth(self, request: AuthRequest) -> StartedOrder:
        """Start an identification.

        Raises:
            BankIdError: see ``identity.bankid.errors``; after a timeout an order may exist that nobody will collect.
        """
        return await self._start("auth", request)

    async def sign(self, request: SignRequest) -> StartedOrder:
        """Start a signature. Errors as :meth:`auth`."""
        return await self._start("sign", request)

    async def collect(self, order_ref: str) -> CollectReply:
        """Return where the order stands. A final result is delivered once; then BankID no longer knows the order.

        Raises:
            InvalidParametersError: BankID does not know the order (any more).
            UnexpectedReplyError: the answer is about another order.
            BankIdError: anything else of ``identity.bankid.errors``, after the bounded repetitions.
        """
        body = await self._repeated("collect", {"orderRef": order_ref}, also=errors.BankIdTransportError)
        reply = _parsed(CollectReply, body)
        if reply.order_ref != order_ref:
            raise errors.UnexpectedReplyError("collect answered for another order", http_status=HTTPStatus.OK)
        return reply

    async def cancel(self, order_ref: str) -> None:
        """End the order.

        Raises:
            InvalidParametersError: it is unknown or already over.
            BankIdError: anything else of ``identity.bankid.errors``.
        """
        await self._repeated("cancel", {"orderRef": order_ref})

    async def reachable(self) -> bool:
        """Tell whether BankID answers us over TLS: a GET on ``auth`` must be met with 405."""
        try:
            response = await self._http.get("auth")
        except (httpx.HTTPError, ssl.SSLError):
            return False
        return response.status_code == HTTPStatus.METHOD_NOT_ALLOWED

    async def _start(self, endpoint: str, request: AuthRequest | SignRequest) -> StartedOrder:
        try:
            body = request.body()
        except ValueError as error:
            raise errors.RequestNotAcceptableError(f"{endpoint}: {error}") from None
        return _parsed(StartedOrder, await self._repeated(endpoint, body))

    async def _repeated(
        self, endpoint: str, body: dict[str, Any], *, also: type[errors.BankIdError] = errors.MaintenanceError
    ) -> dict[str, Any]:
        """Post, and post again after a 503 that BankID itself sent (nothing was done) or after ``also``."""
        for delay_s in self._config.retry_delays_s:
            try:
                return await self._post(endpoint, body)
            except (errors.MaintenanceError, also):
                await self._sleep(delay_s)
        return await self._post(endpoint, body)

    async def _post(self, endpoint: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            async with self._http.stream("POST", endpoint, content=json.dumps(body).encode()) as response:
                content = await self._read(response)
        except httpx.HTTPError as error:
            raise _transport_error(error) from error
        except ssl.SSLError as error:
            raise errors.BankIdTlsError("TLS failed while talking to BankID") from error
        if response.is_redirect or HTTPStatus(300) <= response.status_code < HTTPStatus(400):
            raise errors.RedirectRefusedError(
                f"{endpoint} was answered with a redirect ({response.status_code})", http_status=response.status_code
            )
        document = _json_object(content, http_status=response.status_code)
        if response.status_code == HTTPStatus.OK:
            return document
        raise _refusal(document, response)

    async def _read(self, response: httpx.Response) -> bytes:
        """Read the raw body (we asked for no compression) and stop at the limit."""
        content = bytearray()
        async for chunk in response.aiter_raw():
            content += chunk
            if len(content) > self._config.max_reply_bytes:
                raise errors.OversizedReplyError(
                    f"more than {self._config.max_reply_bytes} bytes came back", http_status=response.status_code
                )
        return bytes(content)


def _json_object(content: bytes, *, http_status: int) -> dict[str, Any]:
    try:
        document = from_json(content, allow_inf_nan=False)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise errors.NotJsonError(f"the body of a {http_status} is not a JSON object", http_status=http_status)
    return document


def _parsed(kind: type[Reply], document: dict[str, Any]) -> Reply:
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        wrong = sorted({".".join(str(part) for part in item["loc"][:3]) for item in error.errors(include_input=False)})
        raise errors.UnexpectedReplyError(
            f"{kind.__name__}: missing or wrong: {', '.join(wrong)[:200]}", http_status=HTTPStatus.OK
        ) from None


def _refusal(document: dict[str, Any], response: httpx.Response) -> errors.BankIdError:
    code, details = document.get("errorCode"), document.get("details")
    if not isinstance(code, str):
        return errors.NotJsonError(
            f"the body of a {response.status_code} has no error code", http_status=response.status_code
        )
    error = errors.refusal(code, details if isinstance(details, str) else "", http_status=response.status_code)
    if isinstance(error, errors.TooManyRequestsError):
        error.retry_after_s = _retry_after_s(response.headers)
    return error


def _retry_after_s(headers: httpx.Headers) -> float | None:
    for name in ("Retry-After", "RateLimit-Reset"):
        value = headers.get(name, "")
        if value.isascii() and value.isdigit() and len(value) <= 6:
            return float(value)
    return None


def _transport_error(error: httpx.HTTPError) -> errors.BankIdTransportError:
    if _caused_by_tls(error):
        return errors.BankIdTlsError("TLS failed while talking to BankID")
    match error:
        case httpx.ConnectTimeout() | httpx.ConnectError() | httpx.PoolTimeout() | httpx.UnsupportedProtocol():
            return errors.BankIdUnreachableError("BankID cannot be reached")
        case httpx.TimeoutException():
            return errors.BankIdTimeoutError("BankID did not answer in time")
        case _:
            return errors.BankIdConnectionLostError("the connection to BankID broke")


def _caused_by_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
