"""Hubspot: searches page by page, opts out without entering anybody, deletes by id."""

import json

from cases.connectors.interface import Outcome
from tests.cases.connectors.conftest import ANNA, KARL


def test_every_contact_with_the_address_is_found_page_by_page(systems):
    systems.hubspot.page_at_most = 2
    ids = [systems.hubspot.add(ANNA) for _ in range(3)]
    ids += [systems.hubspot.add("a.berg@example.se", hs_additional_emails=f"other@example.se;{ANNA}") for _ in range(2)]
    systems.hubspot.add(KARL)

    assert [found.id for found in systems.connector("hubspot").find(ANNA)] == ids


def test_a_no_is_put_into_the_preferences(systems):
    systems.hubspot.add(ANNA)
    systems.hubspot.add(KARL)

    systems.connector("hubspot").suppress(ANNA)

    assert systems.hubspot.is_opted_out(ANNA)
    assert not systems.hubspot.is_opted_out(KARL)
    assert systems.hubspot.script.calls[-1] == (
        "POST /hubspot/communication-preferences/v4/statuses/anna@example.se/unsubscribe-all"
    )


def test_an_export_has_every_property_and_the_subscriptions(systems):
    contact_id = systems.hubspot.add(ANNA, firstname="Anna", phone="070-174 06 05", lifecyclestage="customer")

    [file] = systems.connector("hubspot").export(ANNA).files

    content = json.loads(file.content)
    [contact] = content["contacts"]
    assert contact["id"] == contact_id
    assert contact["properties"]["phone"] == "070-174 06 05"
    assert contact["properties"]["lifecyclestage"] == "customer"
    assert [entry["status"] for entry in content["subscriptions"]] == ["SUBSCRIBED"]


def test_erasing_is_by_id_so_that_nobody_unknown_ends_on_a_blocklist(systems):
    systems.hubspot.add(ANNA)
    connector = systems.connector("hubspot")

    assert connector.erase(ANNA).outcome is Outcome.DONE
    assert connector.erase(ANNA).outcome is Outcome.ABSENT
    assert connector.erase(KARL).outcome is Outcome.ABSENT

    assert systems.hubspot.contacts == {}
    assert systems.hubspot.blocklist == set()


def test_an_address_with_odd_characters_is_one_part_of_the_path(systems):
    odd = "a/b?c#d+e@example.se"
    systems.hubspot.add(odd)

    systems.connector("hubspot").suppress(odd)

    assert systems.hubspot.is_opted_out(odd)
