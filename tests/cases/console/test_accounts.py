"""Accounts: the first one, further ones, one-time passwords and the rules for new ones."""

import random
import re
import unicodedata

import pytest
from sqlalchemy import text

from cases.console import texts
from cases.console.accounts import Role, add_staff, create_first_account, list_staff
from cases.console.errors import NameTakenError
from cases.console.passwords import MIN_LENGTH, PasswordProblem, new_one_time_password, problems_with
from tests.cases.console.conftest import PASSWORD

PASSWORD_PAGE = "/console/password"
CASES_PAGE = "/console/cases"


async def first_password(sessions, clock, *, name: str = "admin", seed: int = 5) -> str | None:
    async with sessions.begin() as session:
        return await create_first_account(session, name=name, now=clock(), random=random.Random(seed))


@pytest.mark.database
class TestTheFirstAccount:
    async def test_it_is_an_administrator_with_a_one_time_password(self, sessions, clock, browser):
        password = await first_password(sessions, clock)

        await browser.log_in("admin", password)

        assert browser.answer.url.path == PASSWORD_PAGE
        async with sessions() as session:
            [account] = await list_staff(session)
        assert (account.role, account.must_change_password) == (Role.ADMINISTRATOR, True)

    async def test_until_somebody_has_logged_in_a_new_password_replaces_the_old(self, sessions, clock, browser):
        first = await first_password(sessions, clock, seed=1)
        second = await first_password(sessions, clock, seed=2)

        await browser.log_in("admin", first)
        assert browser.answer.status_code == 401
        await browser.log_in("admin", second)
        assert browser.answer.url.path == PASSWORD_PAGE

    async def test_once_somebody_has_logged_in_none_is_handed_out(self, sessions, clock, browser):
        await browser.log_in("admin", await first_password(sessions, clock))

        assert await first_password(sessions, clock) is None

    async def test_none_is_handed_out_where_others_came_first(self, sessions, clock, anna):
        assert await first_password(sessions, clock) is None
        async with sessions() as session:
            assert [account.name for account in await list_staff(session)] == [anna.name]

    async def test_the_password_is_stored_nowhere(self, sessions, clock):
        password = await first_password(sessions, clock)

        async with sessions() as session:
            dump = "".join((await session.execute(text("SELECT a::text FROM cases.staff_account a"))).scalars())
        assert password not in dump
        assert "$argon2id$" in dump


@pytest.mark.database
class TestTheFirstLogin:
    @pytest.fixture
    async def at_the_password_page(self, sessions, clock, browser):
        """Somebody who has just logged in with a one-time password."""
        await browser.log_in("admin", await first_password(sessions, clock))
        return browser

    @pytest.mark.parametrize("path", [CASES_PAGE, "/console/handoffs", "/console/staff", "/console/marketing-blocks"])
    async def test_nothing_opens_before_a_password_is_chosen(self, at_the_password_page, path):
        await at_the_password_page.open(path)

        assert at_the_password_page.answer.url.path == PASSWORD_PAGE

    async def test_the_chosen_password_opens_the_console(self, at_the_password_page, new_browser):
        await at_the_password_page.send(PASSWORD_PAGE, new=PASSWORD, repeated=PASSWORD, display_name="Anna")
        assert at_the_password_page.answer.url.path == CASES_PAGE

        another = new_browser()
        await another.log_in("admin", PASSWORD)
        assert another.answer.url.path == CASES_PAGE
        assert "Anna" in another.page.xpath("string(//header)")

    async def test_the_one_time_password_works_no_more(self, at_the_password_page, sessions, clock, new_browser):
        one_time = new_one_time_password(random.Random(5))
        await at_the_password_page.send(PASSWORD_PAGE, new=PASSWORD, repeated=PASSWORD)

        another = new_browser()
        await another.log_in("admin", one_time)

        assert another.answer.status_code == 401

    async def test_the_one_time_password_cannot_be_kept(self, at_the_password_page):
        one_time = new_one_time_password(random.Random(5))

        await at_the_password_page.send(PASSWORD_PAGE, new=one_time, repeated=one_time)

        assert at_the_password_page.answer.status_code == 422
        assert texts.PASSWORD_PROBLEMS[PasswordProblem.SAME_AS_BEFORE] in at_the_password_page.text

    async def test_a_bad_password_is_explained(self, at_the_password_page):
        await at_the_password_page.send(PASSWORD_PAGE, new="kort", repeated="annat")

        assert at_the_password_page.answer.status_code == 422
        for problem in (PasswordProblem.TOO_SHORT, PasswordProblem.NOT_REPEATED):
            assert texts.PASSWORD_PROBLEMS[problem] in at_the_password_page.text

    async def test_the_session_is_renewed_and_the_others_end(self, sessions, clock, new_browser):
        one_time = await first_password(sessions, clock)
        here, elsewhere = new_browser(), new_browser()
        await here.log_in("admin", one_time)
        await elsewhere.log_in("admin", one_time)
        cookie_before = here.client.cookies.get("insyn_console")

        await here.send(PASSWORD_PAGE, new=PASSWORD, repeated=PASSWORD)
        await elsewhere.open(PASSWORD_PAGE)

        assert here.client.cookies.get("insyn_console") != cookie_before
        assert elsewhere.answer.url.path == "/console/login"


