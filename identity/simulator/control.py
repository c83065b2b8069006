"""``/control``: what tests do to the simulator that nobody can do to BankID."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from identity.simulator.api import RpApi
from identity.simulator.clock import MovableClock
from identity.simulator.errors import ScanRefusedError
from identity.simulator.orders import Order, OrderBook
from identity.simulator.personas import BY_KEY, PERSONAS
from identity.simulator.scripts import RiskLevel, Script


class _Approval(BaseModel):
    model_config = ConfigDict(extra="forbid")

    persona: str = PERSONAS[0].key
    risk: RiskLevel | None = "low"
    ip_address: str | None = None


class Control:
    """Scripts, clock, phone and memory of the simulator, as JSON."""

    def __init__(self, book: OrderBook, clock: MovableClock, api: RpApi) -> None:
        self._book, self._clock, self._api = book, clock, api

    def routes(self) -> list[Route]:
        return [
            Route("/control/orders", self.orders),
            Route("/control/requests", self.requests),
            Route("/control/scripts", self.add_script, methods=["POST"]),
            Route("/control/scan", self.scan, methods=["POST"]),
            Route("/control/open", self.open, methods=["POST"]),
            Route("/control/orders/{order_ref}/approve", self.approve, methods=["POST"]),
            Route("/control/orders/{order_ref}/fail", self.fail, methods=["POST"]),
            Route("/control/clock", self.advance, methods=["POST"]),
            Route("/control/reset", self.reset, methods=["POST"]),
        ]

    async def orders(self, _request: Request) -> Response:
        """All known orders, the newest first, each with the frame that is valid now."""
        return JSONResponse([self._shown(order) for order in self._book.orders()])

    async def requests(self, _request: Request) -> Response:
        """What the relying party sent last."""
        return JSONResponse(list(self._api.requests))

    async def add_script(self, request: Request) -> Response:
        """Queue a :class:`Script` for the next order."""
        try:
            script = Script.model_validate(await request.json())
        except ValidationError as error:
            return JSONResponse({"error": str(error)}, 422)
        if script.persona not in BY_KEY:
            return JSONResponse({"error": f"no persona {script.persona}"}, 422)
        self._book.scripts.append(script)
        return JSONResponse({"waiting": len(self._book.scripts)})

    async def scan(self, request: Request) -> Response:
        """Scan ``text``; without it, the present frame of the newest order that waits."""
        text = (await _json(request)).get("text")
        return self._opened(lambda: self._book.scan_newest() if text is None else self._book.scan(text))

    async def open(self, request: Request) -> Response:
        """Follow a launch link with ``auto_start_token``."""
        token = str((await _json(request)).get("auto_start_token"))
        return self._opened(lambda: self._book.open_by_token(token))

    async def approve(self, request: Request) -> Response:
        """Sign as ``persona``, with ``risk`` and from ``ip_address``."""
        order = self._book.find(request.path_params["order_ref"])
        if order is None:
            return JSONResponse({"error": "no such order"}, 404)
        approval = _Approval.model_validate(await _json(request))
        ip_address = approval.ip_address or order.request["endUserIp"]
        self._book.approve(order, BY_KEY[approval.persona], risk=approval.risk, ip_address=ip_address)
        return JSONResponse(self._shown(order))

    async def fail(self, request: Request) -> Response:
        """End the order with ``hint``."""
        order = self._book.find(request.path_params["order_ref"])
        if order is None:
            return JSONResponse({"error": "no such order"}, 404)
        self._book.fail(order, str((await _json(request)).get("hint", "userCancel")))
        return JSONResponse(self._shown(order))

    async def advance(self, request: Request) -> Response:
        """Move the clock ``advance_s`` seconds forward."""
        self._clock.advance(float((await _json(request))["advance_s"]))
        return JSONResponse({"now": self._clock().isoformat()})

    async def reset(self, _request: Request) -> Response:
        """Forget orders, scripts and requests."""
        self._book.clear()
        self._api.requests.clear()
        return JSONResponse({})

    def _opened(self, act: Callable[[], Order]) -> Response:
        try:
            return JSONResponse(self._shown(act()))
        except ScanRefusedError as error:
            return JSONResponse({"error": error.reason}, 409)

    def _shown(self, order: Order) -> dict[str, Any]:
        now, decision = self._clock(), order.decision
        status = "pending" if decision is None else "complete" if decision.completion is not None else "failed"
        return {
            "order_ref": order.order_ref,
            "phone_id": order.phone_id,
            "kind": order.kind,
            "status": status,
            "hint": order.pending_hint(now) if decision is None else decision.failed_hint,
            "started_by": order.started_by,
            "auto_start_token": order.auto_start_token,
            "frame": order.frame(order.elapsed_s(now)),
            "return_url": order.return_url,
        }


async def _json(request: Request) -> dict[str, Any]:
    body = await request.body()
    return dict(await request.json()) if body else {}
