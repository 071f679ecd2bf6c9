"""Printing: a card and a village book from a button, downloaded, and what stands on the paper read."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.county import VILLAGE
from tests.lib.pdf import text_of

# What the paper says beside names and numbers.
SAYS = {
    "zh": "成员",
    "en": "Headofhousehold",
}


def downloaded(page: Page, selector: str) -> str:
    """The words of the PDF that a link leads to, without spaces."""
    with page.expect_download() as started:
        page.click(selector)
    assert started.value.suggested_filename.endswith(".pdf")
    return text_of(started.value.path().read_bytes()).replace(" ", "")


@pytest.mark.parametrize(
    ("lang", "size"), [("zh", DESKTOP), pytest.param("en", PHONE, marks=pytest.mark.hard)]
)
def test_a_card_and_a_village_book_come_out(come_in, look, lang, size):
    page = come_in("cunji", lang=lang, size=size)
    page.goto("/households/?class=any")
    heads = page.locator("tbody tr td:first-child").all_inner_texts()
    numbers = page.locator("tbody tr td:nth-child(2)").all_inner_texts()
    page.locator("tbody a").first.click()
    members = page.locator("main table").first.locator("tbody td:first-child").all_inner_texts()
    card = downloaded(page, "a[href$='/card/']")
    assert numbers[0] in card
    for name in members:
        assert name in card
    assert SAYS[lang] in card

    page.goto(f"/places/{VILLAGE}/")
    page.click("main a[href$='/records/'], .page-header a[href$='/records/']")
    look(page, "records-in-hand", lang)
    book = downloaded(page, "a[href='?as=pdf']")
    # Every monitored household of the village stands in its book, heads and numbers.
    for word in (*heads, *numbers):
        assert word in book
    expect(page.locator("main")).to_be_visible()