@pytest.mark.database
class TestChangingThePassword:
    NEW = "en helt annan mening"

    async def test_it_takes_the_present_one(self, annas_browser):
        await annas_browser.open(PASSWORD_PAGE)
        await annas_browser.send(PASSWORD_PAGE, current="fel", new=self.NEW, repeated=self.NEW)
        assert texts.WRONG_CURRENT_PASSWORD in annas_browser.text

        await annas_browser.send(PASSWORD_PAGE, current=PASSWORD, new=self.NEW, repeated=self.NEW)
        assert annas_browser.answer.url.path == CASES_PAGE

    async def test_guessing_the_present_one_is_counted(self, annas_browser):
        await annas_browser.open(PASSWORD_PAGE)
        for _ in range(5):
            await annas_browser.send(PASSWORD_PAGE, current="fel", new=self.NEW, repeated=self.NEW)

        await annas_browser.send(PASSWORD_PAGE, current=PASSWORD, new=self.NEW, repeated=self.NEW)

        assert annas_browser.answer.url.path == PASSWORD_PAGE
        assert texts.WRONG_CURRENT_PASSWORD not in annas_browser.text


@pytest.mark.database
class TestManagingAccounts:
    STAFF = "/console/staff"

    @pytest.fixture
    async def chefs_browser(self, colleague, new_browser):
        """The browser of an administrator who has logged in."""
        chef = await colleague("chef", display_name="Cia Chef", role=Role.ADMINISTRATOR)
        browser = new_browser()
        await browser.log_in(chef.name, chef.password)
        await browser.open(self.STAFF)
        return browser

    async def test_it_is_for_administrators(self, annas_browser):
        answer = await annas_browser.open(self.STAFF)

        assert answer.status_code == 403
        assert annas_browser.find("//nav//a[@href='/console/staff']") == []

    async def test_an_officer_cannot_add_accounts_by_hand_either(self, annas_browser, sessions):
        await annas_browser.open(CASES_PAGE)
        token = annas_browser.form("/console/logout")["form_token"]

        answer = await annas_browser.post(self.STAFF, {"form_token": token, "name": "eve", "role": "administrator"})

        assert answer.status_code == 403
        async with sessions() as session:
            assert [account.name for account in await list_staff(session)] == ["anna"]

    async def test_a_new_account_gets_a_password_that_is_shown_once(self, chefs_browser, new_browser):
        await chefs_browser.send(self.STAFF, name="Bo@Example.se", display_name="Bo Ek", role="officer")
        [password] = chefs_browser.find("//*[@role='status']//*[@class='number']/text()")
        await chefs_browser.open(self.STAFF)
        assert password not in chefs_browser.answer.text

        browser = new_browser()
        await browser.log_in("bo@example.se", password)

        assert browser.answer.url.path == PASSWORD_PAGE

    async def test_a_taken_name_is_told(self, chefs_browser, anna):
        await chefs_browser.send(self.STAFF, name="ANNA", display_name="En till")

        assert chefs_browser.answer.status_code == 409
        assert texts.NAME_TAKEN in chefs_browser.text
        assert chefs_browser.find("//input[@name='display_name']/@value") == ["En till"]

    async def test_a_lost_password_is_replaced_and_its_sessions_end(
        self, chefs_browser, annas_browser, anna, new_browser
    ):
        await chefs_browser.open(self.STAFF)
        await chefs_browser.send(f"{self.STAFF}/{anna.id}/password")
        [password] = chefs_browser.find("//*[@role='status']//*[@class='number']/text()")

        await annas_browser.open(CASES_PAGE)
        assert annas_browser.answer.url.path == "/console/login"
        browser = new_browser()
        await browser.log_in(anna.name, password)
        assert browser.answer.url.path == PASSWORD_PAGE

    async def test_an_account_is_closed_and_opened(self, chefs_browser, anna, new_browser):
        await chefs_browser.open(self.STAFF)
        await chefs_browser.send(f"{self.STAFF}/{anna.id}/disabled")
        browser = new_browser()
        await browser.log_in(anna.name, anna.password)
        assert browser.answer.status_code == 401

        await chefs_browser.send(f"{self.STAFF}/{anna.id}/disabled")
        await browser.log_in(anna.name, anna.password)
        assert browser.answer.url.path == CASES_PAGE

    async def test_the_last_administrator_cannot_be_closed(self, chefs_browser, sessions):
        async with sessions() as session:
            [chef] = await list_staff(session)
        token = chefs_browser.form(self.STAFF)["form_token"]

        await chefs_browser.post(f"{self.STAFF}/{chef.id}/disabled", {"form_token": token, "disabled": "yes"})

        assert chefs_browser.answer.status_code == 409
        assert texts.LAST_ADMINISTRATOR in chefs_browser.text


