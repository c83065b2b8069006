"""Pages, files, health, texts; and that the tables are what the migration makes."""

from __future__ import annotations

import logging
import re
import shutil
from pathlib import Path

import pytest
import yaml
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine as create_sync_engine

from bot.config import BotConfig
from bot.errors import TextsError
from bot.limits import Addresses, Buckets, neighbourhood
from bot.pages import Pages
from bot.tables import Base
from bot.texts import KEYS, Texts
from foundation.database import sqlalchemy_url
from foundation.yaml_files import read_yaml
from tests.bot.fake_rasa import FakeRasa
from tests.bot.visitor import Edge


@pytest.mark.database
async def test_the_policy_page_has_every_section_under_its_anchor(edge: Edge, bot_config: BotConfig):
    about = read_yaml(bot_config.policy_dir / "policy.yml")
    async with edge.client() as client:
        page = (await client.get("/policy")).text

    from privacy.policy import parse_policy

    text = (bot_config.policy_dir / about["file"]).read_text()
    policy = parse_policy(text, [section["heading"] for section in about["sections"]], version=about["version"])
    for section in policy.sections:
        assert f'id="{section.anchor}"' in page
    assert about["version_label"] in page


@pytest.mark.database
async def test_who_comes_from_an_answer_of_a_version_that_is_not_kept_is_told_that_it_was_replaced(
    edge: Edge, bot_config: BotConfig
):
    version = read_yaml(bot_config.policy_dir / "policy.yml")["version"]
    async with edge.client() as client:
        for asked, replaced in (("", False), (f"?version={version}", False), ("?version=2020-01-01", True)):
            assert ('class="replaced"' in (await client.get(f"/policy{asked}")).text) is replaced


def pages_of(config: BotConfig, policy_dir: Path) -> Pages:
    return Pages(
        config.templates_dir,
        policy_dir,
        privacy_page=config.privacy_page,
        retention=config.retention,
        session_idle=config.session_idle,
    )


def keep_earlier(policy_dir: Path, name: str, version: str) -> None:
    """Keep a copy of the policy as an earlier version, in which one sentence was another."""
    about = read_yaml(policy_dir / "policy.yml")
    text = (policy_dir / about["file"]).read_text(encoding="utf-8")
    earlier = policy_dir / "earlier" / name
    earlier.mkdir(parents=True)
    (earlier / about["file"]).write_text(text.replace("3 månader", "18 månader"), encoding="utf-8")
    kept = {key: about[key] for key in ("file", "sections")} | {"version": version, "version_label": f"från {version}"}
    (earlier / "policy.yml").write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")


def test_an_earlier_version_that_is_kept_can_be_read_as_it_was(bot_config: BotConfig, tmp_path: Path):
    policy_dir = tmp_path / "policy"
    shutil.copytree(bot_config.policy_dir, policy_dir)
    keep_earlier(policy_dir, "before", "2024-05-25")
    pages = pages_of(bot_config, policy_dir)

    earlier = bytes(pages.policy(asked_for="2024-05-25").body).decode()
    current = bytes(pages.policy().body).decode()

    assert "18 månader" in earlier
    assert "från 2024-05-25" in earlier
    assert 'class="replaced"' in earlier
    assert 'href="/policy"' in earlier
    assert "18 månader" not in current
    assert 'class="replaced"' not in current
    anchors = re.compile(r'<section[^>]* id="([^"]+)"')
    assert anchors.findall(earlier) == anchors.findall(current), "the citation's anchor leads to its section"
    assert 'class="replaced"' in bytes(pages.policy(asked_for="1999-01-01").body).decode()


@pytest.mark.parametrize("fault", ["no text", "same version", "no headings"])
def test_an_earlier_version_that_cannot_be_told_apart_or_read_stops_the_start(
    bot_config: BotConfig, tmp_path: Path, fault: str
):
    policy_dir = tmp_path / "policy"
    shutil.copytree(bot_config.policy_dir, policy_dir)
    now = read_yaml(policy_dir / "policy.yml")
    keep_earlier(policy_dir, "before", str(now["version"]) if fault == "same version" else "2024-05-25")
    if fault == "no text":
        (policy_dir / "earlier" / "before" / now["file"]).unlink()
    elif fault == "no headings":
        (policy_dir / "earlier" / "before" / now["file"]).write_text("Något helt annat")

    with pytest.raises(TextsError, match="earlier"):
        pages_of(bot_config, policy_dir)


@pytest.mark.database
async def test_pages_hold_nothing_inline_that_the_policy_of_content_would_stop(edge: Edge):
    async with edge.client() as client:
        for path in ("/", "/policy", "/chat/bankid/return"):
            page = (await client.get(path)).text
            assert not re.search(r"<script(?![^>]*\bsrc=)", page)
            assert not re.search(r"<style|\sstyle=|\son\w+=", page)


@pytest.mark.database
async def test_the_widget_may_be_included_anywhere_with_all_its_parts(edge: Edge, bot_config: BotConfig):
    async with edge.client(headers={"Origin": "https://anywhere.example"}) as client:
        for file in bot_config.static_dir.rglob("*.js"):
            response = await client.get(f"/widget/{file.relative_to(bot_config.static_dir)}")
            assert response.status_code == 200
            assert "javascript" in response.headers["content-type"]
            assert response.headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-credentials" not in response.headers


