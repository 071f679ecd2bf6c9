"""What a public notice (公示) may show: a list of fields for each kind, and nothing else.

A published value is text as it will stand on the board. No field takes an ID, phone or bank number,
and no list of persons says anything of health: the risks 因病 and 因残 are no field of any kind.
A new kind (project plans, asset revenue) is one more entry of KINDS.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bangfu.core.errors import Problem
from bangfu.core.language import Text
from bangfu.core.money import fen_from_yuan, format_yuan

LONGEST = 300


class Form(StrEnum):
    """How a value is written."""

    NAME = "name"  # of a person: letters and marks, never a digit
    CHOICE = "choice"  # one of the field's own words
    TEXT = "text"  # one line, at most LONGEST characters
    COUNT = "count"  # a whole number below a million
    MONEY = "money"  # yuan with two decimals, without commas ("1234.50"): never to be taken for a number of ID
    DAY = "day"  # YYYY-MM-DD


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a notice. `choices` are the Chinese words of the books with their English."""

    key: str
    head: Text
    form: Form = Form.TEXT
    choices: tuple[Text, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether its values stand to the right."""
        return self.form in (Form.COUNT, Form.MONEY)

    def shown(self, value: str) -> Text:
        """A stored value as it stands on the board; an empty one is a dash."""
        if not value:
            return Text("—", "—")
        if self.form is Form.MONEY:
            value = format_yuan(fen_from_yuan(value))
        return next((choice for choice in self.choices if choice.zh == value), Text(value, value))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice. `persons`: its rows are households, so that nothing may speak of health."""

    code: str
    name: Text
    fields: tuple[Field, ...]
    persons: bool = True

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.key == key), None)


_HEAD = Field("head", Text("户主", "Head of household"), Form.NAME)
_VILLAGE = Field("village", Text("村", "Village"))
_GROUP = Field("group", Text("村民小组", "Villagers' group"))
_MEMBERS = Field("members", Text("家庭人口", "Members"), Form.COUNT)
_CLASS = Field(
    "class",
    Text("监测类别", "Class"),
    Form.CHOICE,
    (
        Text("脱贫不稳定户", "unstable ex-poor household"),
        Text("边缘易致贫户", "marginal household at risk"),
        Text("突发严重困难户", "household in sudden severe difficulty"),
    ),
)
_VOTES = (
    Field("votes_for", Text("同意票", "Votes for"), Form.COUNT),
    Field("votes_against", Text("反对票", "Votes against"), Form.COUNT),
    Field("votes_abstained", Text("弃权票", "Abstained"), Form.COUNT),
)
_WAY = Field(
    "way",
    Text("消除方式", "How the risk ended"),
    Form.CHOICE,
    (Text("帮扶消除", "by assistance"), Text("自然消除", "by itself")),
)
_HOUSEHOLD = (_HEAD, _VILLAGE, _GROUP, _MEMBERS)

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            "registration",
            Text("建档立卡识别公示", "Notice of registration"),
            (*_HOUSEHOLD, *_VOTES),
        ),
        Kind(
            "recognition",
            Text("监测对象识别公示", "Notice of recognition for monitoring"),
            (*_HOUSEHOLD, _CLASS, *_VOTES),
        ),
        Kind(
            "removal",
            Text("风险消除公示", "Notice of removal of risk"),
            (*_HOUSEHOLD, _CLASS, _WAY, *_VOTES),
        ),
        Kind("household_exit", Text("贫困户退出公示", "Notice of exit"), (*_HOUSEHOLD, *_VOTES)),
        Kind(
            "village_exit",
            Text("贫困村退出公示", "Notice of a village's exit"),
            (
                _VILLAGE,
                Field("households", Text("总户数", "Households"), Form.COUNT),
                Field("incidence", Text("贫困发生率", "Incidence")),
            ),
            persons=False,
        ),
        Kind(
            "payment",
            Text("补助发放公示", "Notice of payments to households"),
            (
                _HEAD,
                _VILLAGE,
                _GROUP,
                Field("scheme", Text("补助项目", "Scheme")),
                Field("term", Text("期", "Term")),
                Field("amount", Text("金额（元）", "Amount (yuan)"), Form.MONEY),
            ),
        ),
        Kind(
            "plan_amendment",
            Text("资金项目计划调整公示", "Notice of an amended plan"),
            (
                Field("project", Text("项目", "Project")),
                Field("before", Text("调整前（元）", "Before (yuan)"), Form.MONEY),
                Field("after", Text("调整后（元）", "After (yuan)"), Form.MONEY),
            ),
            persons=False,
        ),
        Kind(
            "project",
            Text("项目入库公示", "Notice of a project for the bank"),
            (
                _VILLAGE,
                Field("project", Text("项目", "Project")),
                Field("location", Text("实施地点", "Where")),
                Field("task", Text("建设任务", "What is built")),
                Field("cost", Text("资金规模（元）", "Cost (yuan)"), Form.MONEY),
                Field("financing", Text("筹资方式", "Financing")),
                Field("schedule", Text("时间进度", "When")),
                Field("beneficiaries", Text("受益对象", "For whom")),
                Field("mechanism", Text("带贫减贫机制", "How the poor take part")),
                Field("department", Text("责任单位", "Responsible unit")),
                *_VOTES,
            ),
            persons=False,
        ),
    )
}

