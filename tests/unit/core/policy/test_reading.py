"""Policy files: every refusal with file, line and column, all at once."""

from datetime import date
from decimal import Decimal

import pytest

from bangfu.core.errors import InputError, UsageError
from bangfu.core.facts.model import Table
from bangfu.core.policy import Document, load
from bangfu.core.policy.rules.nodes import Not
from bangfu.core.policy.rules.parser import parse_condition

SOURCES = Document(
    "policy/sources.toml",
    '[[source]]\nid = "law"\nzh = "某条例"\nen = "Some law"\ntag = "V"\n',
)
ON = date(2024, 6, 1)


def value(**changes: str) -> str:
    """A value table; None leaves a key out."""
    keys = {
        "key": '"income.line"',
        "place": '"000000000000"',
        "from": "2023-01-01",
        "value": "7300",
        "unit": '"yuan/person/year"',
        "source": '"law"',
        "status": '"verified"',
    } | changes
    return "[[value]]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items() if v is not None)


def check(when: str = "cropland > 3", extra: str = "", **changes: str) -> str:
    """A check table."""
    keys = {
        "id": '"1"',
        "object": '"household_mixed"',
        "grain": '"household"',
        "when": f"'''{when}'''",
        "zh": '"某事不对。"',
        "en": '"Something is wrong."',
        "look_at": '["cropland"]',
        "source": '"law"',
        "status": '"verified"',
    } | changes
    return "[[check]]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items()) + extra


def problems(*texts: str) -> list[tuple[str, str]]:
    """What `load` finds wrong: (line:column, sentence)."""
    with pytest.raises(InputError) as caught:
        load([SOURCES, *(Document(f"f{n}", text) for n, text in enumerate(texts))])
    return [(each.where.split(":", 1)[1], each.text.en) for each in caught.value.problems]


def test_good_file():
    policy = load([SOURCES, Document("f", value(zh='"线"', en='"line"') + check(level="2"))])
    found = policy.value("income.line", place="420527101200", on=ON)
    assert (found.value, found.written, found.unit) == (730_000, 7300, "yuan/person/year")
    assert (found.file, found.line, found.status) == ("f", 1, "verified")
    assert found.source.text.en == "Some law"
    (one,) = policy.checks(ON)
    assert (one.level, one.grain, one.spot.line) == (2, Table.HOUSEHOLD, 11)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (value(sourse='"x"'), ("9:1", 'The key "sourse" is unknown here. Did you mean "source"?')),
        (value(unit=None), ("1:1", 'The required key "unit" is missing.')),
        (
            value(source='"lew"'),
            ("7:1", 'The source "lew" is not listed in a [[source]]. Did you mean "law"?'),
        ),
        (
            value(unit='"yuans"'),
            (
                "6:1",
                'The unit "yuans" is unknown. Did you mean "yuan" or "yuan/person" or "wan yuan"?',
            ),
        ),
        (
            value(value="73.5"),
            (
                "5:1",
                'The value does not fit the unit "yuan/person/year" (not a number; write a decimal as text).',
            ),
        ),
        (
            value(value='"0.001"'),
            (
                "5:1",
                'The value does not fit the unit "yuan/person/year" (not whole fen, or out of range).',
            ),
        ),
        (
            value(unit='"share"', value='"1.01"'),
            ("5:1", 'The value does not fit the unit "share" (more than 1).'),
        ),
        (
            value(unit='"month"', value="202313"),
            ("5:1", 'The value does not fit the unit "month" (not a month written YYYYMM).'),
        ),
        (
            value(unit='"table"', value="[1.5]"),
            ("5:1", 'The value does not fit the unit "table" (write a decimal as text).'),
        ),
        (value(place='"42052"'), ("3:1", "place: a place code of 12 digits is needed here.")),
        (value(status='"sure"'), ("8:1", "status: must be one of verified, unverified.")),
        (
            value(to="2022-01-01"),
            ("9:1", "The period ends on 2022-01-01, before it starts on 2023-01-01."),
        ),
        ("[[vallue]]\n", ("1:1", 'There is no table [[vallue]]. Did you mean "value"?')),
        ("[value]\nkey = 1\n", ("1:1", '"value" is written [[value]], one table an entry.')),
        ("key = 1\n", ("1:1", '"key" is written [[key]], one table an entry.')),
        (
            "[[value]]\nkey = 1\nkey = 2\n",
            ("3:8", "this key stands twice in one table: Cannot overwrite a value."),
        ),
        ("[[value]]\nkey = \n", ("2:7", "not valid TOML: Invalid value.")),
        (check(level="6"), ("11:1", "level: a level is 1 to 5; leave it out when unrated.")),
        (
            check(look_at='["croplant"]'),
            ("8:1", 'No fact "croplant" is known. Did you mean "cropland"?'),
        ),
        (check(when=""), ("5:1", "when: text is needed here.")),
        (check(grain='"job"'), ("4:1", "grain: must be one of household, person, village.")),
    ],
)
def test_refusals(text, expected):
    assert problems(text) == [expected]


