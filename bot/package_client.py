"""The case system's API as far as the edge needs it: handing a package to the person whose case it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import CasesUnreachableError, PackageRefusedError

TIMEOUT: Final = httpx.Timeout(10.0, connect=2.0, read=60.0)
PART_BYTES: Final = 64 * 1024
NOTHING: Final = "not_released"


class _Availability(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenedPackage:
    """A package on its way; read it to its end or close it."""

    disposition: str = field(repr=False)
    length: str
    response: httpx.Response = field(repr=False)

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield the ZIP, a part at a time; the connection ends with it."""
        try:
            async for part in self.response.aiter_bytes(PART_BYTES):
                yield part
        finally:
            await self.response.aclose()


class PackageClient:
    """Typed calls of the case system.

    Args:
        base_url: where it listens.
        token: the service token.
        transport: another way there than the network, for tests.
    """

    def __init__(self, base_url: str, *, token: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"{base_url.rstrip('/')}/api/v1/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT,
            transport=transport,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def expires_at(self, reference: str) -> datetime | None:
        """Return until when a case's package can be fetched; None when there is nothing to fetch.

        Raises:
            CasesUnreachableError: the case system does not answer.
        """
        try:
            return await self._call("GET", f"cases/{reference}/package")
        except PackageRefusedError:
            return None

    async def allow(self, reference: str, identification_id: str, *, personal_identity_number: str) -> datetime:
        """Let an identified person at the package; return until when it can be fetched.

        Raises:
            PackageRefusedError: it is not handed out to them.
            CasesUnreachableError: the case system does not answer.
        """
        path = f"cases/{reference}/package/fetches/{UUID(identification_id)}"
        return await self._call("PUT", path, {"personal_identity_number": personal_identity_number})

    async def open(self, reference: str, identification_id: str) -> OpenedPackage:
        """Open the package, which uses the identification up.

        Raises:
            PackageRefusedError: it is not handed out.
            CasesUnreachableError: the case system does not answer.
        """
        path = f"cases/{reference}/package/fetches/{UUID(identification_id)}/content"
        # as it is: what is compressed already would only lose its length
        request = self._client.build_request("POST", path, headers={"Accept-Encoding": "identity"})
        try:
            response = await self._client.send(request, stream=True)
        except httpx.HTTPError as error:
            raise CasesUnreachableError(type(error).__name__) from None
        if not response.is_success:
            await response.aread()
            await response.aclose()
            _raise_for(response)
        headers = response.headers
        return OpenedPackage(headers.get("content-disposition", "attachment"), headers["content-length"], response)

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> datetime:
        try:
            response = await self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise CasesUnreachableError(type(error).__name__) from None
        _raise_for(response)
        try:
            return _Availability.model_validate_json(response.content).expires_at
        except ValidationError:
            raise CasesUnreachableError("the answer is not as agreed") from None


def _raise_for(response: httpx.Response) -> None:
    if response.status_code == httpx.codes.NOT_FOUND:
        raise PackageRefusedError(NOTHING)
    if response.status_code == httpx.codes.FORBIDDEN:
        raise PackageRefusedError(_reason(response))
    if not response.is_success:
        raise CasesUnreachableError(f"status {response.status_code}")


def _reason(response: httpx.Response) -> str:
    try:
        return str(response.json().get("reason", NOTHING))
    except (ValueError, AttributeError):
        return NOTHING
