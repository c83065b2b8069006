"""The broker against a plain model: whatever two browsers, a phone, a letterbox and a bad network do, in any order.

Hypothesis makes up the sequences; each step is done to the real broker on a real PostgreSQL with the simulator behind
it (two replicas, answers that are lost or arrive late), and to the model below; the two must agree after each.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import uuid
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from foundation.database import create_engine, session_factory
from foundation.encryption import KeyRing
from identity.bankid import BankIdClient
from identity.broker import Broker
from identity.codes import CodeMail
from identity.config import BrokerConfig, ClientConfig
from identity.errors import (
    IdentificationNotAvailableError,
    IdentificationNotFoundError,
    IdentificationStateError,
    ReturnRefusedError,
    TooManyCodesError,
    TooManyStartsError,
)
from identity.simulator.app import create_app
from identity.simulator.clock import MovableClock
from identity.simulator.config import SimulatorConfig
from identity.simulator.personas import PERSONAS
from tests.conftest import SettableClock
from tests.identity.conftest import DESKTOP, RETURN, TEXT, Letterbox, no_sleep

pytestmark = pytest.mark.database

OTHER = "9d0f6d0e-2d52-4d52-8f3d-77c6b7a3b0aa"
MODES = st.sampled_from(["qr", "same_device"])
BROWSERS = st.sampled_from(["mine", "theirs"])
_numbers = itertools.count()


class Wire(httpx.AsyncBaseTransport):
    """The way to BankID, on which answers get lost or stuck after BankID has acted."""

    def __init__(self, app: Any) -> None:
        self._inner = httpx.ASGITransport(app)
        self.lose: str | None = None
        self.stick = False
        self.stuck, self.let_go = asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        body = httpx.ByteStream(await answer.aread())
        response = httpx.Response(answer.status_code, headers=answer.headers, stream=body)
        endpoint = request.url.path.rpartition("/")[2]
        if endpoint == self.lose:
            self.lose = None
            raise httpx.ReadError("the answer was lost")
        if endpoint == "collect" and self.stick:
            self.stick = False
            self.stuck.set()
            await self.let_go.wait()
        return response


@dataclass
class Order:
    """An order in the model."""

    mode: str
    created_at: datetime
    order_ref: str
    token: str
    nonce: str | None
    opened: bool = False
    decision: str | None = None
    returned: bool = False


@dataclass
class Model:
    """What should be so. Times are instants of the test's clock."""

    now: datetime
    state: str = "offered"
    order: Order | None = None
    """The one that runs at BankID."""

    waiting: Order | None = None
    """Approved; its browser has not come back."""

    waiting_since: datetime | None = None
    renewals: int = 0
    code: str | None = None
    code_made_at: datetime | None = None
    tries: int = 0
    proof: str | None = None
    starts: list[datetime] = field(default_factory=list)
    mails: list[datetime] = field(default_factory=list)

    def stop_what_runs(self) -> None:
        self.order = self.waiting = self.code = None

    def end(self, state: str) -> None:
        self.stop_what_runs()
        self.state = state

    def complete(self, proof: str) -> None:
        self.stop_what_runs()
        self.state, self.proof = "complete", proof

    def answer(self, now: datetime) -> str | None:
        """What BankID says to ``collect``: None while nothing is decided."""
        if self.order is None:
            return None
        age = (now - self.order.created_at).total_seconds()
        if self.order.decision is None and not self.order.opened and age >= 30:
            self.order.decision = "start_failed"
        if self.order.decision is None and age >= 180:
            self.order.decision = "expired"
        return self.order.decision

    def hear(self, order: Order, answer: str | None, *, now: datetime) -> bool:
        """Take in an answer about ``order``; tell whether a new QR code is to be made."""
        if self.order is not order or answer is None:
            return False
        if answer == "approved":
            if order.mode == "same_device" and not order.returned:
                self.stop_what_runs()
                self.waiting, self.waiting_since = order, now
            else:
                self.complete("bankid")
        elif answer == "start_failed" and order.mode == "qr" and self.renewals < 5:
            self.renewals += 1
            return True
        else:
            self.end({"refused": "cancelled", "expired": "expired"}.get(answer, "failed"))
        return False

    def tend(self, now: datetime) -> None:
        """Let pass what has run out."""
        if self.waiting is not None and (now - self.waiting_since).total_seconds() > 180:
            self.end("failed")
        if self.code is not None and (now - self.code_made_at).total_seconds() > 600:
            self.end("expired")