@pytest.mark.database
@pytest.mark.parametrize(
    "path", ["/widget/../app.py", "/widget/%2e%2e/app.py", "/static/..%2fapp.py", "/static/%00", "/nowhere"]
)
async def test_what_is_not_there_is_not_found(edge: Edge, path: str):
    async with edge.client() as client:
        assert (await client.get(path)).status_code == 404


@pytest.mark.database
async def test_the_edge_says_whether_it_can_work(edge: Edge):
    async with edge.client() as client:
        async with client.stream("GET", "/health") as response:
            first = response.status_code
        await edge.parts.listener.connected.wait()
        assert first in (200, 503)
        assert (await client.get("/health")).json() == {"status": "ok"}

        edge.parts.listener.connected.clear()
        assert (await client.get("/health")).status_code == 503


@pytest.mark.database
async def test_an_unexpected_error_tells_neither_the_visitor_nor_the_log_what_was_in_it(
    edge: Edge, rasa: FakeRasa, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    async def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("min hemlighet")

    async with edge.visitor() as visitor:
        await visitor.open()
        monkeypatch.setattr(type(edge.parts.conversations), "receive", break_down)

        response = await visitor.post(text="min hemlighet")

        assert response.status_code == 500
        assert response.json()["detail"]
        assert "hemlighet" not in response.text
        assert "RuntimeError" in caplog.text
        assert "hemlighet" not in caplog.text


@pytest.mark.database
async def test_the_access_log_has_the_route_and_not_the_address(edge: Edge, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, logger="bot.access")
    async with edge.client() as client:
        await client.get("/chat/bankid/return?nonce=secret-nonce")

    assert "GET /chat/bankid/return 403" in caplog.text
    assert "secret-nonce" not in "".join(
        record.getMessage() for record in caplog.records if record.name == "bot.access"
    )


@pytest.mark.database
def test_the_migration_makes_the_tables_that_the_code_expects(database_url: str):
    engine = create_sync_engine(sqlalchemy_url(database_url))
    ours = {(table.schema, table.name) for table in Base.metadata.tables.values()}

    def only_ours(thing: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
        table = thing if kind == "table" else getattr(thing, "table", None)
        return table is not None and (getattr(table, "schema", None), getattr(table, "name", None)) in ours

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_schemas": True, "include_object": only_ours, "compare_type": True}
        )
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()

    assert differences == []


# Texts


def test_every_text_that_the_code_asks_for_is_there_and_no_other(bot_config_texts: Path):
    code = "".join(file.read_text() for file in Path("bot").rglob("*.py") if file.name != "texts.py")
    beginnings = tuple(re.findall(r'f"([a-z_]+_)\{', code))  # of families: circumstance_{kind}
    for key in KEYS:
        assert f'"{key}"' in code or key.startswith(beginnings), f"nothing says {key}"
    Texts.read(bot_config_texts)


def test_a_missing_and_an_unknown_text_stop_the_start(tmp_path: Path, bot_config_texts: Path):
    content = read_yaml(bot_config_texts)
    for change in (lambda texts: texts.pop("empty_message"), lambda texts: texts.update(unheard_of="x")):
        changed = {**content, "edge_texts": dict(content["edge_texts"])}
        change(changed["edge_texts"])
        (tmp_path / "edge.yml").write_text(yaml.safe_dump(changed))
        with pytest.raises(TextsError):
            Texts.read(tmp_path / "edge.yml")


@pytest.fixture
def bot_config_texts() -> Path:
    return Path("data/responses/edge.yml")


# Limits and addresses


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_refills_evenly():
    seconds = Seconds()
    buckets = Buckets(6, monotonic=seconds)
    assert [buckets.take("a") for _ in range(6)] == [None] * 6
    assert buckets.take("a") == pytest.approx(10)
    assert buckets.take("b") is None

    seconds.now = 10
    assert buckets.take("a") is None
    assert buckets.take("a") is not None


def test_full_buckets_are_forgotten():
    seconds = Seconds()
    buckets = Buckets(6, monotonic=seconds)
    for number in range(999):
        buckets.take(number)
    seconds.now = 120
    buckets.take("the thousandth")

    assert len(buckets) == 1


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", None, "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "1.2.3.4, 198.51.100.1, 10.0.0.3", "198.51.100.1"),
        ("10.0.0.2", "nonsense", "10.0.0.2"),
        ("10.0.0.2", None, "10.0.0.2"),
        ("::ffff:203.0.113.7", None, "203.0.113.7"),
        ("10.0.0.2", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_only_our_own_proxies_are_believed(peer: str, forwarded: str | None, address: str):
    from fastapi import Request

    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    request = Request({"type": "http", "client": (peer, 1), "headers": headers})

    assert Addresses(("10.0.0.0/8",)).of(request) == address


def test_a_subscriber_of_ipv6_is_one_address():
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff")
    assert neighbourhood("2001:db8::1") != neighbourhood("2001:db8:0:1::1")
    assert neighbourhood("203.0.113.7") == "203.0.113.7"
