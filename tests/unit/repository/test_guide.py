"""The user guide shows every page of the site, or the list beside this test says why not."""

import re
import tomllib
from collections import Counter
from pathlib import Path

from tests.lib.addresses import pages

GUIDE = Path(__file__).parents[3] / "docs" / "user-guide.md"
LISTED = tomllib.loads(Path(__file__).with_name("unpictured.toml").read_text("utf-8"))
SHOWN = set(re.findall(r"pictures/en/([\w-]+)\.png", GUIDE.read_text("utf-8")))
LEFT_OUT = Counter(page for group in LISTED["left_out"] for page in group["pages"])
# The public pages in English are those in Chinese, which the guide's other language shows.
PAGES = {name for name in pages() if not name.startswith("public-en:")}
PICTURED = {name for name in PAGES if name.replace("public:", "board-") in SHOWN} | set(
    LISTED["shown_as"].values()
)


def test_every_page_is_pictured_or_left_out_for_a_reason():
    assert PAGES - PICTURED - set(LEFT_OUT) == set()
    assert all(group["because"].endswith(".") for group in LISTED["left_out"])


def test_the_list_is_of_pages_without_a_picture():
    assert set(LEFT_OUT) - (PAGES - PICTURED) == set()
    assert max(LEFT_OUT.values()) == 1
    assert set(LISTED["shown_as"]) <= SHOWN
    assert set(LISTED["shown_as"].values()) <= PAGES
