"""The half-year bulletin (半年一通报) as a draft: what the books say, in the office's own Chinese.

It is a Chinese official paper, so its text has one language. People mend it before it is issued.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

_ORDINALS = "一二三四五六七八九十"
_HALVES = {1: "上半年", 2: "下半年"}


@dataclass(frozen=True, slots=True)
class UnitLine:
    """What one unit was ordered to put right in the period, and how it stands on the day of the draft."""

    unit: str
    ordered: int
    closed: int
    late: int
    again: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What the bulletin tells. `found` by the words of severity, `subjects` by the words of what they are
    about; `examples` are findings on projects and villages, never on households."""

    county: str
    year: int
    half: int
    drawn: int
    drawn_seen: int
    visits: int
    found: Mapping[str, int]
    subjects: Mapping[str, int]
    closed: int
    open: int
    units: Sequence[UnitLine]
    examples: Sequence[str]


def title(figures: Figures) -> str:
    """What the paper is called."""
    return f"{figures.county}{figures.year}年{_HALVES[figures.half]}扶贫资金项目督查情况通报"


def draft(figures: Figures, on: date) -> str:
    """The text: paragraphs with an empty line between, sections that begin 一、, 二、 …"""
    sections = [
        ("督查开展情况", _inspected(figures)),
        ("发现的问题", _found(figures)),
        ("整改情况", _put_right(figures)),
        ("逾期未整改的单位", _late(figures, on)),
        ("下一步要求", _asked(figures)),
    ]
    parts = [
        (
            f"按照“一季一督查、半年一通报”的要求，现将{figures.year}年{_HALVES[figures.half]}"
            f"督查情况通报如下（数据截至{_day(on)}）。"
        )
    ]
    for ordinal, (head, told) in zip(_ORDINALS, sections, strict=False):
        parts += [f"{ordinal}、{head}", *told]
    return "\n\n".join(parts)


def _inspected(figures: Figures) -> list[str]:
    if not figures.drawn:
        return [f"本期没有抽取督查对象，共开展督查 {figures.visits} 次。"]
    rate = _percent(figures.drawn_seen, figures.drawn)
    return [
        (
            f"本期按风险和随机抽取督查对象 {figures.drawn} 个，已督查 {figures.drawn_seen} 个（{rate}），"
            f"共开展督查 {figures.visits} 次。"
        )
    ]


def _found(figures: Figures) -> list[str]:
    total = sum(figures.found.values())
    if not total:
        return ["本期没有登记问题。"]
    told = [
        (
            f"本期登记问题 {total} 个：{_listed(figures.found)}。"
            f"按对象分：{_listed(figures.subjects)}。"
        )
    ]
    if figures.examples:
        told.append("主要问题有：" + "；".join(figures.examples) + "。")
    return told


def _put_right(figures: Figures) -> list[str]:
    total = figures.closed + figures.open
    if not total:
        return ["没有需要整改的问题。"]
    lines = [
        (
            f"本期登记的问题已销号 {figures.closed} 个，未销号 {figures.open} 个，"
            f"销号率 {_percent(figures.closed, total)}。"
        )
    ]
    lines += [
        f"{line.unit}：下达整改 {line.ordered} 个，已销号 {line.closed} 个"
        + (f"，复查不合格再整改 {line.again} 个" if line.again else "")
        + "。"
        for line in figures.units
    ]
    return lines


def _late(figures: Figures, on: date) -> list[str]:
    late = [line for line in figures.units if line.late]
    if not late:
        return [f"截至{_day(on)}，没有逾期未整改的单位。"]
    return ["；".join(f"{line.unit} {line.late} 个" for line in late) + "。请立即整改并说明原因。"]


def _asked(figures: Figures) -> list[str]:
    if figures.open:
        return [
            (
                f"未销号的 {figures.open} 个问题，责任单位要在期限内整改到位，附整改证据，由他人复查后销号；"
                "整改不力的，按规定追究责任。"
            )
        ]
    return ["各单位要巩固整改成果，防止问题反弹。"]


def _listed(counts: Mapping[str, int]) -> str:
    return "，".join(f"{words} {count} 个" for words, count in counts.items() if count)


def _percent(part: int, whole: int) -> str:
    tenths = round(Fraction(part * 1000, whole))
    return f"{tenths // 10}.{tenths % 10}%"


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"
