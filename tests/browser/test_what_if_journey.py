"""What if the line moved: who would come in or fall out, place by place, and nothing is saved."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import DESKTOP, PHONE

LINE = "[name='income.line']"


def figures(page: Page) -> list[str]:
    """What the summary says of every group, before anything is asked."""
    return page.locator("main dl.facts dd").all_inner_texts()


@pytest.mark.parametrize(
    ("lang", "size"), [("zh", DESKTOP), pytest.param("en", PHONE, marks=pytest.mark.hard)]
)
def test_moving_the_income_line_tells_who_comes_in(come_in, look, lang, size):
    page = come_in("xianban", lang=lang, size=size)
    page.goto("/policy/")
    page.click("a[href^='/policy/what-if/']")
    before, in_force = figures(page), page.input_value(LINE)
    page.fill(LINE, f"{float(in_force) + 3000:.0f}")
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/what-if/?*")
    look(page, "what-if-in-hand", lang)

    # Both townships of the sample, and in one of them households that come in; the list has as many.
    townships = page.locator("main table").first.locator("tbody tr")
    expect(townships).to_have_count(2)
    coming = page.locator("main table").first.locator("a[href*='which=in'][href*='group=concern']")
    counts = [int(re.sub(r"\D", "", told)) for told in coming.all_inner_texts()]
    assert sum(counts) > 0
    most = max(range(len(counts)), key=counts.__getitem__)
    coming.nth(most).click()
    expect(page.locator("tbody tr")).to_have_count(min(counts[most], 50))
    look(page, "what-if-households-in-hand", lang)
    page.go_back()

    # The line goes down: households fall out.
    page.fill(LINE, f"{float(in_force) - 3000:.0f}")
    page.locator("main form button.btn-primary").click()
    out = page.locator("main table").first.locator("a[href*='which=out'][href*='group=concern']")
    expect(out.first).to_be_visible()
    assert sum(int(re.sub(r"\D", "", told)) for told in out.all_inner_texts()) > 0

    # Nothing was saved: the values in force and the households of today are what they were.
    page.locator("main form a.btn-link").click()
    assert page.input_value(LINE) == in_force
    assert figures(page) == before
