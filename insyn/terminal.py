"""What the person at the terminal sees: what is being done, for how long, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


@contextmanager
def step(doing: str, done: str) -> Iterator[None]:
    """Show ``doing`` with a running clock while the block runs, then ``done`` with the time it took."""
    began_at = time.monotonic()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        progress.add_task(doing)
        yield
    say_done(done, time.monotonic() - began_at)


def say_done(what: str, seconds: float) -> None:
    """Print a finished step and its duration."""
    console.print(f"[green]✓[/green] {what} [dim]{seconds:.1f} s[/dim]")
