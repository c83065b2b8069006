"""What holds for every connector: keys, limits, faults, time; and that doing it twice does no more."""

import logging

import pytest

from cases.connectors.errors import (
    AccessRefusedError,
    AnswerUnreadableError,
    NotSupportedError,
    RateLimitedError,
    RequestRejectedError,
    SystemUnavailableError,
)
from cases.connectors.http import ATTEMPTS
from cases.connectors.interface import MarketingConnector, Operation, Outcome
from cases.connectors.registry import connectors_of, marketing_systems
from cases.connectors.simulators import SimulatorForbiddenError, create_app
from tests.cases.connectors.conftest import ANNA, KARL

ALL = ("mailchimp", "hubspot", "teamtailor")


@pytest.mark.parametrize("system", ALL)
def test_a_wrong_key_is_said_at_once_and_not_tried_again(systems, system):
    systems.add(system, ANNA)
    systems.close_to(system)

    with pytest.raises(AccessRefusedError, match="401"):
        systems.connector(system).erase(ANNA)

    assert len(systems.state(system).script.calls) == 1
    assert systems.slept == []


@pytest.mark.parametrize("system", ALL)
def test_who_is_not_there_is_found_exported_and_erased_nowhere(systems, system):
    systems.add(system, ANNA)
    connector = systems.connector(system)

    assert list(connector.find(KARL)) == []
    assert connector.export(KARL).answer.outcome is Outcome.ABSENT
    assert connector.export(KARL).files == ()
    assert connector.erase(KARL).outcome is Outcome.ABSENT
    assert [found.id for found in connector.find(ANNA)]


@pytest.mark.parametrize("system", ALL)
def test_erasing_twice_erases_once(systems, system):
    systems.add(system, ANNA)
    systems.add(system, KARL)
    connector = systems.connector(system)

    first, second = connector.erase(ANNA), connector.erase(ANNA)

    assert (first.outcome, second.outcome) == (Outcome.DONE, Outcome.ABSENT)
    assert [found.status for found in first.records] == ["deleted"]
    assert list(connector.find(ANNA)) == []
    assert connector.find(KARL)


@pytest.mark.parametrize("system", ALL)
def test_an_answer_that_was_lost_after_the_deed_is_no_second_deed(systems, system):
    systems.add(system, ANNA)
    connector = systems.connector(system)
    looking = len(systems.state(system).script.calls)
    connector.find(ANNA)
    looking = len(systems.state(system).script.calls) - looking
    systems.state(system).script.failures.extend([""] * looking + ["503!"])

    answer = connector.erase(ANNA)

    assert answer.outcome is Outcome.DONE
    assert list(connector.find(ANNA)) == []


@pytest.mark.parametrize("system", ALL)
def test_a_rate_limit_is_waited_for_as_long_as_the_system_says(systems, system):
    systems.add(system, ANNA)
    systems.state(system).script.retry_after = 7
    systems.state(system).script.failures.extend(["429", "429"])

    assert systems.connector(system).find(ANNA)
    assert systems.slept == [7.0, 7.0]


@pytest.mark.parametrize("system", ALL)
def test_a_long_rate_limit_is_not_slept_through(systems, system):
    systems.state(system).script.retry_after = 600
    systems.state(system).script.failures.append("429")

    with pytest.raises(RateLimitedError) as limited:
        systems.connector(system).find(ANNA)

    assert limited.value.retry_after.total_seconds() == 600
    assert systems.slept == []


@pytest.mark.parametrize("system", ALL)
def test_a_system_that_never_lets_up_is_given_up_after_a_few_tries(systems, system):
    systems.state(system).script.failures.extend(["429"] * 20)

    with pytest.raises(RateLimitedError):
        systems.connector(system).find(ANNA)

    assert len(systems.state(system).script.calls) == ATTEMPTS


@pytest.mark.parametrize("system", ALL)
def test_a_real_limit_of_calls_is_kept_to_by_waiting(systems, system):
    """Ten calls in a tight window: each 429 is obeyed with a real pause, and all succeed."""
    import time

    systems.add(system, ANNA)
    script = systems.state(system).script
    script.calls_per_window, script.window_s, script.retry_after = 3, 0.2, None
    connector = systems.connector(system, sleep=lambda _: time.sleep(0.21))

    assert all(connector.find(ANNA) for _ in range(5))


@pytest.mark.parametrize("system", ALL)
def test_a_fault_of_theirs_passes_or_is_reported(systems, system):
    systems.add(system, ANNA)
    connector = systems.connector(system)
    systems.state(system).script.failures.extend(["500", "502"])

    assert connector.find(ANNA)
    assert systems.slept == [1.0, 2.0]

    systems.state(system).script.failures.extend(["503"] * ATTEMPTS)
    with pytest.raises(SystemUnavailableError, match="503"):
        connector.find(ANNA)


