"""What the simulated APIs share: each call is noted, may be limited or fail by script, and is then handled."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cases.connectors.simulators.script import Script

Endpoint = Callable[[Request], Awaitable[Response]]


class ApiProblemError(Exception):
    """A refusal, in the API's own shape."""

    def __init__(self, status: int, content: Mapping[str, Any]) -> None:
        super().__init__(str(status))
        self.status, self.content = status, content


def program(
    routes: Sequence[tuple[str, str, Endpoint]],
    *,
    script: Script,
    check: Callable[[Request], None],
    problem: Callable[[int, str], Mapping[str, Any]],
    media_type: str = "application/json",
) -> Starlette:
    """Return the application.

    Args:
        routes: method, path and handler of each.
        script: what goes wrong.
        check: raises :class:`ApiProblemError` for who may not call.
        problem: the body of an error answer, from status and words.
        media_type: of every answer.
    """

    def wrapped(endpoint: Endpoint) -> Endpoint:
        async def call(request: Request) -> Response:
            script.calls.append(f"{request.method} {request.url.path}")
            failure = script.failures.popleft() if script.failures else ""
            has_effect = failure.endswith("!") or not failure
            if script.limits():
                return _answer(429, problem(429, "Too Many Requests"), media_type, script.rate_limit_headers())
            answer = await _handled(endpoint, request) if has_effect else None
            return await _failed(failure.rstrip("!"), answer)

        return call

    async def _handled(endpoint: Endpoint, request: Request) -> Response:
        try:
            check(request)
            answer = await endpoint(request)
        except ApiProblemError as error:
            return _answer(error.status, error.content, media_type)
        if isinstance(answer, JSONResponse):
            answer.headers["content-type"] = media_type
        return answer

    async def _failed(failure: str, answer: Response | None) -> Response:
        if failure == "slow":
            await asyncio.sleep(script.slow_s)
            return answer or Response(status_code=504)
        if failure == "garbage":
            return Response("<html>We'll be back soon", 200, media_type="text/html")
        if failure == "403 html":
            return Response("<html>Blocked", 403, media_type="text/html")
        if failure == "429":
            return _answer(429, problem(429, "Too Many Requests"), media_type, script.rate_limit_headers())
        if failure:
            return _answer(int(failure), problem(int(failure), "scripted"), media_type)
        return answer or Response(status_code=500)

    return Starlette(routes=[Route(path, wrapped(endpoint), methods=[method]) for method, path, endpoint in routes])


def given(content: Any, status: int = 200) -> JSONResponse:
    """Return an answer."""
    return JSONResponse(content, status)


async def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON that was sent.

    Raises:
        ApiProblemError: it is none.
    """
    try:
        content = json.loads(await request.body())
    except json.JSONDecodeError:
        raise ApiProblemError(400, {"message": "JSON parse error"}) from None
    if not isinstance(content, dict):
        raise ApiProblemError(400, {"message": "an object is needed"})
    return content


def _answer(status: int, content: Any, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json.dumps(content), status, headers=dict(headers or {}), media_type=media_type)
