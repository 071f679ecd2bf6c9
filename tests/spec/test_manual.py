"""The manual of the rule language is the spec tables, printed."""

from lib.manual import CHAPTERS, PAGE, SPEC, manual


def test_manual_is_current():
    assert PAGE.read_text(encoding="utf-8") == manual(), (
        "run: PYTHONPATH=tests python tests/lib/manual.py"
    )


def test_every_chapter_is_printed():
    there = {path.relative_to(SPEC).as_posix() for path in SPEC.glob("*/test_*.py")}
    assert there == set(CHAPTERS)