def test_all_problems_at_once_in_order():
    found = problems(
        value(unit=None) + value(source='"x"'), check(when="croplan > 3 and woodlan > 4")
    )
    assert [where for where, _ in found] == ["1:1", "14:1", "5:11", "5:27"]


def test_one_period_twice():
    assert problems(value(), value()) == [
        ("1:1", "income.line @ 000000000000 has the same period at f0:1:1 already.")
    ]


def test_overlap_and_gap():
    first = value(to="2023-12-31")
    overlap = value(**{"from": "2023-12-31"})
    assert problems(first, overlap)[0][1].startswith(
        "The period of income.line @ 000000000000 overlaps"
    )
    assert problems(value(), value(**{"from": "2024-01-01"}))[0][1].startswith("The period of")
    gap = value(**{"from": "2024-01-03"})
    assert problems(first, gap) == [
        (
            "1:1",
            "income.line @ 000000000000 has no value from 2024-01-01 to 2024-01-02 (the period before is at f0:1:1).",
        )
    ]


def test_one_unit_a_key():
    other = value(place='"420000000000"', unit='"yuan"')
    assert problems(value(), other) == [
        ("1:1", "income.line has another unit or shape than at f0:1:1.")
    ]


def test_where_a_rule_is_wrong():
    """Lines and columns count letters in the file, also in a rule of several lines."""
    text = check().replace(
        "'''cropland > 3'''", "'''\ncropland > 3\n  and 户 > 3 or \"因病\" in rissks\n'''"
    )
    assert problems(text) == [
        ("7:7", 'No name "户" is known here.'),
        ("7:24", 'No name "rissks" is known here. Did you mean "risks" or "risk_5" or "risk_4"?'),
    ]


def test_parameters():
    money = '[check.parameters]\nline = { key = "income.line" }\n'
    policy = load([SOURCES, Document("f", value() + check("wage_income < line", money))])
    assert policy.all_checks[0].parameters["line"].unit == "yuan/person/year"

    def wrong(parameters: str, when: str = "cropland > p") -> list[tuple[str, str]]:
        return problems(value() + check(when, f"[check.parameters]\n{parameters}\n"))

    assert wrong('p = { key = "income.lime" }') == [
        ("20:1", 'No policy value "income.lime". Did you mean "income.line"?')
    ]
    assert wrong("p = 3") == [("20:1", "A parameter is { value = …, unit = … } or { key = … }.")]
    assert wrong('p = { value = 3, unit = "mu", key = "x" }')[0][1].startswith("A parameter is")
    assert wrong('p = { value = 3, units = "mu" }') == [
        ("20:1", 'The key "units" is unknown here. Did you mean "unit"?')
    ]
    assert wrong('p = { key = "income.line" }') == [
        ("13:11", "A decimal cannot be compared with a money.")
    ]
    assert wrong('cropland = { value = 3, unit = "mu" }', "woodland > 1")[0][1].startswith(
        'The parameter name "cropland" is taken'
    )
    assert wrong('p = { value = 3, unit = "mu" }', "cropland > 1") == [
        ("20:1", 'The rule does not use the parameter "p".')
    ]
    assert wrong(
        'p = { value = ["农村低宝"], unit = "code" }', "any(members, low_income_aid in p)"
    )[0][1].startswith('"农村低宝" is not in the code list')


