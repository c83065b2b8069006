"""The templates as the edge serves them, filled with the published policy; and a page of somebody else's website."""

from __future__ import annotations

from pathlib import Path

import jinja2

from privacy.policy import Policy, Section

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "bot" / "static"
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(ROOT / "bot" / "templates"), autoescape=True, undefined=jinja2.StrictUndefined
)

HEADERS = {
    "Content-Security-Policy": "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )
}
"""The strictest policy the pages must work under; breaking it is an error in the console, which the tests read."""


def demo() -> str:
    return _TEMPLATES.get_template("demo.html").render()


def policy() -> str:
    sections = (
        Section("Integritetspolicy", "integritetspolicy", "Så här behandlar vi personuppgifter."),
        Section(
            "Hur länge lagrar vi uppgifterna?",
            "hur-lange-lagrar-vi-uppgifterna",
            "Under hela kundrelationen.\n- Namn\n- Adress",
        ),
        Section("Begränsningar", "begransningar", "Gäller inte andras webbplatser."),
    )
    return _TEMPLATES.get_template("policy.html").render(policy=Policy("2026-11-23", sections))


def bankid_return() -> str:
    return _TEMPLATES.get_template("bankid_return.html").render()


def hostile_host(server: str) -> tuple[str, dict[str, str]]:
    """A page elsewhere whose own styles reach for everything, and which allows nothing inline."""
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A hostile page</title>
<link rel="stylesheet" href="/hostile.css">
<script type="module" src="{server}/widget/insyn.js"></script></head>
<body><h1>Somebody else's page</h1><button data-insyn-open>Ask about your data</button></body></html>"""
    allowed = f"script-src {server}; connect-src {server}; img-src {server}; style-src 'self'; default-src 'none'"
    return page, {"Content-Security-Policy": allowed}


HOSTILE_CSS = """
html { font-size: 62.5%; }
* { all: unset !important; color: red !important; font: 700 9px/1 fantasy !important; letter-spacing: 4px !important; }
insyn-chat { position: absolute !important; transform: rotate(90deg) !important; opacity: .1; visibility: hidden; overflow: hidden !important; width: 1px !important; }
body { display: block !important; transform: translateX(0); padding: 20px !important; }
div { position: fixed; z-index: 2147483647; }
button { display: none; }
"""
