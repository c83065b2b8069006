"""Checklist, blocks and connected systems in real Chromium: accessible, and within the narrowest screen."""

# ruff: noqa: F401, F811 - fixtures of other tests are used by name

import pytest

from cases.connectors.reconciliation import Reconciliation
from cases.connectors.registry import connectors_of
from tests.cases.connectors.conftest import ANNA, KARL, carry_out, systems
from tests.cases.console.test_connectors import blocks, case, config, orders, service
from tests.cases.console.test_in_browser import TestLooks as Looks
from tests.cases.console.test_in_browser import chromium, chromium_address, log_in, open_page

pytestmark = [pytest.mark.database, pytest.mark.browser]


@pytest.mark.parametrize(
    ("size", "scheme"), [({"width": 320, "height": 640}, "light"), ({"width": 1280, "height": 800}, "dark")]
)
async def test_every_page_is_accessible_and_fits(
    open_page, anna, blocks, case, orders, sessions, systems, key_ring, clock, size, scheme
):
    systems.hubspot.script.failures.append("400")
    systems.mailchimp.add("news", ANNA)
    await carry_out(orders, sessions)
    systems.mailchimp.add("offers", ANNA)
    connectors = connectors_of(systems.configs(), patience=systems.patience(attempts=1))
    await Reconciliation(sessions, connectors, key_ring=key_ring, clock=clock).run_due()
    page = await open_page(viewport=size, color_scheme=scheme)
    looks, name = Looks(), f"{size['width']}-{scheme}"
    await log_in(page)

    await page.goto(f"/console/cases/{case.reference}")
    task = page.locator("details.task", has_text="Radera i Mailchimp")
    await task.locator("summary").click()
    await looks.check(page, f"checklist-{name}")

    await task.get_by_label("E-postadress i Mailchimp").fill(KARL)
    await task.get_by_role("checkbox").check()
    await task.get_by_role("button", name="Radera nu").click()
    await page.get_by_role("status").wait_for()
    await carry_out(orders, sessions)
    await page.goto(f"/console/cases/{case.reference}")
    await page.locator("details.task", has_text="Radera i Mailchimp").locator("summary").click()
    await looks.check(page, f"checklist-done-{name}")

    await page.goto("/console/marketing-blocks")
    await looks.check(page, f"blocks-systems-{name}")
    await page.goto("/console/connectors")
    await looks.check(page, f"connectors-{name}")