def definition(name: str, when: str) -> str:
    return f'[[definition]]\nname = "{name}"\ngrain = "household"\nwhen = "{when}"\nzh = "一"\nen = "one"\n'


def test_definitions():
    text = definition("much", "fields > 3 or plenty").replace("fields", "cropland") + definition(
        "plenty", "woodland > 9"
    )
    policy = load([SOURCES, Document("f", text + check("much"))])
    assert policy.definitions["much"].grain is Table.HOUSEHOLD
    scope = policy.scope(Table.HOUSEHOLD)
    assert parse_condition("not much", scope) == (Not(scope.definitions.named("much")), [])
    assert parse_condition("mch", scope)[1][0].text.en.endswith('Did you mean "much"?')
    assert problems(definition("a", "b") + definition("b", "a")) == [
        ("1:1", "The definitions go in a circle: a → b → a.")
    ]
    assert problems(definition("cropland", "woodland > 1"))[0][1].startswith(
        '"cropland" is the name'
    )
    assert problems(definition("a", "woodland > 1") * 2)[0][1] == '"a" already stands at f0:1:1.'


def test_resolution():
    """The most specific place, then the date."""
    policy = load(
        [
            SOURCES,
            Document(
                "f",
                value(to="2023-12-31")
                + value(**{"from": "2024-01-01", "value": "8000"})
                + value(place='"420527000000"', value="9000", **{"from": "2024-06-01"}),
            ),
        ]
    )

    def at(place: str, on: date) -> int:
        return policy.value("income.line", place=place, on=on).written

    assert at("420527101200", date(2023, 12, 31)) == 7300
    assert at("420527101200", date(2024, 5, 31)) == 8000
    assert at("420527101200", date(2024, 6, 1)) == 9000
    assert at("520000000000", date(2024, 6, 1)) == 8000
    with pytest.raises(UsageError, match="has no value for 520000000000 on 2020-01-01"):
        at("520000000000", date(2020, 1, 1))
    with pytest.raises(UsageError, match='Did you mean "income.line"'):
        policy.value("income.lines", place="520000000000", on=ON)


def test_exact_values():
    text = (
        value(key='"a"', unit='"share"', value='"0.55"')
        + value(key='"b"', unit='"wan yuan"', value="[300, 10]")
        + value(key='"c"', unit='"yuan"', value="{ x = 1, y = 2 }")
    )
    policy = load([SOURCES, Document("f", text)])
    found = {key: policy.value(key, place="420000000000", on=ON).value for key in policy.keys}
    assert found == {
        "a": Decimal("0.55"),
        "b": (300_000_000, 10_000_000),
        "c": {"x": 100, "y": 200},
    }


def test_checks_in_force():
    text = check(place='"420527000000"', **{"from": "2024-01-01", "to": "2024-12-31"})
    policy = load([SOURCES, Document("f", text)])
    assert [c.id for c in policy.checks(ON)] == ["1"]
    assert [c.id for c in policy.checks(ON, "420527101200")] == ["1"]
    assert policy.checks(ON, "420528000000") == ()
    assert policy.checks(date(2025, 1, 1)) == ()


def test_windows_line_ends_and_mark():
    text = "\ufeff" + value(unit='"yuans"').replace("\n", "\r\n")
    assert problems(text)[0][0] == "6:1"
