"""Signs of red flags: every refusal with file, line and column, and what a good one says."""

from datetime import date

import pytest

from bangfu.core.errors import InputError
from bangfu.core.policy import Document, load
from bangfu.core.policy.rules.nodes import Ratio
from bangfu.core.red_flags.signs import Word

COUNTY = "420527000000"
SOURCES = Document(
    "policy/sources.toml",
    '[[source]]\nid = "law"\nzh = "某条例"\nen = "Some law"\ntag = "V"\n',
)
TERMS = 'place = "000000000000"\nfrom = 2011-01-01\nsource = "law"\nstatus = "verified"\n'
VALUES = Document(
    "values",
    '[[value]]\nkey = "red_flags.idle"\nunit = "table"\nvalue = { meaning_zh = "放着", '
    'meaning_en = "waits", next_zh = "问", next_en = "Ask." }\n'
    f"{TERMS}\n"
    f'[[value]]\nkey = "red_flags.days"\nunit = "days"\nvalue = 180\n{TERMS}\n'
    f'[[value]]\nkey = "red_flags.words"\nunit = "text"\nvalue = ["甲", "乙"]\n{TERMS}\n'
    f'[[value]]\nkey = "red_flags.floor"\nunit = "yuan"\nvalue = 5\n{TERMS}\n',
)
DAYS = '[sign.parameters]\nlimit = { key = "red_flags.days" }\n'


def sign(extra: str = DAYS, **changes: str | None) -> str:
    """A sign, a key a line; None leaves a key out."""
    keys = {
        "rule": '"idle"',
        "id": '"cash"',
        "about": '"waiting_money"',
        "among": "'''purse == \"cash\" and days > limit'''",
        "when": "'''fen > 0'''",
        "zh": '"{fen} 元，{longest} 天。"',
        "en": '"{fen} yuan, {longest} days."',
    } | changes
    return "[[sign]]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items() if v) + TERMS + extra


def piece(**changes: str | None) -> str:
    """A sign about a piece of a line, which is asked as it stands."""
    plain = {"about": '"piece"', "among": None, "zh": '"甲"', "en": '"x"'}
    return sign(**{"extra": "", **plain, **changes})


def read(*texts: str):
    """The signs that the texts state."""
    return load([SOURCES, VALUES, *(Document(f"f{n}", text) for n, text in enumerate(texts))]).signs


def problems(*texts: str) -> list[tuple[str, str]]:
    """What `load` finds wrong: (file:line:column, sentence)."""
    with pytest.raises(InputError) as caught:
        read(*texts)
    return [(each.where, each.text.en) for each in caught.value.problems]


def test_a_good_sign():
    (one,) = read(sign(when="'''fen > 0 and longest > 2 * limit'''", zh='"{fen}、{limit}"'))
    assert (one.rule, one.id, one.subject.name) == ("idle", "cash", "waiting_money")
    assert one.needs == ("red_flags.days",)
    assert one.zh[1] == "、"
    assert (one.spot.file, one.spot.line) == ("f0", 1)


def test_a_sentence_holds_words_values_and_sums():
    (one,) = read(
        sign(
            "",
            about='"cut_off"',
            among=None,
            when="'''paid_fen / announced_fen < share_asked'''",
            zh='"{progress}：{paid_fen / announced_fen}，差 {announced_fen - paid_fen} 元"',
            en='"{progress}"',
        )
    )
    assert one.en == (Word("progress"),)
    assert isinstance(one.zh[2], Ratio)
    assert len(one.values) == 2


