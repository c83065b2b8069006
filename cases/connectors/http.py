"""One way to call an HTTP API: bounded in time and tries, patient with rate limits, silent about what it carries.

A call that fails for want of the other side is made again a few times, with growing pauses; ``429`` is obeyed when the
wait is short and handed to the caller when it is long. Every operation of the connectors may safely be repeated.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from cases.connectors.errors import (
    AccessRefusedError,
    AnswerUnreadableError,
    RateLimitedError,
    RequestRejectedError,
    SystemUnavailableError,
)

CONNECT_TIMEOUT_S: Final = 5.0
ANSWER_TIMEOUT_S: Final = 30.0
ATTEMPTS: Final = 4
LONGEST_WAIT_S: Final = 20.0
"""Longer waits are not slept through in a worker's thread but come back as a later attempt."""

DEFAULT_WAIT_S: Final = 1.0
LONGEST_BELIEVED_S: Final = 24 * 3600
"""A larger number is no duration: an instant, or nonsense."""

Query = Mapping[str, str | int]
NOTHING: Final[Query] = {}

# At DEBUG, urllib3 writes every path, and some paths hold an e-mail address.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often."""

    connect_timeout_s: float = CONNECT_TIMEOUT_S
    answer_timeout_s: float = ANSWER_TIMEOUT_S
    attempts: int = ATTEMPTS
    longest_wait_s: float = LONGEST_WAIT_S
    sleep: Callable[[float], None] = time.sleep


class ApiClient:
    """Calls one API.

    Args:
        base_url: without a slash at its end; paths are appended.
        headers: sent with every call.
        auth: as ``requests`` takes it; never logged.
        patience: timeouts and tries.
        throttles_with_403: whether a ``403`` without JSON means too many calls (Mailchimp).
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str],
        auth: tuple[str, str] | AuthBase | None = None,
        patience: Patience | None = None,
        throttles_with_403: bool = False,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"User-Agent": "insyn-connectors/1", **headers}
        self._auth = auth
        self._patience = patience or Patience()
        self._throttles_with_403 = throttles_with_403

    def get(self, path: str, query: Query = NOTHING, *, missing_ok: bool = False) -> Any:
        """Return the JSON at a path; None for ``404`` if that is expected."""
        return self._call("GET", path, query=query, body=None, missing_ok=missing_ok)

    def send(
        self, method: str, path: str, *, body: Any = None, query: Query = NOTHING, missing_ok: bool = False
    ) -> Any:
        """Send JSON and return the JSON that comes back: True for an empty answer, None for an expected ``404``."""
        return self._call(method, path, query=query, body=body, missing_ok=missing_ok)

    def follow(self, url: str) -> Any:
        """Return the JSON at an address that the API itself gave.

        Raises:
            AnswerUnreadableError: it leads to another host, which is not to get our key.
        """
        if not url.startswith(f"{self._base_url}/"):
            raise AnswerUnreadableError("a link that leads elsewhere")
        return self._call("GET", url.removeprefix(self._base_url), query={}, body=None, missing_ok=False)

    def _call(self, method: str, path: str, *, query: Mapping[str, Any], body: Any, missing_ok: bool) -> Any:
        last: SystemUnavailableError | None = None
        for attempt in range(self._patience.attempts):
            if last is not None:
                self._patience.sleep(self._wait(last, attempt))
            try:
                return self._once(method, path, query=query, body=body, missing_ok=missing_ok)
            except RateLimitedError as error:
                if error.retry_after.total_seconds() > self._patience.longest_wait_s:
                    raise
                last = error
            except SystemUnavailableError as error:
                last = error
        raise last or SystemUnavailableError("no attempt was made")

    def _wait(self, error: SystemUnavailableError, attempt: int) -> float:
        if isinstance(error, RateLimitedError):
            return float(error.retry_after.total_seconds())
        return float(min(DEFAULT_WAIT_S * 2 ** (attempt - 1), self._patience.longest_wait_s))

    def _once(self, method: str, path: str, *, query: Mapping[str, Any], body: Any, missing_ok: bool) -> Any:
        with requests.Session() as session:
            session.trust_env = False
            session.mount("https://", HTTPAdapter(max_retries=0))
            session.mount("http://", HTTPAdapter(max_retries=0))
            try:
                answer = session.request(
                    method,
                    self._base_url + path,
                    params=query,
                    json=body,
                    headers=self._headers,
                    auth=self._auth,
                    timeout=(self._patience.connect_timeout_s, self._patience.answer_timeout_s),
                    allow_redirects=False,
                )
            except requests.Timeout:
                raise SystemUnavailableError("timeout") from None
            except requests.ConnectionError:
                raise SystemUnavailableError("connection") from None
            except requests.RequestException as error:
                raise RequestRejectedError(type(error).__name__) from None
        self._check(answer, missing_ok=missing_ok)
        return self._content(answer)

    def _check(self, answer: requests.Response, *, missing_ok: bool) -> None:
        status = answer.status_code
        if answer.ok and not answer.is_redirect:
            return
        if status == requests.codes.not_found and missing_ok:
            return
        if status == requests.codes.too_many_requests or (
            status == requests.codes.forbidden and self._throttles_with_403 and not _is_json(answer)
        ):
            raise RateLimitedError(str(status), retry_after=_retry_after(answer))
        if status in {requests.codes.unauthorized, requests.codes.forbidden}:
            raise AccessRefusedError(str(status))
        if status >= requests.codes.server_error:
            raise SystemUnavailableError(str(status))
        raise RequestRejectedError(str(status))

    def _content(self, answer: requests.Response) -> Any:
        if answer.status_code == requests.codes.not_found:
            return None
        if not answer.content:
            return True
        try:
            return answer.json()
        except requests.JSONDecodeError:
            raise AnswerUnreadableError("no JSON") from None


def member(content: Any, *names: str) -> Any:
    """Return what stands in nested objects under those names.

    Raises:
        AnswerUnreadableError: it does not.
    """
    for name in names:
        if not isinstance(content, Mapping) or name not in content:
            raise AnswerUnreadableError(f"no {name}")
        content = content[name]
    return content


def entries_of(content: Any, *names: str) -> list[Any]:
    """Return the list that stands in nested objects under those names.

    Raises:
        AnswerUnreadableError: it does not.
    """
    entries = member(content, *names)
    if not isinstance(entries, list):
        raise AnswerUnreadableError(f"{names[-1]} is no list")
    return entries


def optional(content: Any, *names: str) -> Any:
    """Return what stands in nested objects under those names; None where a name, or what holds it, is missing."""
    for name in names:
        if not isinstance(content, Mapping):
            return None
        content = content.get(name)
    return content


def _is_json(answer: requests.Response) -> bool:
    return "json" in answer.headers.get("Content-Type", "")


def _retry_after(answer: requests.Response) -> timedelta:
    """Return how long to wait: ``Retry-After``, else ``X-Rate-Limit-Reset`` (Teamtailor), in seconds, else a second."""
    for header in ("Retry-After", "X-Rate-Limit-Reset"):
        value = answer.headers.get(header, "")
        if value.isascii() and value.isdecimal() and int(value[:9]) <= LONGEST_BELIEVED_S:
            return timedelta(seconds=int(value))
    return timedelta(seconds=DEFAULT_WAIT_S)
