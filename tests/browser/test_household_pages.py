"""The household's pages in a real browser, in both languages and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect
from tests.browser.conftest import DESKTOP, PHONE


@pytest.mark.parametrize(("lang", "size"), [("zh", DESKTOP), ("en", PHONE)])
def test_from_home_to_a_household(come_in, look, lang, size):
    page = come_in("xianban", lang=lang, size=size)
    look(page, "place-in-hand", lang)
    page.goto("/households/?class=any&state=open")
    look(page, "households-in-hand", lang)
    page.locator("tbody a").first.click()
    expect(page.locator("[data-chart] svg")).to_be_visible()
    look(page, "household-in-hand", lang)


def test_search_by_initials_and_by_village(come_in):
    page = come_in("xianban")
    page.goto("/households/")
    page.fill("[name=q]", "wangxiufang")
    page.click("form[role=search] button")
    expect(page.locator("tbody tr").first).to_contain_text("王秀芳")


def begin_a_visit(page: Page) -> str:
    """Type a visit to the village's first household; returns the household's address."""
    page.goto("/households/")
    page.locator("tbody a").first.click()
    household = page.url
    page.get_by_role("link", name="登记走访").click()
    page.fill("[name=visited_on]", "2026-11-01")
    page.fill("[name=visitors]", "示例走访人")
    page.fill("[name=seen]", "屋顶漏雨")
    return household


def test_a_visit_typed_offline_is_kept_and_sent_once(come_in):
    page = come_in("cunji", size=PHONE)
    household = begin_a_visit(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("没有网络")).to_be_visible()
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("[name=seen]")).to_have_value("屋顶漏雨")
    page.get_by_role("button", name="登记").click()
    expect(page).to_have_url(household)
    expect(page.get_by_text("屋顶漏雨")).to_have_count(1)


def test_a_visit_whose_answer_is_lost_is_sent_again_and_recorded_once(come_in):
    """The line drops when the server has received the form and the phone not yet its answer."""
    page = come_in("cunji", size=PHONE)
    household = begin_a_visit(page)
    form, received = page.url, []

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            received.append(route.fetch(max_redirects=0).status)
            page.context.clear_cookies(name="received")  # it came with the answer that is lost
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(form, lose)
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="登记").click()
    assert received == [302]
    page.unroute(form, lose)
    page.goto(form)
    expect(page.locator("[name=seen]")).to_have_value("屋顶漏雨")
    page.get_by_role("button", name="登记").click()
    expect(page).to_have_url(household)
    expect(page.get_by_text("屋顶漏雨")).to_have_count(1)


def test_errors_stand_at_the_top_and_beside_the_field(come_in, look):
    page = come_in("cunji", lang="en", size=PHONE)
    page.goto("/households/")
    page.locator("tbody a").first.click()
    page.goto(f"{page.url}arrival/")
    page.get_by_role("button", name="Record it").click()
    expect(page.locator("#errors")).to_be_focused()
    look(page, "arrival-errors", "en")
