"""Each service is killed under a visitor's widget, and started again: the truth, what is safe, what to do, and on.

The walk starts every real process by itself and takes its time, so it runs where it is asked for
(``INSYN_SERVICES_DOWN=1``). In every run the edge's own process is killed and comes back, under a real widget
(``tests/bot/widget/test_network.py``).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.async_api import async_playwright, expect

from insyn.processes import Process, answers, environment, processes
from insyn.rights import bring_up_to_date
from insyn.settings import ROOT, Settings
from insyn.training import ensure_model
from insyn.up import logins
from tests.bot.widget.visitor import PHONE, Visitor
from tests.chromium import CHROMIUM
from tests.e2e.conftest import ARTEFACTS, PORTS, free_ports

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif("INSYN_SERVICES_DOWN" not in os.environ, reason="takes two minutes: INSYN_SERVICES_DOWN=1"),
]

SCREENSHOTS = ARTEFACTS / "screenshots" / "services-down"
PATIENCE_MS = 60_000
WITHOUT_WORKER = ("simulator", "cases", "actions", "rasa", "chat")


@dataclass
class Services:
    """The processes of the stack, each of which can be killed and started by itself."""

    settings: Settings
    environment: dict[str, str]
    logs: Path
    _running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    async def start(self, *names: str) -> None:
        """Start the processes and wait until they say that they can do their work."""
        wanted = [process for process in processes(self.settings) if process.name in names]
        for process in wanted:
            with (self.logs / f"{process.name}.log").open("a") as log:
                self._running[process.name] = await asyncio.create_subprocess_exec(
                    *process.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log
                )
        async with asyncio.timeout(240):
            await asyncio.gather(*(self._ready(process) for process in wanted))

    async def kill(self, name: str) -> None:
        """End one, by its id, as a power cut does."""
        process = self._running.pop(name)
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()

    async def kill_all(self) -> None:
        for name in list(self._running):
            await self.kill(name)

    async def _ready(self, process: Process) -> None:
        with httpx.Client(timeout=2, trust_env=False) as client:
            while not await asyncio.to_thread(answers, client, str(process.health_url)):
                assert self._running[process.name].returncode is None, f"{process.name} ended by itself"
                await asyncio.sleep(0.1)


@asynccontextmanager
async def services() -> AsyncIterator[Services]:
    data_dir = ARTEFACTS / "services-down"
    shutil.rmtree(data_dir, ignore_errors=True)
    data_dir.mkdir(parents=True)
    ensure_model(data_dir / "train.log")
    ports = {f"{name}_port": port for name, port in zip(PORTS, free_ports(len(PORTS)), strict=True)}
    settings = Settings(_env_file=None, data_dir=data_dir, **ports)
    with logins(settings) as both:
        bring_up_to_date(both)
        env = environment(settings, both.services) | {
            f"INSYN_{name.upper()}": str(port) for name, port in ports.items()
        }
        running = Services(settings, env, data_dir)
        try:
            await running.start(*WITHOUT_WORKER)
            yield running
        finally:
            await running.kill_all()


@asynccontextmanager
async def on_a_phone(url: str) -> AsyncIterator[Visitor]:
    async with async_playwright() as playwright, await playwright.chromium.launch(**CHROMIUM) as browser:
        context = await browser.new_context(**PHONE, locale="sv-SE", timezone_id="Europe/Stockholm")
        context.set_default_timeout(PATIENCE_MS)
        visitor = Visitor(await context.new_page(), url)
        await visitor.open()
        yield visitor


async def picture(visitor: Visitor, name: str) -> None:
    await visitor.page.wait_for_timeout(400)  # what moves has come to rest
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await visitor.page.screenshot(path=SCREENSHOTS / f"{name}.png")


async def test_each_service_is_killed_and_the_visitor_goes_on() -> None:
    expect.set_options(timeout=PATIENCE_MS)
    async with services() as running, on_a_phone(running.settings.chat_url) as visitor:
        await the_action_server_is_down(running, visitor)
        await rasa_is_down(running, visitor)
        await the_case_system_is_down(running, visitor)
        await bankid_is_down(running, visitor)
        await the_edge_is_down(running, visitor)


async def the_action_server_is_down(running: Services, visitor: Visitor) -> None:
    await running.kill("actions")
    await visitor.say("Hur länge sparar ni inspelade samtal?")
    told = visitor.bubbles("bot").last
    await expect(told).to_contain_text("Något gick fel medan jag svarade")
    await expect(told).to_contain_text("räkna med att ingenting är inskickat")
    await expect(visitor.reply("Prata med en människa")).to_be_visible()
    await picture(visitor, "1-action-server")

    await running.start("actions")
    await visitor.ask("Hur länge sparar ni inspelade samtal?")
    await expect(visitor.bubbles("bot").last).to_contain_text("3 månader")


async def rasa_is_down(running: Services, visitor: Visitor) -> None:
    await running.kill("rasa")
    await visitor.say("Säljer ni mina uppgifter?")
    told = visitor.bubbles("bot").last
    await expect(told).to_contain_text("kunde inte ta emot ditt meddelande")
    await expect(told).to_contain_text("Ingenting har skickats in eller ändrats")
    await picture(visitor, "2-rasa")

    await running.start("rasa")
    await visitor.ask("Säljer ni mina uppgifter?")
    await expect(visitor.bubbles("bot").last).to_contain_text("säljer")


async def the_case_system_is_down(running: Services, visitor: Visitor) -> None:
    await visitor.ask("Jag vill lämna ett klagomål")
    await visitor.ask("Ni svarar aldrig på mina brev")
    await visitor.ask("anna@example.se")
    await running.kill("cases")
    await visitor.reply("Stämmer").click()
    told = visitor.bubbles("bot").last
    await expect(told).to_contain_text("räkna med att den inte är registrerad")
    await expect(told).to_contain_text("Det du fyllt i finns kvar")
    await picture(visitor, "3-case-system")

    await running.start("cases")
    await visitor.reply("Försök igen").click()
    await expect(visitor.log.locator(".receipt")).to_have_count(1)
    await picture(visitor, "3-case-system-back")


async def bankid_is_down(running: Services, visitor: Visitor) -> None:
    await visitor.ask("Jag vill ha ett registerutdrag på allt")
    await visitor.reply("Stämmer").click()  # the address is known from the complaint
    await visitor.bankid.wait_for()
    await running.kill("simulator")
    await visitor.bankid.get_by_role("button", name="Visa QR-kod").click()
    await expect(visitor.bankid).to_contain_text("BankID svarar inte")
    await picture(visitor, "4-bankid")

    await running.start("simulator")
    await visitor.bankid.get_by_role("button", name="Visa QR-kod").click()
    await visitor.page.get_by_role("img", name="QR-kod för BankID").locator("img").wait_for()
    await picture(visitor, "4-bankid-back")


async def the_edge_is_down(running: Services, visitor: Visitor) -> None:
    await running.kill("chat")
    await expect(visitor.panel.locator(".notice.link")).to_contain_text("Återansluter")
    await visitor.say("Tar ni backup?")
    await picture(visitor, "5-edge")

    await running.start("chat")
    await expect(visitor.bubbles("bot").last).to_contain_text("säkerhetskop")
    await expect(visitor.panel.locator(".notice.link")).to_be_hidden()
    assert (await visitor.bubbles("visitor").all_inner_texts()).count("Tar ni backup?") == 1
    await picture(visitor, "5-edge-back")
