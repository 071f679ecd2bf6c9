"""The documents show every page of the site, in both languages."""

import re
from pathlib import Path

import pytest
from tests.lib.addresses import pages
from tests.lib.page_list import PAGE_LIST, UNPICTURED, page_list

DOCS = Path(__file__).parents[3] / "docs"


def test_the_list_of_pages_is_that_of_the_site():
    assert PAGE_LIST.read_text("utf-8") == page_list(), "run make pictures"


def test_what_has_no_picture_is_a_page():
    assert set(UNPICTURED) <= pages()


def test_every_page_says_what_it_is_for():
    assert re.findall(r"^`[^`]*`\s*$", page_list(), re.MULTILINE) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_picture_is_there_and_shown(lang: str):
    shown = {
        name
        for document in DOCS.glob("**/*.md")
        for name in re.findall(rf"pictures/{lang}/([\w-]+\.png)", document.read_text("utf-8"))
    }
    assert shown == {path.name for path in (DOCS / "pictures" / lang).iterdir()}
