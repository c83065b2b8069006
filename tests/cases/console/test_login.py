"""Logging in, staying, and logging out."""

import asyncio
import re
import time

import pytest
from sqlalchemy import select, text

from cases.console import sessions as staff_sessions
from cases.console import texts, throttle
from cases.console.accounts import set_disabled
from cases.console.guard import SESSION_COOKIE, VISITOR_COOKIE
from cases.console.storage import StaffSessionRow
from tests.cases.console.conftest import PASSWORD

pytestmark = pytest.mark.database

LOGIN = "/console/login"


def is_logged_in(browser) -> bool:
    return any(form.action == "/console/logout" for form in browser.page.forms)


async def test_the_right_password_leads_to_the_cases(browser, anna):
    await browser.log_in(anna.name, anna.password)

    assert browser.answer.url.path == "/console/cases"
    assert anna.display_name in browser.page.xpath("string(//header)")


async def test_the_name_may_be_typed_in_capitals(browser, anna):
    await browser.log_in(f" {anna.name.upper()} ", anna.password)

    assert is_logged_in(browser)


@pytest.mark.parametrize("path", ["/console/cases", "/console/handoffs", "/console/marketing-blocks", "/console/staff"])
async def test_nobody_gets_in_without_logging_in(browser, path):
    await browser.open(path)

    assert browser.answer.url.path == LOGIN
    assert not is_logged_in(browser)


async def test_after_the_login_one_is_where_one_wanted_to_be(browser, anna):
    await browser.open("/console/cases?status=all")
    await browser.send(LOGIN, name=anna.name, password=anna.password)

    assert (browser.answer.url.path, browser.answer.url.query) == ("/console/cases", b"status=all")


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/console/", "//evil.example/console/", "/\\evil.example", "/console/\\evil", "/other", "x"],
)
async def test_a_login_never_leads_to_another_site(browser, anna, elsewhere):
    await browser.open(LOGIN)
    await browser.send(LOGIN, name=anna.name, password=anna.password, next=elsewhere)

    assert str(browser.answer.url).startswith("http://console.test/console/cases")


@pytest.mark.parametrize(("name", "password"), [("anna", "fel lösenord"), ("nobody", PASSWORD), ("", "")])
async def test_a_wrong_name_and_a_wrong_password_are_answered_alike(browser, anna, name, password):
    await browser.log_in(name, password)

    assert browser.answer.status_code == 401
    assert texts.WRONG_CREDENTIALS in browser.text
    assert not is_logged_in(browser)


async def test_an_unknown_name_takes_as_long_as_a_known_one(browser, anna):
    async def shortest(name: str) -> float:
        times = []
        for _ in range(2):
            began_at = time.perf_counter()
            await browser.log_in(name, "fel lösenord")
            times.append(time.perf_counter() - began_at)
        return min(times)

    await browser.log_in("first", "the hash of nobody is made once")
    unknown, known = await shortest("nobody"), await shortest(anna.name)

    assert browser.answer.status_code == 401
    assert unknown > known / 2


async def test_a_disabled_account_opens_nothing(browser, anna, sessions, clock, colleague):
    async with sessions.begin() as session:
        await set_disabled(session, anna.id, disabled=True, now=clock())

    await browser.log_in(anna.name, anna.password)

    assert browser.answer.status_code == 401
    assert texts.WRONG_CREDENTIALS in browser.text


async def test_disabling_an_account_ends_its_open_sessions(annas_browser, anna, sessions, clock):
    async with sessions.begin() as session:
        await set_disabled(session, anna.id, disabled=True, now=clock())

    await annas_browser.open("/console/cases")

    assert annas_browser.answer.url.path == LOGIN


