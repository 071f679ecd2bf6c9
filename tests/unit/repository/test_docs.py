"""What the documents show exists: links, commands, pages, in both languages."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from bangfu.cli.__main__ import _MODULES

ROOT = Path(__file__).parents[3]
PAGES = sorted(p for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
READMES = ("README.md", "README.zh-CN.md")
WEEK = tuple(f"docs/tutorials/first-week{end}" for end in (".md", ".zh-CN.md"))
YUAN = tuple(f"docs/tutorials/follow-a-yuan{end}" for end in (".md", ".zh-CN.md"))
PROJECT = tuple(f"docs/tutorials/first-project{end}" for end in (".md", ".zh-CN.md"))
GUIDE = ("docs/user-guide.md", "docs/user-guide.zh-CN.md")
JOURNEYS = {
    WEEK: ROOT / "tests/browser/test_recognition_journey.py",
    PROJECT: ROOT / "tests/browser/test_project_journey.py",
}
# The fields of the journeys that are typed as amounts which their pages tell, and how many there are.
AMOUNTS = {
    WEEK: (r'_(?:income|cost|pocket)": "(\d+)"', 6),
    PROJECT: (r'(?:cost|yuan|_cost)": "(\d+)"', 5),
}
MOST_BYTES = 60_000  # of a picture


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("name", [*READMES, *WEEK, *YUAN, *PROJECT])
def test_commands_in_the_readme_exist(name):
    text = (ROOT / name).read_text("utf-8")
    commands = set(re.findall(r"^bangfu (\S+)", text, re.MULTILINE))
    assert commands <= set(_MODULES)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^make (\S+)", text, re.MULTILINE)
    assert targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("pair", [READMES, WEEK, YUAN, PROJECT])
def test_both_languages_show_the_same_commands(pair):
    shown = [
        re.findall(r"^(?:bangfu|make) [^#\n]*", (ROOT / n).read_text("utf-8"), re.MULTILINE)
        for n in pair
    ]
    assert [line.strip() for line in shown[0]] == [line.strip() for line in shown[1]]


@pytest.mark.parametrize("pair", [WEEK, PROJECT, GUIDE])
def test_both_languages_show_the_same_pictures(pair):
    english, chinese = (
        re.findall(rf"pictures/{lang}/([\w-]+\.png)", (ROOT / name).read_text("utf-8"))
        for lang, name in zip(("en", "zh"), pair, strict=True)
    )
    assert english == chinese


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_picture_is_kept_that_no_page_shows(lang):
    shown = {
        name
        for page in PAGES
        for name in re.findall(rf"pictures/{lang}/([\w-]+\.png)", page.read_text("utf-8"))
    }
    kept = {path.name: path.stat().st_size for path in ROOT.glob(f"docs/pictures/{lang}/*")}
    assert set(kept) == shown
    assert max(kept.values()) <= MOST_BYTES


@pytest.mark.parametrize("pair", [WEEK, PROJECT])
def test_the_tutorial_tells_what_its_test_types(pair):
    """The accounts, the numbers and the words of a tutorial are those that its journey walks with."""
    journey = JOURNEYS[pair].read_text("utf-8")
    pattern, number_of = AMOUNTS[pair]
    accounts = tomllib.loads((ROOT / "sample/operators.toml").read_text("utf-8"))
    known = {one["username"] for one in accounts["operators"]}
    for name in pair:
        text = (ROOT / name).read_text("utf-8")
        assert accounts["password"] in text
        told = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
        assert told
        assert told <= known
        assert told <= set(re.findall(r'come_in\("(\w+)"', journey))
        typed = re.findall(pattern, journey)
        assert len(typed) == number_of
        for number in typed:
            assert f"{int(number):,}" in text, number


# Tables that are no idea of their own: what stands in them is part of another's.
NO_WORDS = {
    "BatchFile",
    "Copied",
    "FlagRow",
    "NameIndex",
    "ProgressPhoto",
    "SealedHead",
    "Submission",
    "TaskFile",
    "Told",
}


def test_the_glossary_has_every_thing_that_the_books_keep():
    """A new table is a new word: it asks for its line in GLOSSARY.md."""
    named = _in_code()
    words = {name.rpartition(".")[2] for name in named}
    kept = {
        node.name
        for path in (ROOT / "src/bangfu/books").rglob("*.py")
        if "models" in path.relative_to(ROOT).as_posix()
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and "models.Model" in map(ast.unparse, node.bases)
    }
    assert len(kept) > 80
    assert kept - words == NO_WORDS


def test_what_the_glossary_names_stands_in_the_code():
    code = "".join(
        path.read_text("utf-8")
        for folder in ("src/bangfu", "policy")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".toml") and "migrations" not in path.parts
    )
    stale = {
        name
        for name in _in_code()
        if name.partition(" ")[0].strip("[]*").rpartition(".")[2] not in code
    }
    assert stale == set()


def _in_code() -> set[str]:
    """What stands in the glossary's third column, name by name."""
    rows = [
        line.split("|")
        for line in (ROOT / "GLOSSARY.md").read_text("utf-8").splitlines()
        if line.startswith("|")
    ]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row[3])}
