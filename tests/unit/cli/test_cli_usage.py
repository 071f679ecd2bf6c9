"""Wrong usage: exit code 2, a sentence, and where the help is. No database is started for it."""

from __future__ import annotations

import re

import pytest
from tests.unit.cli.running import bangfu, refused

from bangfu.cli.__main__ import program

PLACE = ("--place", "420527000000")


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def started() -> None:
        raise AssertionError("wrong usage must be told before a database is started")

    monkeypatch.setattr("bangfu.cli.operator.setup_django", started)
    monkeypatch.setattr("bangfu.cli.keeping.setup_django", started)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("check",),
        ("check", "a.xlsx", "--nonsense"),
        ("template",),
        ("template", "households"),
        ("import", "a.xlsx"),
        ("import", "a.xlsx", *PLACE),
        ("import", "a.xlsx", *PLACE, "--year", "twenty"),
        ("import", *PLACE, "--year", "2026"),
        ("allocate",),
        ("screen",),
        ("snapshot", *PLACE),
        ("snapshot", "--month", "2026-10"),
        ("ledger", "nonsense"),
        ("ledger", "seal", *PLACE),
        ("policy", "show"),
        ("places",),
        ("demo", "extra"),
        ("docs", "--check=perhaps"),
        ("serve", "--port", "0"),
        ("serve", "--port", "70000"),
        ("serve", "--workers", "0"),
        ("serve", "--jobs", "-1"),
        ("draw", "/nowhere", "--seed", "village:1"),
        ("draw", "/", "--seed", "village:1"),
    ],
)
@pytest.mark.parametrize(("lang", "words"), [("zh", "用法不对"), ("en", "Wrong usage")])
def test_calls_that_are_none(arguments: tuple[str, ...], lang: str, words: str) -> None:
    said = bangfu(*arguments, lang=lang)
    refused(said, 2, words, "--help")
    if lang == "zh":
        # Only names of commands, options and values are Latin.
        first = said.err.splitlines()[0]
        assert not re.search(r"[A-Za-z]+ [a-z]+", first), first


DATES = [
    "",
    "2026-13-01",
    "2026-02-30",
    "31.10.2026",
    "昨天",
    "２０２６-10-31",
    "2026-10-31T08:00",
    "-1",
]
MONTHS = ["", "2026", "2026-13", "2026-00", "0000-05", "十月", "2026-1-0", "２０２６-10", "99999-1"]
CODES = [
    "",
    "42052",
    "4205270000000",
    "42052x000000",
    "秭归县",
    "４２０５２７",
    "420500101000x",
    "420527000001",
]
YEARS = ["0", "-2026", "99999", "26"]


@pytest.mark.parametrize("text", DATES)
@pytest.mark.parametrize(
    "arguments",
    [("policy", "show", "income.line"), ("screen", *PLACE)],
)
def test_dates_that_are_none(arguments: tuple[str, ...], text: str) -> None:
    refused(bangfu(*arguments, f"--on={text}"), 2, "2026-10-31")


@pytest.mark.parametrize("text", MONTHS)
@pytest.mark.parametrize("command", [("snapshot",), ("ledger", "seal")])
def test_months_that_are_none(command: tuple[str, ...], text: str) -> None:
    refused(bangfu(*command, *PLACE, f"--month={text}"), 2, "2026-10")


@pytest.mark.parametrize("text", CODES)
@pytest.mark.parametrize(
    "arguments",
    [
        ("snapshot", "--month=2026-10"),
        ("ledger", "seal", "--month=2026-10"),
        ("import", "a.xlsx", "--year=2026"),
        ("screen",),
        ("policy", "show", "income.line"),
    ],
)
def test_places_that_are_none(arguments: tuple[str, ...], text: str) -> None:
    refused(bangfu(*arguments, f"--place={text}"), 2, "12 位")


@pytest.mark.parametrize("text", YEARS)
def test_years_that_are_none(text: str) -> None:
    refused(bangfu("import", "a.xlsx", *PLACE, f"--year={text}"), 2, "年度")


@pytest.mark.parametrize(
    "command",
    [
        ("check", "a.xlsx"),
        ("policy", "check"),
        ("policy", "show", "income.line"),
        ("template", "funds", "-o", "a.xlsx"),
        ("allocate", "--problem", "p.json"),
        ("ledger", "verify"),
        ("docs", "--check"),
    ],
)
def test_languages_that_are_none(command: tuple[str, ...]) -> None:
    refused(bangfu(*command, "--lang", "fr"), 2, "zh", "en", "fr")


def test_a_language_counts_wherever_it_stands() -> None:
    refused(
        bangfu("policy", "show", "income.line", "--lang", "en", "--on", "x"), 2, "Write the date"
    )
    refused(bangfu("policy", "show", "income.line", "--lang=en", "--on", "x"), 2, "Write the date")


def test_an_unknown_template_names_those_there_are() -> None:
    refused(bangfu("template", "houses", "-o", "x.xlsx"), 2, "households", "funds", "roster")


def test_every_command_has_help() -> None:
    said = bangfu("--help")
    assert said.code == 0
    app = program([])
    groups = [(group.name, group.typer_instance) for group in app.registered_groups]
    calls = [(command.name,) for command in app.registered_commands]
    calls += [
        (name, command.name)
        for name, group in groups
        if group is not None
        for command in group.registered_commands
    ]
    assert len(calls) >= 12
    for call in calls:
        assert str(call[0]) in said.out
        help_of = bangfu(*call, "--help")
        assert (help_of.code, help_of.err) == (0, "")
        assert " / " in help_of.out, f"{call} says what it does in both languages"


def test_no_arguments_shows_the_help() -> None:
    assert "demo" in bangfu().out


@pytest.mark.parametrize("group", ["registry", "export", "ledger", "policy"])
def test_a_group_alone_shows_its_help_and_nothing_more(group: str) -> None:
    said = bangfu(group)
    assert (said.code, said.err) == (2, "")
    assert f"{group} [OPTIONS] COMMAND" in said.out


@pytest.mark.parametrize(("lang", "words"), [("zh", "用法不对"), ("en", "Wrong usage")])
@pytest.mark.parametrize("form", ["--lang {}", "--lang={}"])
def test_the_language_stands_before_the_command_too(lang: str, words: str, form: str) -> None:
    other = {"zh": "en", "en": "zh"}[lang]
    options = form.format(lang).split()
    refused(bangfu(*options, "check", lang=other), 2, words)
    said = bangfu(*options, "check", "/nowhere/a.xlsx", lang=other)
    refused(said, 2, {"zh": "找不到", "en": "a.xlsx"}[lang])
    assert ("找不到" in said.err) == (lang == "zh")
    # What a command is told itself counts, and the next run knows nothing of this one.
    said = bangfu(*options, "check", "/nowhere/a.xlsx", "--lang", other, lang=lang)
    assert ("找不到" in said.err) == (other == "zh")
    assert ("找不到" in bangfu("check", "/nowhere/a.xlsx", lang=other).err) == (other == "zh")


def test_only_the_modules_of_the_command_are_loaded() -> None:
    assert len(program(["--lang", "en", "check"]).registered_commands) == len(
        program(["check"]).registered_commands
    )
