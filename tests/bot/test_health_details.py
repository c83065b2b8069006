"""What somebody tells of their own health is found, to be hidden; what they ask and what the company wrote stays."""

from __future__ import annotations

import time

import pytest

from bot.health_details import find_health_details
from privacy.text_spans import replace_spans


def hidden(text: str) -> str:
    return replace_spans(text, find_health_details(text), "…")


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("jag har cancer och orkar inte med mer post", "… och orkar inte med mer post"),
        ("Jag är sjukskriven för utmattning, hur länge sparar ni samtal?", "…, hur länge sparar ni samtal?"),
        ("Jag har  cancer, diabetes och svår migrän. Radera allt!", "…. Radera allt!"),
        ("jag har fått diagnosen adhd och vill radera allt", "… och vill radera allt"),
        ("Hej! Min diagnos är schizofreni", "Hej! …"),
        ("jag går hos psykolog och behandlas för bröstcancer", "jag …"),
        ("JAG A\u0308R GRAVID och undrar vem som ser det", "… och undrar vem som ser det"),
        ("jag\nhar cancer", "…"),
        ("jag vill bara säga att jag har cancer", "jag vill bara säga att …"),
        ("jag är deprimerad sen i våras så radera mig", "… så radera mig"),
    ],
)
def test_the_detail_goes_and_the_rest_stays(written: str, stored: str):
    assert hidden(written) == stored


@pytest.mark.parametrize(
    "written",
    [
        "har ni uppgifter om min hälsa?",
        "sparar ni diagnoser?",
        "ni har skrivit att jag har diabetes men det är fel",
        "det står i registret att jag är sjukskriven",
        "min läkare har läst min journal, vad gör jag",
        "har min chef rätt att fråga om jag är gravid",
        "om ni vet att jag har cancer, kan företagen få reda på det?",
        "jag har varit kund i 12 år",
        "jag är så trött på er reklam",
        "",
    ],
)
def test_what_is_asked_and_what_the_company_wrote_stays(written: str):
    assert hidden(written) == written


@pytest.mark.parametrize("text", ["jag har cancer " * 130, "jag är " * 300, "och diabetes " * 150, "ä" * 2_000])
def test_long_texts_cost_nothing(text: str):
    begun = time.perf_counter()
    find_health_details(text)
    assert time.perf_counter() - begun < 0.5
