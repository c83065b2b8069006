"""What both clients share: one JSON call to a service of ours, its failures turned into our errors."""

from typing import Any, Final

import httpx

from actions.errors import IdentificationNotAvailableError, ServiceRefusedError, ServiceUnavailableError

TIMEOUT: Final = httpx.Timeout(5.0, connect=2.0)
"""A visitor waits for the answer, and the turn is locked meanwhile."""

_TRY_LATER: Final = frozenset({httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS})
_PROBLEM_PREFIX: Final = "urn:insyn:problem:"
_IDENTIFICATION_NOT_AVAILABLE: Final = "identification-not-available"


class ServiceClient:
    """Calls one service with our bearer token.

    Args:
        service: its name, for errors.
        base_url: where it listens; below it the paths.
        token: the shared service token.
        transport: stands in for the network in tests.
    """

    def __init__(
        self, service: str, *, base_url: str, token: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._service = service
        self._base_url = base_url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._transport = transport

    async def call(self, method: str, path: str, *, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Make an idempotent call, once more if the connection broke, and return what came back.

        Raises:
            ServiceUnavailableError: no answer, or one that says "not now".
            IdentificationNotAvailableError: the edge has no completed identification for this purpose.
            ServiceRefusedError: any other refusal.
        """
        try:
            response = await self._send(method, path, body)
        except httpx.TransportError:
            try:
                response = await self._send(method, path, body)
            except httpx.TransportError as error:
                raise ServiceUnavailableError(self._service, type(error).__name__) from None
        if response.is_success:
            return self._decoded(response) if response.content else {}
        raise self._failure(response)

    async def _send(self, method: str, path: str, body: dict[str, Any] | None) -> httpx.Response:
        # A client a call: the action server may run several loops, and calls are few.
        async with httpx.AsyncClient(
            base_url=self._base_url,
            headers=self._headers,
            timeout=TIMEOUT,
            transport=self._transport,
            trust_env=False,
        ) as client:
            return await client.request(method, path, json=body)

    def _decoded(self, response: httpx.Response) -> dict[str, Any]:
        try:
            decoded = response.json()
        except ValueError:
            raise ServiceUnavailableError(self._service, "unreadable answer") from None
        if not isinstance(decoded, dict):
            raise ServiceUnavailableError(self._service, "unexpected answer")
        return decoded

    def _failure(self, response: httpx.Response) -> Exception:
        slug = _problem_slug(response)
        if response.is_server_error or response.status_code in _TRY_LATER:
            return ServiceUnavailableError(self._service, slug)
        if slug == _IDENTIFICATION_NOT_AVAILABLE:
            return IdentificationNotAvailableError(self._service, slug)
        return ServiceRefusedError(self._service, slug)


def _problem_slug(response: httpx.Response) -> str:
    """Return the problem's slug. Its ``detail`` stays where it is: it may repeat what a visitor said."""
    try:
        problem = response.json()
    except ValueError:
        return f"status {response.status_code}"
    kind = problem.get("type", "") if isinstance(problem, dict) else ""
    return str(kind).removeprefix(_PROBLEM_PREFIX) or f"status {response.status_code}"
