"""Pages under the widget: the edge's own, as it serves them, and one of a website that makes everything difficult."""

from __future__ import annotations

from datetime import timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.config import ROOT
from bot.gate import CONTENT_SECURITY_POLICY
from bot.pages import Pages
from privacy.retention import DEFAULT_PERIODS

STATIC = ROOT / "bot" / "static"
HEADERS = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
"""Breaking it is an error in the page's console, which the tests read."""

OWN = Pages(
    ROOT / "bot" / "templates",
    ROOT / "data" / "policy",
    privacy_page=ROOT / "data" / "integritet.yml",
    retention=DEFAULT_PERIODS,
    session_idle=timedelta(hours=24),
)

_HOSTILE_CSS = """
html { font-size: 62.5%; }
* { all: unset !important; color: red !important; font: 40px cursive !important; letter-spacing: 4px !important;
  direction: rtl !important; text-transform: uppercase !important; cursor: none !important; }
insyn-chat { position: absolute !important; transform: rotate(90deg) !important; visibility: hidden !important;
  opacity: .1 !important; overflow: hidden !important; width: 1px !important; display: none !important; }
body { display: block !important; transform: translateX(0); padding: 20px !important; }
div { position: fixed; z-index: 2147483647; }
button, summary, input, textarea, dialog { display: none !important; background: lime !important; }
insyn-chat::part(x), ::before { content: "!" !important; }
"""


def hostile_site(server: str) -> Starlette:
    """A website elsewhere: its styles reach for everything; its policy allows only its own and the server's files."""
    page = f"""<!doctype html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>Somebody else's page</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/hostile.css">
<script type="module" src="{server}/widget/insyn.js"></script></head>
<body><h1>Somebody else's page</h1></body></html>"""
    allowed = f"default-src 'none'; style-src 'self'; script-src {server}; connect-src {server}; img-src {server}"

    async def home(_request: Request) -> Response:
        return HTMLResponse(page, headers={"Content-Security-Policy": allowed})

    async def styles(_request: Request) -> Response:
        return Response(_HOSTILE_CSS, media_type="text/css")

    return Starlette(routes=[Route("/", home), Route("/hostile.css", styles)])
