"""The pages that the edge serves besides the chat: the demo page, the policy, and the way back from BankID."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from privacy.policy import parse_policy


class Pages:
    """Renders the pages.

    Args:
        templates: directory of the jinja2 templates.
        policy_dir: directory of the policy as data; read once, at start.
    """

    def __init__(self, templates: Path, policy_dir: Path) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(templates), autoescape=select_autoescape(), undefined=StrictUndefined
        )
        about: dict[str, Any] = yaml.safe_load((policy_dir / "policy.yml").read_text(encoding="utf-8"))
        text = (policy_dir / about["file"]).read_text(encoding="utf-8")
        headings = [section["heading"] for section in about["sections"]]
        self._about = about
        self._policy = parse_policy(text, headings, version=about["version"])

    def demo(self) -> HTMLResponse:
        """Return a page of a company's website with the chat on it."""
        return self._rendered("demo.html", company=self._about["company"])

    def policy(self, *, asked_for: str | None = None) -> HTMLResponse:
        """Return the policy, each section under the anchor that citations name.

        Args:
            asked_for: the version that the answer quoted; when it is not ours any more the page says so.
        """
        return self._rendered(
            "policy.html",
            policy=self._policy,
            replaced=asked_for is not None and asked_for != self._policy.version,
            company=self._about["company"],
            version_label=self._about["version_label"],
            levels={section["heading"]: section["level"] for section in self._about["sections"]},
        )

    def returned(self, *, accepted: bool) -> HTMLResponse:
        """Return the page on which the visitor lands after BankID's app."""
        return self._rendered("bankid_return.html", accepted=accepted)

    def package_refused(self, *, is_temporary: bool) -> HTMLResponse:
        """Return the page that a link to a package leads to when nothing is handed out."""
        return self._rendered("package_refused.html", is_temporary=is_temporary)

    @property
    def controller(self) -> str:
        """The company that answers for the data, by its registered name."""
        return str(self._about["controller"])

    def _rendered(self, name: str, **values: object) -> HTMLResponse:
        return HTMLResponse(self._environment.get_template(name).render(values))
