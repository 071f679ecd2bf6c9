"""Places and households are picked in a real browser: suggestions come while typing, at 360 px too."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import PHONE

# A browser and a copy of the sample county each: more than five seconds.
pytestmark = pytest.mark.hard

PLACE, HOUSEHOLD = re.compile(r"^\S+ \S+ \d{12}$"), re.compile(r"^\S+ \S+ \d{16}$")


def suggested(page: Page, name: str, text: str, like: re.Pattern[str]) -> str:
    """Type into a line, key by key; its first suggestion, which reads so."""
    line = page.locator(f"[name={name}]")
    line.fill("")
    line.press_sequentially(text)
    first = page.locator(f"#id_{name}_suggested option").first
    expect(first).to_have_attribute("value", like)
    return first.get_attribute("value") or ""


@pytest.mark.parametrize(("lang", "send"), [("zh", "提出迁移"), ("en", "Offer the move")])
def test_the_village_to_move_to_is_picked(come_in, look, lang, send):
    page = come_in("cunji", lang=lang, size=PHONE)
    page.goto("/households/")
    page.locator("tbody a").first.click()
    page.goto(f"{page.url}move/")
    # What fits no one village is said beside the line, with a list to choose from.
    page.fill("[name=to_place]", "村")
    page.get_by_role("button", name=send).click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    expect(page.locator("#id_to_place_suggested option")).to_have_count(10)
    look(page, "move-errors", lang)
    label = suggested(page, "to_place", "村", PLACE)
    page.fill("[name=to_place]", label)
    expect(page.locator("#id_to_place_suggested option")).to_have_count(0)
    page.fill("[name=moved_on]", "2026-11-01")
    page.fill("[name=reason]", "婚嫁")
    page.get_by_role("button", name=send).click()
    expect(page).to_have_url(re.compile(r"/moves/\d+/$"))
    expect(page.locator("main")).to_contain_text(label.split()[1])


def test_what_is_suggested_follows_the_choice_beside_it(come_in, look):
    page = come_in("xianban", size=PHONE)
    page.goto("/watch/findings/new/")
    page.select_option("[name=subject_kind]", "village")
    suggested(page, "subject", "村", PLACE)
    page.select_option("[name=subject_kind]", "household")
    suggested(page, "subject", "王", HOUSEHOLD)
    look(page, "finding-picked")