@pytest.mark.parametrize("system", ALL)
def test_an_answer_that_does_not_come_is_a_timeout(systems, system):
    systems.state(system).script.slow_s = 0.4
    systems.state(system).script.failures.extend(["slow"] * 5)

    with pytest.raises(SystemUnavailableError, match="timeout"):
        systems.connector(system, answer_timeout_s=0.1, attempts=2).find(ANNA)


@pytest.mark.parametrize("system", ALL)
def test_a_system_that_is_not_there_is_unavailable(systems, system):
    systems.url = "http://127.0.0.1:9"

    with pytest.raises(SystemUnavailableError, match="connection"):
        systems.connector(system).find(ANNA)


@pytest.mark.parametrize("system", ALL)
def test_what_is_no_json_is_not_guessed_at(systems, system):
    systems.state(system).script.failures.append("garbage")

    with pytest.raises(AnswerUnreadableError):
        systems.connector(system).find(ANNA)


@pytest.mark.parametrize("system", ALL)
def test_what_they_refuse_is_not_tried_again(systems, system):
    systems.state(system).script.failures.append("400")

    with pytest.raises(RequestRejectedError, match="400"):
        systems.connector(system).find(ANNA)
    assert len(systems.state(system).script.calls) == 1


@pytest.mark.parametrize("system", ["mailchimp", "hubspot"])
def test_a_no_to_marketing_twice_is_one_no(systems, system):
    systems.add(system, ANNA)
    connector = systems.connector(system)

    assert [connector.suppress(ANNA).outcome for _ in range(2)] == [Outcome.DONE, Outcome.ALREADY]
    assert list(connector.reachable([ANNA, KARL])) == []


@pytest.mark.parametrize("system", ["mailchimp", "hubspot"])
def test_a_no_does_not_enter_anybody_who_was_not_there(systems, system):
    systems.add(system, KARL)
    connector = systems.connector(system)

    assert connector.suppress(ANNA).outcome is Outcome.ABSENT
    assert list(connector.find(ANNA)) == []
    assert not any(call.startswith(("PUT", "PATCH")) for call in systems.state(system).script.calls)


@pytest.mark.parametrize("system", ["mailchimp", "hubspot"])
def test_who_would_still_be_sent_marketing_is_found_among_many(systems, system):
    systems.state(system).page_at_most = 40
    for number in range(120):
        systems.add(system, f"Person{number}@example.se")
    connector = systems.connector(system)
    connector.suppress("person7@example.se")

    asked = ["person7@example.se", "person8@example.se", "person119@example.se", "nobody@example.se"]
    asked += [f"absent{number}@example.se" for number in range(150)]

    assert sorted(connector.reachable(asked)) == ["person119@example.se", "person8@example.se"]


def test_a_recruitment_system_has_no_marketing_to_stop(systems):
    connector = systems.connector("teamtailor")

    assert Operation.SUPPRESS not in connector.operations
    assert not isinstance(connector, MarketingConnector)
    with pytest.raises(NotSupportedError):
        connector.suppress(ANNA)


@pytest.mark.parametrize("system", ALL)
def test_no_address_and_no_key_is_logged_or_shown(systems, system, caplog):
    systems.add(system, ANNA)
    connector = systems.connector(system)
    with caplog.at_level(logging.DEBUG):
        connector.export(ANNA)
        connector.erase(ANNA)
        systems.state(system).script.failures.extend(["500"] * ATTEMPTS)
        with pytest.raises(SystemUnavailableError) as failed:
            connector.find(ANNA)

    shown = caplog.text + repr(systems.configs()) + str(failed.value) + repr(connector.find(KARL))
    for secret in (ANNA, "anna%40", "simulated-key", "simulated-hubspot", "simulated-teamtailor"):
        assert secret not in shown


def test_what_is_configured_is_there(systems):
    assert sorted(connectors_of(systems.configs())) == ["hubspot", "mailchimp", "teamtailor"]
    assert marketing_systems(systems.configs()) == ("mailchimp", "hubspot")
    assert marketing_systems(()) == ()


def test_production_runs_no_simulators():
    with pytest.raises(SimulatorForbiddenError):
        create_app(production=True)


@pytest.mark.parametrize(
    "content",
    [[], {}, {"results": {}}, {"results": [7]}, {"data": [7]}, {"data": 7}, {"lists": {}}, {"lists": ["news"]}, 7, "x"],
)
@pytest.mark.parametrize("system", ALL)
def test_an_answer_of_another_shape_is_unreadable_and_no_accident(systems, system, content, monkeypatch):
    connector = systems.connector(system)
    monkeypatch.setattr(connector._api, "_call", lambda *_, **__: content)

    try:
        found = connector.find(ANNA)
    except AnswerUnreadableError:
        return
    assert list(found) == []


def test_a_reset_that_is_an_instant_is_no_duration(systems):
    systems.teamtailor.add(ANNA)
    systems.teamtailor.script.retry_after, systems.teamtailor.script.reset_s = None, 1_773_133_200
    systems.teamtailor.script.failures.append("429")

    assert systems.connector("teamtailor").find(ANNA)
    assert systems.slept == [1.0]
