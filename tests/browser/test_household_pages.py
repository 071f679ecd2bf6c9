"""The household's pages in a real browser, in both languages and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import DESKTOP, PHONE


@pytest.mark.parametrize(("lang", "size"), [("zh", DESKTOP), ("en", PHONE)])
def test_from_home_to_a_household(come_in, look, lang, size):
    page = come_in("xianban", lang=lang, size=size)
    look(page, "place", lang)
    page.goto("/households/?class=any&state=open")
    look(page, "households", lang)
    page.locator("tbody a").first.click()
    expect(page.locator("[data-chart] svg")).to_be_visible()
    look(page, "household", lang)


def test_search_by_initials_and_by_village(come_in):
    page = come_in("xianban")
    page.goto("/households/")
    page.fill("[name=q]", "zhangjianqiang")
    page.click("form[role=search] button")
    expect(page.locator("tbody tr").first).to_contain_text("张建强")


def test_a_visit_typed_offline_is_kept_and_sent_once(come_in):
    page = come_in("cunji", size=PHONE)
    page.goto("/households/")
    page.locator("tbody a").first.click()
    household = page.url
    page.get_by_role("link", name="登记走访").click()
    page.fill("[name=visited_on]", "2026-11-01")
    page.fill("[name=visitors]", "示例走访人")
    page.fill("[name=seen]", "屋顶漏雨")
    page.context.set_offline(True)
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("没有网络")).to_be_visible()
    page.context.set_offline(False)
    page.reload()
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
