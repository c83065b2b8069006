"""Erasing what the assistant itself remembers of a case's person."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.console import connector_texts, conversation_texts, texts
from cases.console.guard import PREFIX, ConsoleDep, FormDep, OfficerDep
from cases.console.identity import identity_first
from cases.console.pages.cases import case_page, known
from cases.console.responses import led_on
from cases.errors import (
    CaseEndedError,
    ChatUnavailableError,
    IdentityNotEstablishedError,
    StaleTaskError,
    TaskNotFoundError,
)

router = APIRouter(prefix="/cases")


@router.post("/{reference}/conversations/erase")
async def erase_conversations(
    request: Request, console: ConsoleDep, officer: OfficerDep, form: FormDep, reference: str
) -> Response:
    """Erase the person's conversations and settle the task; what stands in the way is said."""
    reference = known(reference)

    async def refused(problem: str, status: int) -> Response:
        return await case_page(request, console, officer, reference, problem=problem, status=status)

    if form.text("confirmed") != "yes":
        return await refused(conversation_texts.NOT_CONFIRMED, 422)
    try:
        await console.own_conversations.erase(reference, actor=officer.actor)
    except TaskNotFoundError:
        return await refused(texts.FORBIDDEN_FORM, 404)
    except CaseEndedError:
        return await refused(connector_texts.CASE_HAS_ENDED, 409)
    except StaleTaskError:
        return await refused(texts.STALE_TASK, 409)
    except IdentityNotEstablishedError as error:
        return await refused(identity_first(error), 409)
    except ChatUnavailableError:
        return await refused(conversation_texts.CHAT_IS_DOWN, 503)
    return led_on(f"{PREFIX}/cases/{reference}", done="conversations-erased")
