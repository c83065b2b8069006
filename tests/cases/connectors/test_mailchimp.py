"""Mailchimp: every audience, every page, and the difference between stopping, archiving and deleting."""

import hashlib
import json

import pytest

from cases.connectors.config import MailchimpConfig
from cases.connectors.interface import Outcome
from cases.connectors.mailchimp import Mailchimp, subscriber_hash
from cases.connectors.simulators.mailchimp import API_KEY
from tests.cases.connectors.conftest import ANNA, KARL


def test_the_data_centre_stands_in_the_key():
    assert MailchimpConfig("abc-def-us21").base_url == "https://us21.api.mailchimp.com/3.0"


def test_an_address_is_known_by_the_md5_of_its_lower_case():
    assert subscriber_hash("Anna@Example.SE") == hashlib.md5(b"anna@example.se", usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("page", [1, 1000])
def test_every_audience_is_worked(systems, page):
    systems.mailchimp.page_at_most = page
    for audience in ("news", "offers", "events"):
        systems.mailchimp.add(audience, KARL)
    systems.mailchimp.add("news", ANNA)
    systems.mailchimp.add("events", ANNA, status="unsubscribed")

    answer = systems.connector("mailchimp").suppress("Anna@Example.SE")

    assert answer.outcome is Outcome.DONE
    assert {found.where: found.status for found in answer.records} == {"news": "unsubscribed", "events": "unsubscribed"}
    assert systems.mailchimp.status("news", ANNA) == "unsubscribed"
    assert systems.mailchimp.status("news", KARL) == "subscribed"


def test_only_the_configured_audiences_are_worked(systems):
    systems.mailchimp.add("news", ANNA)
    systems.mailchimp.add("offers", ANNA)
    config = MailchimpConfig(API_KEY, lists=("offers",), url=f"{systems.url}/mailchimp/3.0")

    Mailchimp(config, patience=systems.patience()).suppress(ANNA)

    assert (systems.mailchimp.status("news", ANNA), systems.mailchimp.status("offers", ANNA)) == (
        "subscribed",
        "unsubscribed",
    )


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("subscribed", Outcome.DONE),
        ("pending", Outcome.DONE),
        ("unsubscribed", Outcome.ALREADY),
        ("cleaned", Outcome.ALREADY),
        ("archived", Outcome.ALREADY),
    ],
)
def test_only_who_may_be_sent_something_is_changed(systems, status, outcome):
    systems.mailchimp.add("news", ANNA, status=status)

    assert systems.connector("mailchimp").suppress(ANNA).outcome is outcome
    assert systems.mailchimp.status("news", ANNA) == ("unsubscribed" if outcome is Outcome.DONE else status)


def test_an_export_has_what_hangs_on_the_member_page_by_page(systems):
    systems.mailchimp.page_at_most = 3
    activity = [{"activity_type": "open", "campaign_id": str(number)} for number in range(8)]
    systems.mailchimp.add(
        "news", ANNA, merge_fields={"FNAME": "Anna"}, activity=activity, tags=[{"id": 1, "name": "vip"}]
    )

    export = systems.connector("mailchimp").export(ANNA)

    [file] = export.files
    content = json.loads(file.content)
    [entry] = content["members"]
    assert entry["member"]["merge_fields"] == {"FNAME": "Anna"}
    assert [line["campaign_id"] for line in entry["activity-feed"]] == [str(number) for number in range(8)]
    assert entry["tags"] == [{"id": 1, "name": "vip"}]
    assert "_links" not in entry["member"]
    assert (file.name, export.answer.outcome) == ("mailchimp.json", Outcome.DONE)


def test_whoever_was_deleted_cannot_be_taken_in_again(systems):
    systems.mailchimp.add("news", ANNA, status="archived")

    answer = systems.connector("mailchimp").erase(ANNA)

    assert answer.outcome is Outcome.DONE
    with pytest.raises(ValueError, match="permanently deleted"):
        systems.mailchimp.add("news", ANNA)


def test_a_403_without_json_is_a_limit_and_not_a_wrong_key(systems):
    systems.mailchimp.add("news", ANNA)
    systems.mailchimp.script.failures.append("403 html")

    assert systems.connector("mailchimp").find(ANNA)
    assert systems.slept == [1.0]
