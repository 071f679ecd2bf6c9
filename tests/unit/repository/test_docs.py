"""What the documents show exists: links, commands, pages, in both languages."""

import re
from pathlib import Path

import pytest

from bangfu.cli.__main__ import _MODULES

ROOT = Path(__file__).parents[3]
PAGES = sorted(p for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
READMES = ("README.md", "README.zh-CN.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("name", READMES)
def test_commands_in_the_readme_exist(name):
    text = (ROOT / name).read_text("utf-8")
    shown = set(re.findall(r"^bangfu (\S+)", text, re.MULTILINE))
    assert shown
    assert shown <= set(_MODULES)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make (\S+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_both_readmes_show_the_same_commands():
    shown = [
        re.findall(r"^(?:bangfu|make) [^#\n]*", (ROOT / n).read_text("utf-8"), re.MULTILINE)
        for n in READMES
    ]
    assert [line.strip() for line in shown[0]] == [line.strip() for line in shown[1]]
