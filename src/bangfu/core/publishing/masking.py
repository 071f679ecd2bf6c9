"""Who may be named in public: organisations; a person is masked, and a text that names one is held back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from stdnum.cn import uscc

from bangfu.core.notices import looks_personal, mask_name

# How the name of an organisation ends, before what stands in brackets.
_ENDINGS = [
    "公司",
    "集团",
    "合作社",
    "联社",
    "联合社",
    "委员会",
    "村委会",
    "居委会",
    "支部",
    "党委",
    "政府",
    "办事处",
    "办公室",
    "局",
    "委",
    "厅",
    "部",
    "署",
    "处",
    "科",
    "站",
    "所",
    "中心",
    "院",
    "学校",
    "小学",
    "中学",
    "大学",
    "幼儿园",
    "医院",
    "卫生室",
    "银行",
    "支行",
    "信用社",
    "协会",
    "商会",
    "学会",
    "基金会",
    "联合会",
    "厂",
    "矿",
    "队",
    "社",
    "店",
    "部",
    "场",
    "农场",
    "林场",
    "基地",
    "园",
    "企业",
    "事务所",
    "工作室",
    "馆",
    "集体",
    "村",
    "组",
    "户",
]
_IN_ENGLISH = re.compile(
    r"\b(?:ltd|co|inc|company|cooperative|committee|bureau|office|bank|school|hospital|government)\b",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_ORGANISATION_FROM = 5  # characters: 张家店 is a person as well as a shop
# A sole trader (个体工商户) is a person who trades under a name.
_SOLE_TRADER = "92"
# A name of two characters stands in many words; it is a person's where one of these follows.
_OF_A_PERSON = "家|户|等|同志|老人|住宅|宅基|承包|房屋"
_SHORT = 2


def is_organisation(name: str, code: str = "") -> bool:
    """Whether a payee is surely no person: by its credit code (统一社会信用代码), else by its name.

    What cannot be told is a person.
    """
    plain = _BRACKETS.sub("", unicodedata.normalize("NFKC", name)).strip()
    known = bool(code) and uscc.is_valid(code)
    if known and not uscc.compact(code).startswith(_SOLE_TRADER):
        return True
    if _IN_ENGLISH.search(plain):
        return True
    return len(plain) >= _ORGANISATION_FROM and plain.endswith(tuple(_ENDINGS))


def payee_in_public(name: str, code: str = "") -> str:
    """A payee as it may stand in public: an organisation by its name, a person masked (张*三)."""
    written = name.strip()
    return written if is_organisation(written, code) else mask_name(written)


def names_a_person(text: str, names: Iterable[str]) -> bool:
    """Whether a text names one of these people. `names` of one character are no help and are passed over.

    A name of two characters counts where a word for a person's own follows (王平家); a longer one always.
    """
    plain = unicodedata.normalize("NFKC", text)
    for name in names:
        if len(name) < _SHORT or name not in plain:
            continue
        if len(name) > _SHORT or re.search(f"{re.escape(name)}(?:{_OF_A_PERSON})", plain):
            return True
    return False


def held_back(texts: Iterable[str], names: Iterable[str]) -> bool:
    """Whether texts may not stand in public: one holds what looks like an ID, phone or bank number, or
    names one of the people `names`."""
    known = list(names)
    return any(looks_personal(text) or names_a_person(text, known) for text in texts if text)
