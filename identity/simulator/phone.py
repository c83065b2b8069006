"""The page on which a person plays the phone: scan or open, choose who to be, read, sign or cancel."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from foundation.clock import Clock
from identity.simulator.errors import ScanRefusedError
from identity.simulator.orders import Order, OrderBook
from identity.simulator.personas import BY_KEY, PERSONAS
from identity.simulator.scripts import RiskLevel

HERE: Final = Path(__file__).parent
SEE_OTHER: Final = 303
CODE_DIGITS: Final = 6
RISKS: Final[dict[str, RiskLevel]] = {"low": "low", "moderate": "moderate", "high": "high"}


class Phone:
    """The pages over an :class:`OrderBook`. Swedish stands in the templates."""

    def __init__(self, book: OrderBook, clock: Clock, *, shows_mail: bool = False) -> None:
        self._book, self._clock = book, clock
        self.templates = Jinja2Templates(HERE / "templates")
        self.templates.env.globals["shows_mail"] = shows_mail

    def routes(self) -> list[Route | Mount]:
        return [
            Route("/", self.home),
            Route("/waiting", self.waiting),
            Route("/scan", self.scan, methods=["POST"]),
            Route("/orders/{phone_id}", self.order),
            Route("/orders/{phone_id}/sign", self.sign, methods=["POST"]),
            Route("/orders/{phone_id}/stop", self.stop, methods=["POST"]),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ]

    async def home(self, request: Request) -> Response:
        """The scanner; with ``?autostarttoken=`` the app as a launch link opens it."""
        token = request.query_params.get("autostarttoken")
        if token is None:
            return self._home(request)
        try:
            return self._to(self._book.open_by_token(token))
        except ScanRefusedError as error:
            return self._home(request, error=error.reason)

    async def waiting(self, request: Request) -> Response:
        """The list of orders alone, which the page fetches again and again."""
        return self._page(request, "waiting.html", orders=self._listed())

    async def scan(self, request: Request) -> Response:
        """Scan the pasted frame, or, without one, what the screen shows."""
        text = str((await request.form()).get("frame", "")).strip()
        try:
            return self._to(self._book.scan(text) if text else self._book.scan_newest())
        except ScanRefusedError as error:
            return self._home(request, error=error.reason)

    async def order(self, request: Request) -> Response:
        """What is to be signed, or how it ended."""
        order = self._book.by_phone_id(request.path_params["phone_id"])
        return self._gone(request) if order is None else self._order(request, order)

    async def sign(self, request: Request) -> Response:
        """Sign as the chosen persona, and go where the relying party wants an opened order to end."""
        order = self._book.by_phone_id(request.path_params["phone_id"])
        if order is None or order.decision is not None:
            return self._gone(request)
        form = await request.form()
        code, persona = str(form.get("code", "")), BY_KEY.get(str(form.get("persona")))
        if persona is None or len(code) != CODE_DIGITS or not (code.isascii() and code.isdigit()):
            return self._order(request, order, error="code")
        address = request.client.host if request.client else order.request["endUserIp"]
        self._book.approve(order, persona, risk=RISKS.get(str(form.get("risk"))), ip_address=address)
        signed = order.decision is not None and order.decision.completion is not None
        if signed and order.started_by == "autostart" and urlsplit(order.return_url or "").scheme in ("http", "https"):
            return RedirectResponse(order.return_url or "/", SEE_OTHER)
        return self._order(request, order)

    async def stop(self, request: Request) -> Response:
        """Cancel, or fail as asked."""
        order = self._book.by_phone_id(request.path_params["phone_id"])
        if order is None:
            return self._gone(request)
        self._book.fail(order, str((await request.form()).get("hint", "userCancel")))
        return self._order(request, order)

    def _home(self, request: Request, *, error: str | None = None) -> Response:
        return self._page(
            request, "home.html", status=200 if error is None else 409, orders=self._listed(), error=error
        )

    def _gone(self, request: Request) -> Response:
        return self._page(request, "home.html", status=404, orders=self._listed(), error="unknown")

    def _order(self, request: Request, order: Order, *, error: str | None = None) -> Response:
        decision = order.decision
        return self._page(
            request,
            "order.html" if decision is None else "done.html",
            status=200 if error is None else 422,
            order=order,
            visible_text=_decoded(order.request.get("userVisibleData")),
            personas=PERSONAS,
            signed=decision is not None and decision.completion is not None,
            hint=decision and decision.failed_hint,
            back=_origin(order.return_url),
            error=error,
        )

    def _listed(self) -> list[dict[str, Any]]:
        return [{"order": order, "age_s": order.elapsed_s(self._clock())} for order in self._book.pending()]

    def _page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
        values["relying_party"] = self._book.relying_party
        return self.templates.TemplateResponse(request, template, values, status_code=status)

    def _to(self, order: Order) -> Response:
        return RedirectResponse(f"/orders/{order.phone_id}", SEE_OTHER)


def _decoded(encoded: str | None) -> str | None:
    return None if encoded is None else base64.b64decode(encoded).decode()


def _origin(url: str | None) -> str | None:
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}/" if parts.scheme in ("http", "https") else None
