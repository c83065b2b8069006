"""Teamtailor: candidates by exact address, what hangs on them, and links that lead nowhere else."""

import json

import pytest

from cases.connectors.config import TeamtailorConfig
from cases.connectors.errors import AnswerUnreadableError, RequestRejectedError
from cases.connectors.simulators.teamtailor import TOKEN
from cases.connectors.teamtailor import Teamtailor
from tests.cases.connectors.conftest import ANNA, KARL


def test_every_candidate_with_the_address_is_found_page_by_page(systems):
    systems.teamtailor.page_at_most = 2
    ids = [systems.teamtailor.add(ANNA) for _ in range(5)]
    systems.teamtailor.add(KARL)

    assert [found.id for found in systems.connector("teamtailor").find("ANNA@example.se")] == ids
    assert systems.teamtailor.script.calls == ["GET /teamtailor/v1/candidates"] * 3


def test_an_export_has_what_is_about_the_person_and_not_the_colleague_who_recruits(systems):
    candidate = systems.teamtailor.add(ANNA, **{"first-name": "Anna"})
    systems.teamtailor.related[candidate, "job-applications"] = [{"id": str(n)} for n in range(35)]
    systems.teamtailor.related[candidate, "uploads"] = [{"id": "9", "attributes": {"file-name": "cv.pdf"}}]
    systems.teamtailor.related[candidate, "user"] = [{"id": "1", "attributes": {"email": "recruiter@example.se"}}]

    [file] = systems.connector("teamtailor").export(ANNA).files

    [entry] = json.loads(file.content)["candidates"]
    assert entry["candidate"]["attributes"]["first-name"] == "Anna"
    assert [application["id"] for application in entry["related"]["job-applications"]] == [str(n) for n in range(35)]
    assert entry["related"]["uploads"][0]["attributes"]["file-name"] == "cv.pdf"
    assert b"recruiter" not in file.content


def test_a_link_to_another_host_does_not_get_the_key(systems):
    systems.teamtailor.add(ANNA)
    systems.teamtailor.links_to = "http://127.0.0.1:9/elsewhere"

    with pytest.raises(AnswerUnreadableError, match="elsewhere"):
        systems.connector("teamtailor").export(ANNA)


def test_a_version_that_they_do_not_know_is_refused(systems):
    config = TeamtailorConfig(TOKEN, api_version="newest", url=f"{systems.url}/teamtailor/v1")

    with pytest.raises(RequestRejectedError, match="406"):
        Teamtailor(config, patience=systems.patience()).find(ANNA)


def test_a_limit_without_retry_after_is_read_from_their_own_header(systems):
    systems.teamtailor.add(ANNA)
    systems.teamtailor.script.retry_after, systems.teamtailor.script.reset_s = None, 4
    systems.teamtailor.script.failures.append("429")

    assert systems.connector("teamtailor").find(ANNA)
    assert systems.slept == [4.0]
