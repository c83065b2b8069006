"""A request that did not come by the chat: an officer registers it, with the day on which it reached the company.

The clock starts on that day (art. 12(3); gdpr-rules section 2.1), not on the day of the typing.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.console import texts
from cases.console.context import Console
from cases.console.guard import PREFIX, ConsoleDep, FormDep, OfficerDep, SentForm
from cases.console.responses import led_on, page
from cases.drafts import NOBODY, CaseDraft, Channel, IdentificationMethod, Identity
from cases.errors import ReceiptInFutureError, ReferenceTakenError
from privacy.contact_addresses import normalise_email
from privacy.errors import InvalidContactAddressError
from privacy.references import is_case_reference
from privacy.request_types import RULES, IdentityLevel, RequestType, rule_for
from privacy.swedish_dates import STOCKHOLM

router = APIRouter(prefix="/cases/new")

CHANNELS: Final = tuple(channel for channel in Channel if channel is not Channel.CHAT)
WORDS: Final = "words"
"""Under which the person's words stand where the type of request asks nothing."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was sent, to be shown again when it is refused."""

    reference: str
    request_type: str = ""
    channel: str = ""
    received_on: str = ""
    name: str = field(default="", repr=False)
    contact_email: str = field(default="", repr=False)
    words: str = field(default="", repr=False)

    @classmethod
    def of(cls, form: SentForm) -> "Filled":
        """Read the form."""
        return cls(
            reference=form.text("reference", max_length=40),
            request_type=form.text("request_type", max_length=40),
            channel=form.text("channel", max_length=40),
            received_on=form.text("received_on", max_length=10),
            name=form.text("name", max_length=200),
            contact_email=form.text("contact_email", max_length=254),
            words=form.text("words"),
        )


@router.get("")
async def show_form(request: Request, console: ConsoleDep, _officer: OfficerDep) -> Response:
    """Show the empty form. The reference is made here, so that sending twice registers once."""
    return _form_page(request, console, Filled(reference=await console.service.draw_reference(console.random)))


@router.post("")
async def register(request: Request, console: ConsoleDep, officer: OfficerDep, form: FormDep) -> Response:
    """Register the request, or say what is missing."""
    filled = Filled.of(form)
    draft = _draft(filled)
    if isinstance(draft, str):
        return _form_page(request, console, filled, problem=draft, status=422)
    try:
        await console.service.register(draft, actor=officer.actor)
    except ReceiptInFutureError:
        return _form_page(request, console, filled, problem=texts.RECEIVED_IN_FUTURE, status=422)
    except ReferenceTakenError:
        return _form_page(request, console, filled, problem=texts.REGISTERED_OTHERWISE, status=409)
    return led_on(f"{PREFIX}/cases/{draft.reference}", done="registered")


def _draft(filled: Filled) -> CaseDraft | str:
    """Return the request, or what the form lacks, in Swedish."""
    received_on = _date(filled.received_on)
    is_complete = filled.request_type in {*RequestType} and filled.channel in {*CHANNELS}
    if received_on is None or not is_complete or not is_case_reference(filled.reference):
        return texts.REGISTRATION_INCOMPLETE
    try:
        email = normalise_email(filled.contact_email) if filled.contact_email else None
    except InvalidContactAddressError:
        return texts.NO_ADDRESS
    request_type = RequestType(filled.request_type)
    questions = rule_for(request_type).questions
    key = questions[0].key if questions else WORDS
    identity = Identity(IdentityLevel.NONE, IdentificationMethod.NONE, name=filled.name) if filled.name else NOBODY
    return CaseDraft(
        reference=filled.reference,
        request_type=request_type,
        received_at=datetime.combine(received_on, time(), STOCKHOLM),
        channel=Channel(filled.channel),
        identity=identity,
        details={key: filled.words} if filled.words else {},
        contact_email=email,
    )


def _form_page(
    request: Request, console: Console, filled: Filled, *, problem: str | None = None, status: int = 200
) -> Response:
    return page(
        request,
        console,
        "register.html",
        status=status,
        filled=filled,
        request_types=[(kind.value, rule.title) for kind, rule in RULES.items()],
        channels=CHANNELS,
        problem=problem,
    )


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
