"""A browser without a screen: keeps cookies, follows redirects, and sends only forms that stand on the page."""

from typing import Any

import httpx
from lxml import html


class StaffBrowser:
    """What an officer sits at."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.origin = str(client.base_url).rstrip("/")
        self.answer: httpx.Response

    async def open(self, path: str, **headers: str) -> httpx.Response:
        """Go to a page."""
        self.answer = await self.client.get(path, headers=headers)
        return self.answer

    async def send(self, action: str, *, number: int = 0, **values: str) -> httpx.Response:
        """Fill in the form with that address on the present page and send it."""
        fields = self.form(action, number=number) | values
        return await self.post(action, fields)

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        """Send any form at all, as an attacker or an old window might."""
        sent = {"Origin": self.origin, "Referer": str(self.answer.url)} | headers
        self.answer = await self.client.post(path, data=fields, headers=sent)
        return self.answer

    async def log_in(self, name: str, password: str, *, path: str = "/console/login") -> httpx.Response:
        """Log in by the form."""
        await self.open(path)
        return await self.send("/console/login", name=name, password=password)

    def form(self, action: str, *, number: int = 0) -> dict[str, str]:
        """Return what the ``number``-th form with that address would send as it stands."""
        forms = [form for form in self.page.forms if form.action == action]
        assert forms, f"no form leads to {action}; there are {[form.action for form in self.page.forms]}"
        return {name: value for name, value in forms[number].form_values() if isinstance(value, str)}

    @property
    def page(self) -> Any:
        """The present page, parsed."""
        return html.document_fromstring(self.answer.text)

    @property
    def text(self) -> str:
        """What stands in the page's main part, spaces evened out."""
        return " ".join(self.page.xpath("string(//main)").split())

    def find(self, xpath: str) -> list[Any]:
        """Return what an XPath expression finds."""
        return self.page.xpath(xpath)