_SEPARATORS = "./_·*()（）+"
_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九幺", "001234567891")
_NUMBER = re.compile(r"\d{7,}", re.ASCII)
_DATE = re.compile(
    r"(?<!\d)(?<!\d[\s\-.])(?:19|20)\d{2}[-./]\d{1,2}[-./]\d{1,2}(?!\d)(?![\s\-.]\d)", re.ASCII
)
_HEALTH = re.compile(
    r"病|残|癌|瘤|瘫|症|艾滋|精神|智障|弱智|失明|盲人|聋|哑|肾|透析|化疗|手术|住院|怀孕|流产|畸形"
    r"|\b(?:HIV|AIDS|cancer|tumou?r|disab\w*|disease|ill|illness|sick\w*|dialysis|pregnan\w*)\b",
    re.IGNORECASE,
)
_NAME_MARKS = frozenset("·•・‧．. '’-")


def last_day(opens_on: date, days: int) -> date:
    """The last day of a notice of at least `days` days. The day it is put up does not count, as for any
    period in days (Civil Code, art. 201): five days that begin on the 1st end with the 6th."""
    return opens_on + timedelta(days=days)


def looks_personal(value: str) -> bool:
    """Whether a text holds what may be an ID, phone or bank number: seven digits on end.

    Digits of any script count, and spaces, dashes, points and brackets between them do not part them.
    A date does not count.
    """
    plain = unicodedata.normalize("NFKC", value).translate(_CHINESE_DIGITS)
    plain = "".join(str(unicodedata.decimal(c, c)) for c in plain)
    without_dates = _DATE.sub("，", plain)
    joined = "".join(
        c
        for c in without_dates
        if c not in _SEPARATORS and unicodedata.category(c) not in ("Zs", "Cf", "Cc", "Pd", "Zl")
    )
    return bool(_NUMBER.search(joined))


def speaks_of_health(value: str) -> bool:
    """Whether a text says something of a person's health."""
    return bool(_HEALTH.search(unicodedata.normalize("NFKC", value)))


def mask_name(name: str) -> str:
    """A name for the board where policy wants it masked: 张*, 张*三, 欧**娜."""
    letters = [c for c in name if not unicodedata.category(c).startswith("M")]
    if len(letters) < 3:
        return letters[0] + "*" if letters else ""
    return letters[0] + "*" * (len(letters) - 2) + letters[-1]


def problems_of_title(kind: Kind, title: Text) -> list[Problem]:
    """What keeps a title off the board, in either language."""
    found = []
    for where, words in (("title_zh", title.zh), ("title_en", title.en)):
        if not words.strip():
            found.append(Problem(where, _EMPTY, rule="title"))
        elif (refused := _as_text(kind, Field(where, title), words)) is not None:
            found.append(Problem(where, refused, rule="title"))
    return found


def problems_of_rows(kind: Kind, rows: Sequence[Mapping[str, str]]) -> list[Problem]:
    """Everything that keeps rows off the board; `where` is "row.field" ("3.head")."""
    if not rows:
        return [Problem("", Text("公示没有内容。", "The notice has no rows."), rule="rows")]
    return [problem for number, row in enumerate(rows, 1) for problem in _of_row(kind, number, row)]


