"""RP API v6.0 as the relying party meets it: paths, media type, error bodies, and the faults that a script orders."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any, Final, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from identity.simulator.errors import STATUS_OF, ApiRefusalError
from identity.simulator.orders import OrderBook
from identity.simulator.scripts import Endpoint, Fault, Script
from identity.simulator.validation import check_order_request, order_ref_of

PREFIX: Final = "/rp/v6.0"
ENDPOINTS: Final = ("auth", "sign", "collect", "cancel")
REMEMBERED_REQUESTS: Final = 200


class RpApi:
    """The four endpoints over an :class:`OrderBook`."""

    def __init__(self, book: OrderBook) -> None:
        self._book = book
        self.requests: deque[dict[str, Any]] = deque(maxlen=REMEMBERED_REQUESTS)
        """What came in last: endpoint, content type and body, for tests to look at."""

    def routes(self) -> list[Route]:
        known = Route(PREFIX + "/{endpoint}", self.handle, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
        deeper = Route(PREFIX + "/{endpoint:path}", self.handle, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
        return [known, deeper]

    async def handle(self, request: Request) -> Response:
        try:
            endpoint = _endpoint(request)
            body = await _json_body(request)
            self.requests.append({"endpoint": endpoint, "content_type": request.headers["content-type"], "body": body})
            fault = self._fault(endpoint, body)
            if fault is None:
                return JSONResponse(self._answer(endpoint, body))
            return await self._spoilt(fault, endpoint, body)
        except ApiRefusalError as refusal:
            return _refused(refusal.code, refusal.details)

    def _answer(self, endpoint: Endpoint, body: dict[str, Any]) -> dict[str, Any]:
        if endpoint == "collect":
            return self._book.collect(order_ref_of(body))
        if endpoint == "cancel":
            self._book.cancel(order_ref_of(body))
            return {}
        check_order_request(endpoint, body)
        order = self._book.create(endpoint, body)
        return {
            "orderRef": order.order_ref,
            "autoStartToken": order.auto_start_token,
            "qrStartToken": order.qr_start_token,
            "qrStartSecret": order.qr_start_secret,
        }

    def _fault(self, endpoint: Endpoint, body: dict[str, Any]) -> Fault | None:
        """Return the fault that is ordered for this call: by the script of its order, or of the one to be made."""
        script: Script | None
        if endpoint in ("auth", "sign"):
            script = self._book.scripts[0] if self._book.scripts else None
        else:
            order = self._book.find(str(body.get("orderRef")))
            script = order.script if order else None
        return script.take_fault(endpoint) if script else None

    async def _spoilt(self, fault: Fault, endpoint: Endpoint, body: dict[str, Any]) -> Response:
        if fault.latency_s:
            await asyncio.sleep(fault.latency_s)
        if fault.kind == "none":
            return JSONResponse(self._answer(endpoint, body))
        answer = self._answer(endpoint, body) if fault.after or fault.kind == "other_order" else {}
        if fault.kind in STATUS_OF:
            return _refused(fault.kind, "Ordered by a script")
        text = json.dumps(answer or {"orderRef": "x", "status": "pending"})
        match fault.kind:
            case "html":
                return Response("<html><h1>Bad Gateway</h1></html>", 502, media_type="text/html")
            case "empty":
                return Response(b"", 200, media_type="application/json")
            case "truncated":
                return Response(text[: len(text) // 2], 200, media_type="application/json")
            case "oversized":
                return Response(" " * 8_000_000 + text, 200, media_type="application/json")
            case "redirect":
                return Response(None, 302, {"Location": "https://elsewhere.invalid/"})
            case _:
                return JSONResponse(answer | {"orderRef": "00000000-0000-0000-0000-000000000000"})


def _endpoint(request: Request) -> Endpoint:
    endpoint = request.path_params["endpoint"]
    if endpoint not in ENDPOINTS:
        raise ApiRefusalError("notFound", "No such path")
    if request.method != "POST":
        raise ApiRefusalError("methodNotAllowed", "Only POST is allowed")
    if request.headers.get("content-type") != "application/json":
        raise ApiRefusalError("unsupportedMediaType", "The content type must be application/json")
    return cast(Endpoint, endpoint)


async def _json_body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise ApiRefusalError("invalidParameters", "The body is not a JSON object")
    return body


def _refused(code: str, details: str) -> JSONResponse:
    return JSONResponse({"errorCode": code, "details": details}, STATUS_OF[code])
