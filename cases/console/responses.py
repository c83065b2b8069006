"""Pages and redirects, with what every page of the console shows around its own content."""

from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from cases.console import texts
from cases.console.accounts import StaffAccount
from cases.console.context import Console
from cases.console.guard import FORM_TOKEN_FIELD, SESSION_COOKIE
from cases.console.sessions import IDLE, form_token

DONE_PARAMETER: Final = "klart"


def page(
    request: Request,
    console: Console,
    template: str,
    *,
    status: int = 200,
    form_cookie: str | None = None,
    **context: Any,
) -> HTMLResponse:
    """Return a whole page.

    Args:
        request: who asks; their account, if the route has found one, stands in its state.
        console: the collaborators.
        template: name of the template, which extends ``base.html``.
        status: HTTP status.
        form_cookie: what binds the page's forms; the session's cookie unless the page is for somebody without one.
        context: the template's own values.
    """
    account: StaffAccount | None = getattr(request.state, "account", None)
    cookie = request.cookies.get(SESSION_COOKIE, "") if form_cookie is None else form_cookie
    around = {
        "account": account,
        "path": request.url.path,
        "form_token": form_token(cookie) if cookie else "",
        "form_token_field": FORM_TOKEN_FIELD,
        "done": texts.DONE.get(request.query_params.get(DONE_PARAMETER, "")),
        "now": console.now(),
        "today": console.today(),
        "idle_s": int(IDLE.total_seconds()),
        "problem": None,
    }
    return HTMLResponse(console.templates.render(template, around | context), status)


def led_on(path: str, *, done: str | None = None) -> Response:
    """Return the redirect after a form, so that a reload sends nothing twice.

    Args:
        path: where to; a path of the console.
        done: key of the sentence in :data:`texts.DONE` that the next page says.
    """
    return RedirectResponse(f"{path}?{DONE_PARAMETER}={done}" if done else path, 303)