def columns(kind: Kind, rows: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """The keys that some row fills, in the order of the kind."""
    used = {key for row in rows for key, value in row.items() if value}
    return tuple(field.key for field in kind.fields if field.key in used)


def _of_row(kind: Kind, number: int, row: Mapping[str, str]) -> Iterable[Problem]:
    # The value is never quoted: it may be the very number that must not be shown.
    for key, value in row.items():
        field = kind.field(key)
        if field is None:
            text = Text(
                f"“{kind.name.zh}”不能公示“{key}”。", f"{kind.name.en} may not show {key!r}."
            )
            yield Problem(f"{number}.{key}", text, rule="field")
        elif value and (refused := _READERS[field.form](kind, field, value)) is not None:
            yield Problem(f"{number}.{key}", refused, rule=field.form)
    if not any(row.values()):
        yield Problem(str(number), Text("这一行是空的。", "This row is empty."), rule="rows")


_EMPTY = Text("请填写。", "Please fill this in.")
_PERSONAL = Text(
    "像是证件、电话或银行卡号码，不能公示。金额请写成万元。",
    "This looks like an ID, phone or bank number and is not shown. Write amounts in units of 10,000.",
)
_OF_HEALTH = Text("涉及健康状况，不能公示。", "This speaks of health and is not shown.")


def _as_text(kind: Kind, field: Field, value: str) -> Text | None:
    if len(value) > LONGEST:
        return Text(f"最多 {LONGEST} 个字。", f"At most {LONGEST} characters.")
    if any(unicodedata.category(c) == "Cc" for c in value):
        return Text("有不能显示的字符。", "This holds characters that cannot be shown.")
    if looks_personal(value):
        return _PERSONAL
    if kind.persons and speaks_of_health(value):
        return _OF_HEALTH
    return None


def _as_name(kind: Kind, field: Field, value: str) -> Text | None:
    # No word of a name is held against it: 霍去病 is a name. But it holds no digit of any script.
    if len(value) > 60 or not all(_in_a_name(c) for c in value):
        return Text("姓名只能有文字和间隔号。", "A name has letters and marks only.")
    return _PERSONAL if looks_personal(value) else None


def _in_a_name(c: str) -> bool:
    # Planes 2 and 3 are Chinese characters, also those newer than Python's tables; private-use ones
    # stand in registers for characters that had no code yet.
    kind = unicodedata.category(c)
    return kind[0] in "LM" or kind == "Co" or 0x20000 <= ord(c) < 0x3FFFE or c in _NAME_MARKS


def _as_choice(kind: Kind, field: Field, value: str) -> Text | None:
    words = [choice.zh for choice in field.choices]
    if value in words:
        return None
    english = ", ".join(choice.en for choice in field.choices)
    return Text(f"只能是：{'、'.join(words)}。", f"Must be one of (in Chinese): {english}.")


def _as_count(kind: Kind, field: Field, value: str) -> Text | None:
    if re.fullmatch(r"\d{1,6}", value, re.ASCII):
        return None
    return Text("应为一百万以内的整数。", "Must be a whole number below a million.")


def _as_money(kind: Kind, field: Field, value: str) -> Text | None:
    if re.fullmatch(r"-?\d{1,10}\.\d{2}", value, re.ASCII):
        return None
    return Text(
        "应为以元计、带两位小数的金额，如 1234.50。", "Must be yuan with two decimals: 1234.50."
    )


def _as_day(kind: Kind, field: Field, value: str) -> Text | None:
    try:
        written = date.fromisoformat(value).isoformat() == value
    except ValueError:
        written = False
    return None if written else Text("应为日期，如 2026-11-22。", "Must be a day: 2026-11-22.")


_READERS: dict[Form, Callable[[Kind, Field, str], Text | None]] = {
    Form.NAME: _as_name,
    Form.CHOICE: _as_choice,
    Form.TEXT: _as_text,
    Form.COUNT: _as_count,
    Form.MONEY: _as_money,
    Form.DAY: _as_day,
}
