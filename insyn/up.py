"""``insyn up``: everything, from nothing to a page that answers."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.panel import Panel
from rich.table import Table

from cases.console.accounts import create_first_account
from foundation.clock import system_clock
from foundation.database import create_engine, session_factory
from insyn import training
from insyn.children import sigterm_as_exit
from insyn.postgres import OwnPostgres
from insyn.processes import environment, processes
from insyn.rights import Logins, bring_up_to_date
from insyn.settings import Settings
from insyn.stack import LogFiles, Stack, make_directory, only_one, refuse_taken_ports
from insyn.terminal import console, say_done, step

FIRST_ACCOUNT = "admin"


def up(settings: Settings) -> None:
    """Start everything and stay until Ctrl-C or until a process dies.

    Raises:
        InsynError: something is in the way; the text says what and what to do.
    """
    began_at = time.monotonic()
    wanted = processes(settings)
    with sigterm_as_exit(), only_one(settings.data_dir):
        refuse_taken_ports(wanted)
        with logins(settings) as both:
            with step("Bringing the database's tables up to date", "The database's tables are up to date"):
                bring_up_to_date(both)
            if training.is_current():
                say_done("The model is current", 0)
            else:
                with step("Training the model (data or configuration changed)", "The model is trained"):
                    training.train(settings.data_dir / "logs" / "train.log")
            password = asyncio.run(_first_password(both.services))
            logs = LogFiles(settings.data_dir / "logs")
            console.print(f"Starting {', '.join(process.name for process in wanted)} …")
            stack = Stack(
                wanted,
                environment=environment(settings, both.services),
                logs=logs,
                on_progress=lambda title, seconds: say_done(f"{title} answers", seconds),
                on_ready=lambda _: console.print(_addresses(settings, password, time.monotonic() - began_at)),
            )
            try:
                stack.run()
            finally:
                console.print("Everything that was started has ended.")


@contextmanager
def logins(settings: Settings) -> Iterator[Logins]:
    """Give the database's addresses: those of the settings, or of one of our own that runs while the block does."""
    if settings.database_url is not None:
        yield Logins(settings.database_url, owner=settings.migrations_database_url or settings.database_url)
        return
    make_directory(settings.data_dir)
    with step("Starting PostgreSQL", "PostgreSQL runs"):
        server = OwnPostgres(settings.data_dir.resolve() / "postgres")
    try:
        yield Logins(server.services_url(), owner=server.url())
    finally:
        server.stop()


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """Give the address by which the services reach the database."""
    with logins(settings) as both:
        yield both.services


async def _first_password(database_url: str) -> str | None:
    """Return the one-time password of the first staff account, or None once somebody has logged in with it."""
    engine = create_engine(database_url)
    try:
        async with session_factory(engine).begin() as session:
            return await create_first_account(
                session, name=FIRST_ACCOUNT, now=system_clock(), random=secrets.SystemRandom()
            )
    finally:
        await engine.dispose()


def _addresses(settings: Settings, password: str | None, seconds: float) -> Panel:
    table = Table.grid(padding=(0, 2))
    table.add_row("Chat", settings.visitors_url)
    table.add_row("Staff console", f"{settings.staff_url}/console")
    if password is not None:
        table.add_row("", f"log in as [bold]{FIRST_ACCOUNT}[/bold] with the one-time password [bold]{password}[/bold]")
    table.add_row("API documentation", f"{settings.staff_url}/docs")
    if settings.bankid_url is None:
        table.add_row("BankID simulator", f"{settings.simulator_url}/  [dim](plays the visitor's phone)[/dim]")
    if settings.bankid_url is None and settings.smtp_url is None:
        table.add_row("Outbox", f"{settings.simulator_url}/mail  [dim](mail that is not sent)[/dim]")
    table.add_row("Logs", str(settings.data_dir / "logs"))
    return Panel(table, title=f"Insyn is up, {seconds:.1f} s", subtitle="Ctrl-C ends it", expand=False)