async def test_a_login_begins_a_new_session_whatever_the_browser_brought(browser, anna):
    planted = "planted-by-somebody-else"
    browser.client.cookies.set(SESSION_COOKIE, planted, domain="console.test", path="/console")
    await browser.log_in(anna.name, anna.password)
    own = browser.client.cookies.get(SESSION_COOKIE)

    browser.client.cookies.clear()
    browser.client.cookies.set(SESSION_COOKIE, planted, domain="console.test", path="/console")
    await browser.open("/console/cases")

    assert own != planted
    assert browser.answer.url.path == LOGIN


async def test_logging_in_again_ends_the_session_before(browser, anna):
    await browser.log_in(anna.name, anna.password)
    first = browser.client.cookies.get(SESSION_COOKIE)
    page = await browser.client.get(LOGIN, cookies={SESSION_COOKIE: ""})
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)[1]
    await browser.post(LOGIN, {"form_token": token, "name": anna.name, "password": anna.password})
    second = browser.client.cookies.get(SESSION_COOKIE)

    browser.client.cookies.clear()
    browser.client.cookies.set(SESSION_COOKIE, first, domain="console.test", path="/console")
    await browser.open("/console/cases")

    assert first != second
    assert browser.answer.url.path == LOGIN


async def test_the_cookie_of_the_login_form_is_no_session(browser, anna):
    await browser.open(LOGIN)
    visitor = browser.client.cookies.get(VISITOR_COOKIE)
    browser.client.cookies.set(SESSION_COOKIE, visitor, domain="console.test", path="/console")

    await browser.open("/console/cases")

    assert browser.answer.url.path == LOGIN


async def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(browser, anna):
    await browser.open(LOGIN)
    browser.client.follow_redirects = False
    await browser.send(LOGIN, name=anna.name, password=anna.password)
    cookies = {c.partition("=")[0]: c.lower() for c in browser.answer.headers.get_list("set-cookie")}

    cookie = cookies[SESSION_COOKIE]
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/console" in cookie


async def test_the_database_holds_no_cookie(annas_browser, sessions):
    cookie = annas_browser.client.cookies.get(SESSION_COOKIE)
    async with sessions() as session:
        dump = (await session.execute(text("SELECT s::text FROM cases.staff_session s"))).scalars().all()

    assert len(dump) == 1
    assert cookie not in dump[0]
    assert cookie.encode().hex() not in dump[0]


async def test_half_an_hour_without_a_sign_of_life_ends_the_session(annas_browser, clock):
    clock.advance(minutes=29)
    await annas_browser.open("/console/cases")
    assert annas_browser.answer.url.path == "/console/cases"
    clock.advance(minutes=29)
    await annas_browser.open("/console/cases")
    assert annas_browser.answer.url.path == "/console/cases"

    clock.advance(seconds=staff_sessions.IDLE.total_seconds())
    await annas_browser.open("/console/cases")

    assert annas_browser.answer.url.path == LOGIN


async def test_what_a_page_fetches_by_itself_is_no_sign_of_life(annas_browser, clock):
    for _ in range(4):
        clock.advance(minutes=10)
        answer = await annas_browser.open("/console/handoffs/waiting", **{"Insyn-Background": "1"})

    assert answer.status_code == 401


async def test_saying_that_one_is_still_there_keeps_the_session(annas_browser, clock):
    clock.advance(minutes=28)
    answer = await annas_browser.send("/console/session")
    assert answer.status_code == 204
    clock.advance(minutes=28)
    await annas_browser.open("/console/cases")

    assert annas_browser.answer.url.path == "/console/cases"


async def test_after_twelve_hours_even_a_busy_session_ends(annas_browser, clock):
    for _ in range(35):
        clock.advance(minutes=20)
        await annas_browser.open("/console/password")
    assert annas_browser.answer.url.path == "/console/password"

    clock.advance(minutes=20)
    await annas_browser.open("/console/password")

    assert annas_browser.answer.url.path == LOGIN


async def test_sessions_that_have_run_out_are_removed(annas_browser, anna, new_browser, sessions, clock):
    clock.advance(hours=1)
    await new_browser().log_in(anna.name, anna.password)

    async with sessions() as session:
        assert len((await session.scalars(select(StaffSessionRow))).all()) == 1


