"""The pages besides the chat: demo, policy, what the chat does with data, the way back from BankID."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.errors import TextsError
from bot.policy_texts import PolicyTexts
from foundation.yaml_files import read_yaml
from privacy.company_name import CompanyName
from privacy.retention import RetentionPeriods


class Pages:
    """Renders the pages.

    Args:
        templates: directory of the jinja2 templates.
        policy_dir: directory of the policy as data; read once, at start.
        privacy_page: what ``/integritet`` says, in YAML.
        retention: how long what is kept; that page tells it.
        session_idle: how long a browser keeps its hold without being used; that page tells it too.

    Raises:
        TextsError: the privacy page does not describe exactly the periods that there are, or an earlier version of the
            policy cannot be read.
    """

    def __init__(
        self,
        templates: Path,
        policy_dir: Path,
        *,
        privacy_page: Path,
        retention: RetentionPeriods,
        session_idle: timedelta,
    ) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(templates), autoescape=select_autoescape(), undefined=StrictUndefined
        )
        about: dict[str, Any] = read_yaml(policy_dir / "policy.yml")
        self._about = about
        self._policies = PolicyTexts.read(policy_dir)
        self._privacy = self._filled(privacy_page, retention, session_idle)
        self._periods = [(self._privacy["retention"][key], period.label) for key, period in retention.described()]

    def privacy(self) -> HTMLResponse:
        """Return what the assistant itself does with personal data."""
        return self._rendered(
            "integritet.html", company=self._about["company"], about=self._privacy, periods=self._periods
        )

    def _filled(self, file: Path, retention: RetentionPeriods, session_idle: timedelta) -> dict[str, Any]:
        """Return the privacy page's texts with what they tell filled in."""
        values = {each.name: getattr(retention, each.name).label for each in fields(retention)}
        values |= {name: self._about[name] for name in ("company", "controller", "privacy_email")}
        values["hours"] = str(round(session_idle / timedelta(hours=1)))
        filled: dict[str, Any] = _with(values, read_yaml(file))
        described = {key for key, _ in retention.described()}
        if described != filled["retention"].keys():
            differing = ", ".join(sorted(described ^ filled["retention"].keys()))
            raise TextsError(f"{file} and the retention periods differ: {differing}")
        return filled

    def demo(self) -> HTMLResponse:
        """Return a page of a company's website with the chat on it."""
        return self._rendered("demo.html", company=self._about["company"])

    def policy(self, *, asked_for: str | None = None) -> HTMLResponse:
        """Return the policy, each section under the anchor that citations name.

        Args:
            asked_for: the version that the answer quoted. An earlier one is shown if it was kept, and the page says so;
                if it was not, the one in force is shown, and the page says that.
        """
        current = self._policies.current
        shown = self._policies.earlier.get(asked_for or "", current)
        return self._rendered(
            "policy.html",
            policy=shown.policy,
            is_earlier=shown is not current,
            replaced=shown is current and asked_for is not None and asked_for != current.policy.version,
            company=self._about["company"],
            version_label=shown.version_label,
            levels=shown.levels,
        )

    def returned(self, *, accepted: bool) -> HTMLResponse:
        """Return the page on which the visitor lands after BankID's app."""
        return self._rendered("bankid_return.html", accepted=accepted)

    def package_refused(self, *, is_temporary: bool) -> HTMLResponse:
        """Return the page that a link to a package leads to when nothing is handed out."""
        return self._rendered("package_refused.html", is_temporary=is_temporary)

    @property
    def company(self) -> CompanyName:
        """What the company is called."""
        return CompanyName.of_policy(self._about)

    @property
    def controller(self) -> str:
        """The company that answers for the data, by its registered name."""
        return str(self._about["controller"])

    def _rendered(self, name: str, **values: object) -> HTMLResponse:
        return HTMLResponse(self._environment.get_template(name).render(values))


def _with(values: Mapping[str, str], texts: Any) -> Any:
    """Return ``texts`` with their ``{places}`` filled in, whatever they are nested in."""
    if isinstance(texts, str):
        return texts.format_map(values).strip()
    if isinstance(texts, list):
        return [_with(values, each) for each in texts]
    return {key: _with(values, each) for key, each in texts.items()} if isinstance(texts, dict) else texts