@pytest.mark.database
async def test_two_accounts_cannot_have_one_name(sessions, clock, anna):
    async with sessions.begin() as session:
        with pytest.raises(NameTakenError):
            await add_staff(session, name=" Anna ", now=clock(), random=random.Random(1))
    async with sessions() as session:
        assert len(await list_staff(session)) == 1


async def test_a_one_time_password_can_be_typed_and_not_guessed():
    passwords = {new_one_time_password(random.Random(seed)) for seed in range(200)}

    assert len(passwords) == 200
    assert all(re.fullmatch(r"([2-9a-hjkmnp-z]{4}-){3}[2-9a-hjkmnp-z]{4}", password) for password in passwords)
    assert all(problems_with(p, repeated=p, is_the_same=False, names=("admin",)) == () for p in passwords)


@pytest.mark.parametrize(
    ("password", "problems"),
    [
        ("korrekt häst batteri", ()),
        ("aB3$" * 2 + "xyz", (PasswordProblem.TOO_SHORT,)),
        ("x" * 201, (PasswordProblem.TOO_LONG, PasswordProblem.TOO_MONOTONOUS)),
        ("ababababababab", (PasswordProblem.TOO_MONOTONOUS,)),
        ("anna.berg-sommar", (PasswordProblem.CONTAINS_NAME,)),
        ("hejsan ANNA BERG 1", (PasswordProblem.CONTAINS_NAME,)),
        ("Anna Berg går ofta hem", ()),
        ("🔑" * 4 + "abcdefgh", ()),
    ],
)
def test_the_rules_for_a_password(password, problems):
    names = ("anna.berg", "Anna Berg")

    assert problems_with(password, repeated=password, is_the_same=False, names=names) == problems


def test_a_password_one_character_below_the_limit_is_too_short():
    enough = "abcdefghijklmnop"[:MIN_LENGTH]

    assert problems_with(enough, repeated=enough, is_the_same=False, names=()) == ()
    assert problems_with(enough[1:], repeated=enough[1:], is_the_same=False, names=()) == (PasswordProblem.TOO_SHORT,)


def test_the_same_password_typed_on_another_keyboard_is_the_same():
    composed = "åäö lösenord 12"
    decomposed = unicodedata.normalize("NFD", composed)

    assert composed != decomposed
    assert problems_with(composed, repeated=decomposed, is_the_same=False, names=()) == ()
