"""What the chat says it does with data is what it does: filled from the settings, complete, in layers."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from lxml import html

from bot.config import ROOT
from bot.errors import TextsError
from bot.pages import Pages
from foundation.yaml_files import read_yaml
from insyn.settings import Settings
from privacy.retention import DEFAULT_PERIODS, Period, RetentionPeriods
from tests.bot.visitor import Edge

TEXTS = ROOT / "data" / "integritet.yml"


def page(
    retention: RetentionPeriods = DEFAULT_PERIODS, *, texts: Path = TEXTS, idle: timedelta = timedelta(hours=24)
) -> str:
    pages = Pages(
        ROOT / "bot" / "templates",
        ROOT / "data" / "policy",
        privacy_page=texts,
        retention=retention,
        session_idle=idle,
    )
    return bytes(pages.privacy().body).decode()


@pytest.mark.parametrize("name", [each.name for each in fields(RetentionPeriods)])
def test_each_period_that_changes_changes_the_page(name: str):
    before, after = getattr(DEFAULT_PERIODS, name), Period(days=117)
    changed = page(replace(DEFAULT_PERIODS, **{name: after}))

    assert after.label not in page()
    assert changed.count(after.label) >= page().count(before.label) - changed.count(before.label) > 0


def test_the_page_says_what_the_setting_says():
    config = Settings(_env_file=None, retention_conversation_days=12)

    assert "sparas i högst 12 dagar" in page(config.retention_periods())
    assert "30 dagar" not in page(config.retention_periods())


def test_how_long_the_cookie_holds_is_told():
    assert "i 7 timmar" in " ".join(page(idle=timedelta(hours=7)).split())


def test_a_period_that_the_page_does_not_describe_stops_the_start(tmp_path: Path):
    content = read_yaml(TEXTS)
    del content["retention"]["retention_cases"]
    (tmp_path / "page.yml").write_text(yaml.safe_dump(content))

    with pytest.raises(TextsError, match="retention_cases"):
        page(texts=tmp_path / "page.yml")


@pytest.mark.parametrize(
    "told",
    [
        "Talenom Redovisning AB",  # controller and contact: art. 13(1)(a), (b)
        "dataskydd@talenom.se",
        "artikel 6.1 f",  # purposes and grounds: 13(1)(c), (d)
        "artikel 6.1 c",
        "Finansiell ID-Teknik BID AB",  # recipients: 13(1)(e)
        "utanför EU/EES",  # 13(1)(f)
        "30 dagar",  # 13(2)(a)
        "invända",  # 13(2)(b)
        "imy.se",  # 13(2)(d)
        "Du måste inte lämna några uppgifter",  # 13(2)(e)
        "artikel 22",  # 13(2)(f)
        "insyn_session",
    ],
)
def test_what_article_13_wants_is_there(told: str):
    assert told in page()


def test_it_is_in_layers_the_short_first_and_the_rest_folded():
    about = read_yaml(TEXTS)
    shown = html.fromstring(page())
    assert 0 < len(shown.xpath("//*[@class='points']/li")) == len(about["points"]) <= 8

    sections = shown.xpath("//main//section")
    assert len(sections) == len(about["sections"])
    for section, told in zip(sections, about["sections"], strict=True):
        [details] = section.xpath("./details")
        assert "open" not in details.attrib
        assert details.getprevious().tag == "p", "the short is read without unfolding anything"
        assert told["heading"] in details.xpath("./summary")[0].text_content(), "each has a name of its own"
        folded, before = details.text_content(), section.text_content()
        assert len(" ".join(folded.split())) > len(" ".join(before.replace(folded, "").split())) - len(told["heading"])


@pytest.mark.database
async def test_the_edge_serves_it_and_the_demo_page_links_to_it(edge: Edge):
    async with edge.client() as client:
        assert (await client.get("/integritet")).status_code == 200
        assert 'href="/integritet"' in (await client.get("/")).text
