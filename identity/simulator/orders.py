"""BankID's side of an order: from ``auth``/``sign`` to the one time that its result is collected.

Lifetimes are BankID's: 30 s to be opened, about three minutes in all, results kept three minutes (five when failed) and
given once. Everything is a function of the clock when somebody looks; nothing runs in the background.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from foundation.clock import Clock
from identity.simulator.authority import Authority
from identity.simulator.errors import ApiRefusalError, ScanRefusedError
from identity.simulator.personas import BY_KEY, PERSONAS, Persona
from identity.simulator.scripts import RiskLevel, Script
from identity.simulator.signature import SignedTexts, ocsp_response, sign

Kind = Literal["auth", "sign"]
StartedBy = Literal["qr", "autostart"]

START_WINDOW: Final = timedelta(seconds=30)
ORDER_LIFETIME: Final = timedelta(minutes=3)
COMPLETE_KEPT: Final = timedelta(minutes=3)
FAILED_KEPT: Final = timedelta(minutes=5)
LOOKING_FOR_BANKID: Final = timedelta(seconds=1)
FRAME_TOLERANCE_S: Final = 5
"""How old a QR frame may be when it is scanned. BankID does not say; ours."""

CLOCK_SKEW_S: Final = 1
_FAILURES: Final = {"cancel": "userCancel", "decline": "userDeclinedCall", "certificate_error": "certificateErr"}


@dataclass(frozen=True, slots=True)
class Decision:
    """How an order ended, and when."""

    at: datetime
    failed_hint: str | None = None
    completion: dict[str, Any] | None = field(default=None, repr=False)


@dataclass(slots=True)
class Order:
    kind: Kind
    request: dict[str, Any] = field(repr=False)
    script: Script
    created_at: datetime
    order_ref: str = field(default_factory=lambda: str(uuid.uuid4()))
    auto_start_token: str = field(default_factory=lambda: str(uuid.uuid4()))
    qr_start_token: str = field(default_factory=lambda: str(uuid.uuid4()))
    qr_start_secret: str = field(default_factory=lambda: str(uuid.uuid4()), repr=False)
    phone_id: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    """Its name on the phone's page."""

    started_at: datetime | None = None
    started_by: StartedBy | None = None
    decision: Decision | None = None

    @property
    def personal_number(self) -> str | None:
        number: str | None = self.request.get("requirement", {}).get("personalNumber")
        return number

    @property
    def return_url(self) -> str | None:
        return self.request.get("returnUrl")

    def frame(self, elapsed_s: int) -> str:
        """Return the QR text of ``elapsed_s``; written apart from the relying party's, so that each tests the other."""
        code = hmac.new(self.qr_start_secret.encode("ascii"), str(elapsed_s).encode("ascii"), hashlib.sha256)
        return f"bankid.{self.qr_start_token}.{elapsed_s}.{code.hexdigest()}"

    def elapsed_s(self, now: datetime) -> int:
        return int((now - self.created_at).total_seconds())

    def pending_hint(self, now: datetime) -> str:
        if self.script.pending_hint is not None:
            return self.script.pending_hint
        if self.started_at is None:
            return "outstandingTransaction"
        return "started" if now - self.started_at < LOOKING_FOR_BANKID else "userSign"