async def test_logging_out_ends_the_session_on_the_server(annas_browser):
    cookie = annas_browser.client.cookies.get(SESSION_COOKIE)
    await annas_browser.send("/console/logout")
    assert texts.DONE["logged-out"] in annas_browser.text

    annas_browser.client.cookies.set(SESSION_COOKIE, cookie, domain="console.test", path="/console")
    await annas_browser.open("/console/cases")

    assert annas_browser.answer.url.path == LOGIN


async def test_a_form_sent_after_the_session_ended_changes_nothing_and_leads_back(annas_browser, anna, clock):
    await annas_browser.open("/console/password")
    clock.advance(hours=1)
    await annas_browser.send(
        "/console/password", current=PASSWORD, new="ett helt annat ord", repeated="ett helt annat ord"
    )
    assert annas_browser.answer.url.path == LOGIN

    await annas_browser.send(LOGIN, name=anna.name, password=PASSWORD)

    assert annas_browser.answer.url.path == "/console/password"


async def test_too_many_tries_for_one_name_lock_it_for_a_while(browser, anna, clock):
    for _ in range(throttle.TRIES_PER_NAME):
        await browser.log_in(anna.name, "fel lösenord")
        clock.advance(seconds=1)

    await browser.log_in(anna.name, anna.password)
    assert browser.answer.status_code == 429
    assert int(browser.answer.headers["retry-after"]) > 60
    assert not is_logged_in(browser)

    clock.advance(seconds=throttle.WINDOW.total_seconds())
    await browser.log_in(anna.name, anna.password)
    assert is_logged_in(browser)


async def test_a_locked_name_locks_nobody_else(browser, anna, colleague):
    bo = await colleague("bo", display_name="Bo Ek")
    for _ in range(throttle.TRIES_PER_NAME):
        await browser.log_in(anna.name, "fel lösenord")

    await browser.log_in(bo.name, bo.password)

    assert is_logged_in(browser)


async def test_an_unknown_name_locks_like_a_known_one(browser, anna):
    for _ in range(throttle.TRIES_PER_NAME):
        await browser.log_in("nobody", "whatever")

    await browser.log_in("nobody", "whatever")

    assert browser.answer.status_code == 429


async def test_too_many_tries_from_one_address_lock_it_whatever_the_name(browser, anna):
    for number in range(throttle.TRIES_PER_ADDRESS):
        await browser.log_in(f"name-{number}", "fel lösenord")

    await browser.log_in(anna.name, anna.password)

    assert browser.answer.status_code == 429


async def test_logins_that_succeed_use_up_no_tries(anna, new_browser):
    for _ in range(throttle.TRIES_PER_ADDRESS + 1):
        browser = new_browser()
        await browser.log_in(anna.name, anna.password)

    assert is_logged_in(browser)


async def test_tries_at_the_same_time_cannot_slip_past_the_count(anna, new_browser):
    browsers = [new_browser() for _ in range(12)]

    answers = await asyncio.gather(*(browser.log_in(anna.name, "fel lösenord") for browser in browsers))

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [401] * throttle.TRIES_PER_NAME + [429] * (12 - throttle.TRIES_PER_NAME)


async def test_the_database_holds_neither_names_nor_addresses_of_failed_tries(browser, anna, sessions):
    await browser.log_in("typed-name", "fel lösenord")

    async with sessions() as session:
        dump = "".join((await session.execute(text("SELECT a::text FROM cases.login_attempt a"))).scalars())
    for value in ("typed-name", "127.0.0.1"):
        assert value not in dump
        assert value.encode().hex() not in dump


async def test_a_name_with_strange_characters_is_just_a_wrong_name(browser, anna):
    await browser.log_in("an\x00na\ud7ff🙂" + "x" * 5000, "\x00")

    assert browser.answer.status_code == 401