@pytest.mark.parametrize(
    ("text", "where", "expected"),
    [
        (
            sign(among="'''purse == \"cash\" and day > limit'''"),
            "f0:5:32",
            'No name "day" is known here. Did you mean "days" or "today"?',
        ),
        (
            sign(among="'''purse == \"cahs\" and days > limit'''"),
            "f0:5:12",
            '"cahs" is not in the code list of purse. Did you mean "cash"?',
        ),
        (
            sign(when="'''\nfen > 0\nand longest > fen'''"),
            "f0:8:5",
            "A whole number cannot be compared with a money.",
        ),
        (
            sign(when="'''fen > 5'''"),
            "f0:6:11",
            (
                "Money is not compared with a number without a unit; "
                "give it a parameter with a unit."
            ),
        ),
        (
            sign(when="'''longest + 1'''"),
            "f0:6:11",
            "A condition is needed here (true or false), not a whole number.",
        ),
        (
            sign(when="'''any(members, fen > 0)'''"),
            "f0:6:15",
            (
                "members belong to a household, not visible from what red flags are looked for in; "
                "reach them inside any(members, …) or the like."
            ),
        ),
        (
            sign(when="'''cropland > 0'''"),
            "f0:6:11",
            'No name "cropland" is known here.',
        ),
        (
            sign(en='"{fen} yuan, {longst} days."'),
            "f0:8:20",
            'No name "longst" is known here. Did you mean "longest"?',
        ),
        (
            sign(en='"{fen > 0} yuan"'),
            "f0:8:8",
            "A sentence cannot say a yes or no; it says money, whole numbers, shares, dates and texts.",
        ),
        (
            sign(en='"{fen / longest} yuan"'),
            "f0:8:8",
            "A sentence cannot say a money; it says money, whole numbers, shares, dates and texts.",
        ),
        (
            sign(rule='"idel"'),
            "f0:2:1",
            (
                'There is no rule "idel" of red flags: a value red_flags.idel that states '
                'meaning_zh, meaning_en, next_zh, next_en. Did you mean "idle"?'
            ),
        ),
        (
            sign(rule='"days"'),  # a value, but of no rule
            "f0:2:1",
            (
                'There is no rule "days" of red flags: a value red_flags.days that states '
                "meaning_zh, meaning_en, next_zh, next_en."
            ),
        ),
        (
            sign(about='"waiting_mony"'),
            "f0:4:1",
            'Red flags are not looked for in any "waiting_mony". Did you mean "waiting_money"?',
        ),
        (
            sign('[sign.parameters]\nlimit = { key = "red_flags.dayz" }\n'),
            "f0:14:1",
            (
                'No policy value "red_flags.dayz". '
                'Did you mean "red_flags.days" or "red_flags.idle" or "red_flags.words"?'
            ),
        ),
        (
            sign(DAYS + 'least = { key = "red_flags.floor" }\n'),
            "f0:15:1",
            'The rule does not use the parameter "least".',
        ),
        (
            sign(DAYS + 'longest = { key = "red_flags.floor" }\n'),
            "f0:15:1",
            'The parameter name "longest" is taken by a fact or word of waiting_money.',
        ),
        (
            piece(among="'''fen > 0'''"),
            "f0:5:1",
            'A "piece" is not put together from rows and takes no among.',
        ),
        (
            piece(when="'''purpose == purposes'''"),
            "f0:5:11",
            "A text cannot be compared with a list of values.",
        ),
        (
            piece(en='"{words}"', extra='[sign.parameters]\nwords = { key = "red_flags.words" }\n'),
            "f0:7:8",
            "A sentence cannot say a text; it says money, whole numbers, shares, dates and texts.",
        ),
        (sign(wen='"x"'), "f0:9:1", 'The key "wen" is unknown here. Did you mean "when" or "en"?'),
    ],
)
def test_refused(text, where, expected):
    assert (where, expected) in problems(text)


def test_everything_wrong_is_told_at_once():
    told = problems(sign(among="'''nothing'''", when="'''neither'''", zh='"{nor}"'))
    assert [where for where, _ in told] == ["f0:5:12", "f0:6:11", "f0:7:8"]


def test_one_sign_stands_once_for_a_place_and_a_day():
    again = sign().replace("2011-01-01", "2024-01-01")
    expected = 'The sign "cash" of idle at 000000000000 overlaps in time with that at f0:1:1.'
    assert problems(sign(), again) == [("f1:1:1", expected)]
    ended = sign().replace("from = 2011-01-01", "from = 2011-01-01\nto = 2023-12-31")
    assert [one.period.start for one in read(ended, again)] == [
        date(2011, 1, 1),
        date(2024, 1, 1),
    ]
    assert len(read(sign(), again.replace('"000000000000"', f'"{COUNTY}"'))) == 2