class OrderBook:
    """All orders of the simulator.

    Args:
        authority: whose persons sign.
        clock: the simulator's.
        relying_party: the name under which the relying party is registered.
    """

    def __init__(self, authority: Authority, clock: Clock, *, relying_party: str) -> None:
        self._authority, self._clock, self.relying_party = authority, clock, relying_party
        self._orders: dict[str, Order] = {}
        self.scripts: list[Script] = []
        """Waiting for orders, the oldest first."""

    def create(self, kind: Kind, request: dict[str, Any]) -> Order:
        """Make an order.

        Raises:
            ApiRefusalError: alreadyInProgress; the earlier order of the named person is then cancelled.
        """
        number = request.get("requirement", {}).get("personalNumber")
        for earlier in self.pending():
            if number is not None and earlier.personal_number == number:
                earlier.decision = Decision(self._clock(), failed_hint="cancelled")
                raise ApiRefusalError("alreadyInProgress", "Order already in progress for pno")
        script = self.scripts.pop(0) if self.scripts else Script()
        order = Order(kind, request, script, self._clock())
        self._orders[order.order_ref] = order
        return order

    def collect(self, order_ref: str) -> dict[str, Any]:
        """Return what ``collect`` answers; a result is given once.

        Raises:
            ApiRefusalError: invalidParameters; unknown, collected, cancelled or too old.
        """
        order = self._known(order_ref)
        if order.decision is None:
            return {"orderRef": order_ref, "status": "pending", "hintCode": order.pending_hint(self._clock())}
        del self._orders[order_ref]
        if order.decision.completion is not None:
            return {"orderRef": order_ref, "status": "complete", "completionData": order.decision.completion}
        return {"orderRef": order_ref, "status": "failed", "hintCode": order.decision.failed_hint}

    def cancel(self, order_ref: str) -> None:
        """Forget the order.

        Raises:
            ApiRefusalError: invalidParameters; unknown or over.
        """
        if self._known(order_ref).decision is not None:
            raise ApiRefusalError("invalidParameters", "No such order")
        del self._orders[order_ref]

    def find(self, order_ref: str) -> Order | None:
        """Return the order if the relying party may still ask about it."""
        return self._orders.get(order_ref)

    def orders(self) -> list[Order]:
        """Return all that are known, the newest first, brought up to now."""
        for order in self._orders.values():
            self._settle(order)
        return sorted(self._orders.values(), key=lambda order: order.created_at, reverse=True)

    def pending(self) -> list[Order]:
        return [order for order in self.orders() if order.decision is None]

    def by_phone_id(self, phone_id: str) -> Order | None:
        return next((order for order in self.orders() if order.phone_id == phone_id), None)

    def clear(self) -> None:
        self._orders.clear()
        self.scripts.clear()

    # what the phone does

    def scan(self, text: str) -> Order:
        """Open the order whose QR frame ``text`` is.

        Raises:
            ScanRefusedError: the text is not a frame, its code is wrong, it is too old, or the order is not waiting.
        """
        match text.strip().split("."):
            case ["bankid", token, time, _] if time.isascii() and time.isdigit() and len(time) < 7:
                order = next((order for order in self.orders() if order.qr_start_token == token), None)
            case _:
                raise ScanRefusedError("malformed")
        if order is None:
            raise ScanRefusedError("unknown")
        if not hmac.compare_digest(text.strip(), order.frame(int(time))):
            raise ScanRefusedError("forged")
        age_s = (self._clock() - order.created_at).total_seconds() - int(time)
        if not -CLOCK_SKEW_S <= age_s <= FRAME_TOLERANCE_S + CLOCK_SKEW_S:
            raise ScanRefusedError("stale")
        return self._open(order, "qr")

    def scan_newest(self) -> Order:
        """Look at the screen: scan the present frame of the newest order that waits to be opened.

        Raises:
            ScanRefusedError: none waits.
        """
        waiting = [order for order in self.pending() if order.started_at is None]
        if not waiting:
            raise ScanRefusedError("unknown")
        return self.scan(waiting[0].frame(waiting[0].elapsed_s(self._clock())))

    def open_by_token(self, auto_start_token: str) -> Order:
        """Open the order of a launch link; opening it again finds it again.

        Raises:
            ScanRefusedError: there is none that waits.
        """
        order = next((order for order in self.orders() if order.auto_start_token == auto_start_token), None)
        if order is None:
            raise ScanRefusedError("unknown")
        if order.started_by == "autostart" and order.decision is None:
            return order
        return self._open(order, "autostart")

    def approve(self, order: Order, persona: Persona, *, risk: RiskLevel | None, ip_address: str) -> None:
        """Sign as ``persona``. Somebody else than the relying party requires fails (certificateErr; our reading)."""
        if order.decision is not None:
            return
        now = self._clock()
        if order.personal_number not in (None, persona.personal_number):
            order.decision = Decision(now, failed_hint="certificateErr")
            return
        completion = self._completion(order, persona, risk=risk, ip_address=ip_address)
        order.decision = Decision(now, completion=completion)

    def fail(self, order: Order, hint: str) -> None:
        if order.decision is None:
            order.decision = Decision(self._clock(), failed_hint=hint)

    def _open(self, order: Order, started_by: StartedBy) -> Order:
        if order.decision is not None or order.started_at is not None:
            raise ScanRefusedError("not_waiting")
        order.started_at, order.started_by = self._clock(), started_by
        return order

    def _known(self, order_ref: str) -> Order:
        order = self._orders.get(order_ref)
        if order is not None:
            self._settle(order)
            decision = order.decision
            kept = COMPLETE_KEPT if decision and decision.completion is not None else FAILED_KEPT
            if decision is None or self._clock() - decision.at < kept:
                return order
            del self._orders[order_ref]
        raise ApiRefusalError("invalidParameters", "No such order")

    def _settle(self, order: Order) -> None:
        """Let happen to ``order`` what the script and the passing of time have made of it."""
        if order.decision is not None:
            return
        now = self._clock()
        age = now - order.created_at
        outcome = order.script.outcome
        if outcome not in ("person", "start_failed") and order.started_at is None:
            opened_after = timedelta(seconds=order.script.start_after_s)
            if age >= opened_after and opened_after < START_WINDOW:
                order.started_at = order.created_at + opened_after
        if order.started_at is None:
            if age >= START_WINDOW:
                order.decision = Decision(order.created_at + START_WINDOW, failed_hint="startFailed")
        elif age >= ORDER_LIFETIME:
            order.decision = Decision(order.created_at + ORDER_LIFETIME, failed_hint="expiredTransaction")
        elif age >= timedelta(seconds=order.script.decide_after_s):
            self._play(order)

    def _play(self, order: Order) -> None:
        script = order.script
        persona = BY_KEY[script.persona]
        if script.outcome == "wrong_person":
            persona = next(each for each in PERSONAS if each is not persona)
        if script.outcome in ("approve", "wrong_person"):
            ip_address = script.ip_address or order.request["endUserIp"]
            self.approve(order, persona, risk=script.risk, ip_address=ip_address)
        elif script.outcome == "fail":
            self.fail(order, script.failed_hint or "unknown")
        elif hint := _FAILURES.get(script.outcome):
            self.fail(order, hint)

    def _completion(self, order: Order, persona: Persona, *, risk: RiskLevel | None, ip_address: str) -> dict[str, Any]:
        device = hashlib.sha256(persona.key.encode()).hexdigest()[:28]
        signature = sign(
            self._authority,
            persona,
            SignedTexts(order.request.get("userVisibleData"), order.request.get("userNonVisibleData")),
            func_id="Signing" if order.kind == "sign" else "Identification",
            relying_party=self.relying_party,
            device=device,
        )
        completion: dict[str, Any] = {
            "user": {
                "personalNumber": persona.personal_number,
                "name": persona.name,
                "givenName": persona.given_name,
                "surname": persona.surname,
            },
            "device": {"ipAddress": ip_address, "uhi": device},
            "bankIdIssueDate": "2023-04-01Z",
            "signature": signature,
            "ocspResponse": ocsp_response(self._authority, persona, signature, now=self._clock()),
        }
        if order.request.get("requirement", {}).get("mrtd"):
            completion["stepUp"] = {"mrtd": True}
        if order.request.get("returnRisk") and risk is not None:
            completion["risk"] = risk
        return completion