class BrokerMachine(RuleBasedStateMachine):
    """One identification of level 1, which a code or BankID completes."""

    database_url: ClassVar[str]
    directory: ClassVar[Any]
    signature_root: ClassVar[Any]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = SettableClock(datetime(2026, 3, 10, 9, 0, tzinfo=UTC))
        self.engine = create_engine(self.database_url, application_name="model")
        app = create_app(SimulatorConfig(directory=self.directory), clock=MovableClock(self.clock))
        self.wire, self.letterbox = Wire(app), Letterbox()
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bankid.test")
        number = next(_numbers)
        self.sessions_of = {name: hashlib.sha256(f"{name}{number}".encode()).digest() for name in ("mine", "theirs")}
        self.address = f"10.0.{number // 250}.{number % 250 + 1}"
        self.email = f"anna{number}@example.se"
        self.conversation, self.reference = str(uuid.uuid4()), "AR-7K2M-9QXA"
        config = BrokerConfig(return_url=RETURN, referring_domain="chat.example", evidence_roots=self.signature_root)
        ring = KeyRing.from_secrets("a secret for tests", lookup_secret="another secret for tests")
        client = BankIdClient(ClientConfig(base_url="http://bankid.test/rp/v6.0/"), transport=self.wire, sleep=no_sleep)
        mail = CodeMail(self.letterbox, controller="Exempelbolaget AB")
        sessions = session_factory(self.engine)
        self.replicas = [Broker(sessions, client, ring, self.clock, config, mail) for _ in range(2)]
        self.broker = self.replicas[0]
        self.model = Model(self.clock())
        self.seen: set[str] = set()
        self.old: list[Order] = []
        self.old_codes: list[str] = []
        self.slow: tuple[asyncio.Task[None], Order, str | None] | None = None

    def run(self, work: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(asyncio.wait_for(work, 30))

    def refused(self, error: type[Exception], work: Awaitable[Any]) -> None:
        with pytest.raises(error):
            self.run(work)

    def teardown(self) -> None:
        if self.slow is not None:
            self.wire.let_go.set()
            self.run(self.slow[0])
        self.run(self.http.aclose())
        self.run(self.engine.dispose())
        self.loop.close()

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self.run(self.http.post(path, json=body))

    async def newest_order(self, mode: str) -> Order:
        orders = (await self.http.get("/control/orders")).json()
        [shown] = [order for order in orders if order["order_ref"] not in self.seen]
        self.seen.add(shown["order_ref"])
        nonce = httpx.URL(shown["return_url"]).params["nonce"] if shown["return_url"] else None
        return Order(mode, self.clock(), shown["order_ref"], shown["auto_start_token"], nonce)

    def frame_of(self, order: Order) -> str:
        """What the screen shows for this order now."""
        orders = self.run(self.http.get("/control/orders")).json()
        return next(shown["frame"] for shown in orders if shown["order_ref"] == order.order_ref)

    def retire(self) -> None:
        """Whatever runs counts no longer, and its tokens are an attacker's from now on."""
        self.old += [order for order in (self.model.order, self.model.waiting) if order is not None]
        self.old_codes += [code for code in (self.model.code,) if code is not None]

    # steps

    @initialize()
    def offer_it(self) -> None:
        self.id = self.run(self.offered()).id

    def offered(self) -> Awaitable[Any]:
        return self.broker.offer(
            self.conversation,
            session_hash=self.sessions_of["mine"],
            reference=self.reference,
            request_title="Rättelse",
            visible_text=TEXT,
            level=1,
            email=self.email,
        )

    @rule()
    def offer_again(self) -> None:
        self.run(self.offered())
        if self.model.state in ("failed", "cancelled", "expired"):
            self.model.end("offered")
            self.model.renewals = 0

    @rule(browser=BROWSERS, mode=MODES, answer_lost=st.sampled_from([False, False, False, True]))
    def start(self, browser: str, mode: str, answer_lost: bool) -> None:
        model, now = self.model, self.clock()
        work = self.broker.start(
            self.id,
            session_hash=self.sessions_of[browser],
            mode=mode,
            end_user_ip=self.address,
            user_agent=DESKTOP,
        )
        if browser == "theirs":
            self.refused(IdentificationNotFoundError, work)
        elif model.state == "complete":
            self.refused(IdentificationStateError, work)
        elif len([at for at in model.starts if at > now - timedelta(seconds=600)]) >= 12:
            self.refused(TooManyStartsError, work)
        else:
            self.wire.lose = "sign" if answer_lost else None
            self.run(work)
            self.retire()
            model.stop_what_runs()
            model.starts.append(now)
            model.renewals, model.state = 0, "failed" if answer_lost else "pending"
            made = self.run(self.newest_order(mode))
            if answer_lost:
                self.old.append(made)  # BankID has it, and we shall never hear of it
            else:
                model.order = made

    @precondition(lambda self: self.model.order is not None and not self.model.order.opened)
    @rule()
    def the_phone_opens_it(self) -> None:
        order, now = self.model.order, self.clock()
        answer = (
            self.post("/control/open", auto_start_token=order.token)
            if order.mode == "same_device"
            else self.post("/control/scan", text=self.frame_of(order))
        )
        is_late = (now - order.created_at).total_seconds() >= 30
        assert answer.status_code == (409 if is_late or order.decision else 200), answer.text
        order.opened = answer.status_code == 200

    @precondition(lambda self: self.model.order is not None and self.model.order.opened)
    @rule(decision=st.sampled_from(["approved", "approved", "refused"]))
    def the_phone_decides(self, decision: str) -> None:
        order = self.model.order
        self.model.answer(self.clock())
        path = f"/control/orders/{order.order_ref}/"
        self.post(path + "approve") if decision == "approved" else self.post(path + "fail", hint="userCancel")
        order.decision = order.decision or decision

    @precondition(lambda self: self.old)
    @rule(data=st.data())
    def somebody_replays_an_old_order(self, data: st.DataObject) -> None:
        """Its launch link, an approval of it, and its return address: all of it is worth nothing."""
        order = data.draw(st.sampled_from(self.old))
        self.post("/control/open", auto_start_token=order.token)
        self.post(f"/control/orders/{order.order_ref}/approve")
        if order.nonce is not None:
            self.refused(
                ReturnRefusedError, self.broker.accept_return(order.nonce, session_hash=self.sessions_of["mine"])
            )

    @precondition(lambda self: self.slow is None)
    @rule(replica=st.integers(0, 1), seconds=st.sampled_from([2, 2, 2, 31]), answer_lost=st.booleans())
    def time_passes(self, replica: int, seconds: int, answer_lost: bool) -> None:
        model = self.model
        self.clock.advance(seconds=seconds)
        now = self.clock()
        order, answer = model.order, model.answer(now)
        self.wire.lose = "collect" if answer_lost else None
        self.run(self.replicas[replica]._collector.round())
        self.wire.lose = None
        if order is not None:
            if answer_lost and answer is not None:  # a result is given once
                self.retire()
                model.end("failed")
            elif model.hear(order, answer, now=now):
                self.old.append(order)
                model.order = self.run(self.newest_order("qr"))
            elif model.order is not order:
                self.old.append(order) if model.waiting is not order else None
        waiting = model.waiting
        had_code = model.code
        model.tend(now)
        if waiting is not None and model.waiting is None:
            self.old.append(waiting)
        if had_code and model.code is None:
            self.old_codes.append(had_code)

    @precondition(lambda self: self.slow is None and self.model.order is not None)
    @rule()
    def an_answer_gets_stuck(self) -> None:
        """A replica asks, BankID answers, and the answer is on its way for as long as other things happen."""
        self.clock.advance(seconds=2)
        order = self.model.order
        answer = self.model.answer(self.clock())
        self.wire.stick = True
        self.wire.stuck.clear()
        self.wire.let_go.clear()
        task = self.loop.create_task(self.replicas[1]._collector.round())
        self.run(self.wire.stuck.wait())
        self.slow = (task, order, answer)

    @precondition(lambda self: self.slow is not None)
    @rule()
    def the_stuck_answer_arrives(self) -> None:
        task, order, answer = self.slow
        self.slow = None
        self.wire.let_go.set()
        self.run(task)
        if self.model.hear(order, answer, now=self.clock()):
            self.old.append(order)
            self.model.order = self.run(self.newest_order("qr"))
        elif self.model.order is not order and self.model.waiting is not order and order not in self.old:
            self.old.append(order)

    @rule(browser=BROWSERS)
    def the_browser_comes_back(self, browser: str) -> None:
        model = self.model
        order = model.order or model.waiting
        nonce = order.nonce if order is not None and order.nonce and not order.returned else "made-up"
        work = self.broker.accept_return(nonce, session_hash=self.sessions_of[browser])
        if nonce == "made-up":
            self.refused(ReturnRefusedError, work)
        elif browser == "theirs":
            self.refused(ReturnRefusedError, work)
            self.retire()
            model.end("failed")
        else:
            self.run(work)
            order.returned = True
            if model.waiting is order:
                self.old.append(order)
                model.complete("bankid")

    @rule(browser=BROWSERS)
    def a_code_is_asked_for(self, browser: str) -> None:
        model, now = self.model, self.clock()
        work = self.broker.send_code(
            self.id, session_hash=self.sessions_of[browser], email=self.email, end_user_ip=self.address
        )
        if browser == "theirs":
            self.refused(IdentificationNotFoundError, work)
        elif model.state == "complete":
            self.refused(IdentificationStateError, work)
        elif len(model.mails) >= 5:
            self.refused(TooManyCodesError, work)
        else:
            self.run(work)
            self.retire()
            model.stop_what_runs()
            model.mails.append(now)
            model.state, model.code, model.code_made_at, model.tries = "pending", self.letterbox.code, now, 3

    @rule(browser=BROWSERS, which=st.sampled_from(["right", "wrong", "old"]))
    def a_code_is_typed(self, browser: str, which: str) -> None:
        model, now = self.model, self.clock()
        wrong = "000000" if model.code != "000 000" else "000001"
        code = {"right": model.code or "123456", "wrong": wrong, "old": (self.old_codes or [wrong])[-1]}[which]
        work = self.broker.enter_code(self.id, session_hash=self.sessions_of[browser], code=code)
        if browser == "theirs":
            self.refused(IdentificationNotFoundError, work)
        elif model.code is None:
            self.refused(IdentificationStateError, work)
        else:
            self.run(work)
            if (now - model.code_made_at).total_seconds() > 600:
                self.retire()
                model.end("expired")
            elif code == model.code:
                self.retire()
                model.complete("email_code")
            else:
                model.tries -= 1
                if model.tries == 0:
                    self.retire()
                    model.end("failed")

    @rule(browser=BROWSERS)
    def it_is_called_off(self, browser: str) -> None:
        work = self.broker.cancel(self.id, session_hash=self.sessions_of[browser])
        if browser == "theirs":
            self.refused(IdentificationNotFoundError, work)
        elif self.model.state == "complete":
            self.refused(IdentificationStateError, work)
        else:
            self.run(work)
            self.retire()
            if self.model.state in ("offered", "pending"):
                self.model.end("cancelled")

    @rule(attempt=st.sampled_from(["look", "another purpose", "another conversation"]))
    def somebody_else_helps_themselves(self, attempt: str) -> None:
        """Whatever stands there at this moment, it is neither another browser's to see nor another purpose's to use."""
        if attempt == "look":
            work = self.broker.view(self.id, session_hash=self.sessions_of["theirs"])
            self.refused(IdentificationNotFoundError, work)
        else:
            elsewhere = (self.conversation, "AR-0000-0000") if attempt == "another purpose" else (OTHER, self.reference)
            self.refused(IdentificationNotAvailableError, self.broker.consume(*elsewhere))

    # what must be so after every step

    @invariant()
    def broker_and_model_agree(self) -> None:
        if not hasattr(self, "id"):
            return
        shown = self.run(self.broker.view(self.id, session_hash=self.sessions_of["mine"]))
        assert shown.state == self.model.state
        assert (shown.launch_url is not None) == (
            self.model.order is not None and self.model.order.mode == "same_device"
        )
        if shown.qr:
            assert self.model.order is not None
            assert self.model.order.mode == "qr"

    @invariant()
    def only_what_is_complete_can_be_consumed_and_always_the_same(self) -> None:
        if not hasattr(self, "id"):
            return
        work = self.replicas[1].consume(self.conversation, self.reference)
        if self.model.state != "complete":
            self.refused(IdentificationNotAvailableError, work)
            return
        identity = self.run(work)
        assert identity.method == self.model.proof
        if identity.method == "bankid":
            assert identity.personal_identity_number == PERSONAS[0].personal_number
        else:
            assert (identity.email, identity.personal_identity_number) == (self.email, None)


def test_whatever_happens_in_whatever_order_broker_and_model_agree(database_url, authority):
    """Some 25 s of processor time; ``INSYN_MODEL_EXAMPLES`` makes it as long as wanted."""
    import os

    BrokerMachine.database_url = database_url
    BrokerMachine.directory = authority.files.directory
    BrokerMachine.signature_root = authority.files.signature_root
    run_state_machine_as_test(
        BrokerMachine,
        settings=settings(
            max_examples=int(os.environ.get("INSYN_MODEL_EXAMPLES", "8")),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate),  # a failing sequence is short enough to read as it is
        ),
    )
