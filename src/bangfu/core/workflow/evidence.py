"""Evidence that is computed, never typed: each condition says whether it holds and why, with its values.

A household's evidence reads one row of the screening (`core.screening.household`), a village's and a
county's read counts. What is not known does not hold: the sentence says what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.periods import month_of, months_between
from bangfu.core.screening.guarantees import GUARANTEES
from bangfu.core.screening.risks import RISKS

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Whether a condition holds, and the sentence that says why. One that `waits` hangs on an answer that
    the step itself asks for: it does not hold yet, and nobody has done wrong."""

    met: bool
    text: Text
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Household:
    """What a household's conditions are judged by.

    `row` is its row of the screening on the day; `reasons` the sentence of each flag that holds.
    `risks` are those stated when it was recognised, `measured` those of them for which a family of
    measures is recorded; `registered_on` the day it was registered, `measures` the families recorded.
    """

    row: Row
    reasons: Mapping[str, Text]
    today: date
    risks: Sequence[str] = ()
    measures: Sequence[str] = ()
    registered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Village:
    """Counts of a village: its sheet of the newest year, and its households by their screening.

    `poor` are the persons in the register of the poor who have not exited.
    """

    sheet: Row | None
    households: int
    poor: int
    unsafe_houses: int
    uninsured: int
    dropouts: int
    unsafe_water: int
    no_electricity: int


@dataclass(frozen=True, slots=True)
class County:
    """The assessors' sample and the bases it is projected on (domain: formulas of a county's exit)."""

    poor: int
    exited_sampled: int
    wrongly_exited: int
    unregistered_sampled: int
    missed: int
    households_surveyed: int
    households_recognising: int
    exited_total: int
    unregistered_total: int
    rural_population: int


def _held(met: bool, zh: str, en: str) -> Evidence:
    return Evidence(met, Text(f"{zh}。", f"{en}."))


# Households


def _income(household: Household, limit: Any, *, over: bool) -> Evidence:
    net, members = household.row["net_income"], household.row["members"]
    if net is None or not members:
        return _held(False, "没有收入或人口数据", "No income or no members on record")
    met = net > limit * members if over else net >= limit * members
    per_head, line = format_yuan(net // members), format_yuan(limit)
    return _held(
        met,
        f"人均纯收入 {per_head} 元，{'高于' if net > limit * members else '不高于'} {line} 元",
        f"Net income per head {per_head} yuan, {'over' if net > limit * members else 'not over'} "
        f"{line} yuan",
    )


def _guarantee(flag: str, zh: str, en: str, known: Sequence[str]) -> Callable[..., Evidence]:
    def judged(household: Household, limit: Any) -> Evidence:
        del limit
        row = household.row
        if row[flag]:
            found = [household.reasons[name] for name in GUARANTEES[flag] if row[name]]
            return Evidence(False, _joined(found))
        if all(row.get(name) is None for name in known):
            return _held(False, f"没有{zh}的记录", f"Nothing on record about {en}")
        return _held(True, f"{zh}没有发现问题", f"Nothing stands against {en}")

    return judged


def _joined(texts: Sequence[Text]) -> Text:
    return Text("；".join(t.zh for t in texts) + "。", "; ".join(t.en for t in texts) + ".")


_HOUSING = _guarantee("housing_unmet", "住房", "housing", ("dangerous_house", "housing_grade"))
_MEDICAL = _guarantee("medical_unmet", "医疗保险", "medical insurance", ("uninsured_member",))
_EDUCATION = _guarantee("education_unmet", "义务教育", "compulsory education", ("dropout",))
_WATER = _guarantee("water_unmet", "饮水", "drinking water", ("safe_water", "water_litres"))


def _guarantees(household: Household, limit: Any) -> Evidence:
    found = [judge(household, limit) for judge in (_EDUCATION, _MEDICAL, _HOUSING, _WATER)]
    wrong = [each.text for each in found if not each.met]
    if wrong:
        return Evidence(False, Text("".join(t.zh for t in wrong), " ".join(t.en for t in wrong)))
    return _held(
        True, "三保障和饮水安全没有发现问题", "Nothing stands against guarantees and water"
    )


def _stated(name: str, zh: str, en: str) -> Callable[..., Evidence]:
    def judged(household: Household, limit: Any) -> Evidence:
        del limit
        value = household.row.get(name)
        if value is None:
            return _held(False, f"没有{zh}的记录", f"Nothing on record about {en}")
        return _held(value, f"{zh}：{'是' if value else '否'}", f"{en}: {'yes' if value else 'no'}")

    return judged


def _income_source(household: Household, limit: Any) -> Evidence:
    del limit
    row = household.row
    aided = row["on_low_income_aid"] + row["on_destitute_aid"]
    earning = (row["wages"] or 0) + (row["business_income"] or 0)
    return _held(
        bool(aided) or earning > 0,
        f"工资和经营收入 {format_yuan(earning)} 元，享受低保或特困 {aided} 人",
        f"Wages and business income of {format_yuan(earning)} yuan; {aided} members on aid",
    )


def _shown_risks(household: Household) -> dict[str, Text]:
    """The risks that the facts point to, by the word of the closed list."""
    return {word: household.reasons[flag] for flag, word in RISKS.items() if household.row[flag]}


def _risks_answered(household: Household, limit: Any) -> Evidence:
    del limit
    left = [text for word, text in _shown_risks(household).items() if word in household.risks]
    if left:
        return Evidence(False, _joined(left))
    stated = "、".join(household.risks) or "—"
    return _held(
        True,
        f"原有风险（{stated}）在现有数据中没有表现",
        f"The facts no longer show the original risks ({stated})",
    )


def _no_new_risk(household: Household, limit: Any) -> Evidence:
    del limit
    new = [text for word, text in _shown_risks(household).items() if word not in household.risks]
    if new:
        return Evidence(False, _joined(new))
    return _held(True, "现有数据没有新的风险", "The facts show no new risk")


def _months(household: Household, limit: Any) -> Evidence:
    since = household.row["identified_month"]
    if since is None:
        return _held(False, "没有识别月份", "The month of recognition is not on record")
    months = months_between(since, month_of(household.today))
    return _held(
        months >= limit,
        f"识别于 {since // 100}-{since % 100:02d}，至今 {months} 个月（规定 {limit} 个月）",
        f"Recognised in {since // 100}-{since % 100:02d}, {months} months ago (rule: {limit})",
    )


def _not_this_year(household: Household, limit: Any) -> Evidence:
    del limit
    day = household.registered_on
    if day is None:
        return _held(False, "不在建档立卡名册中", "Not in the register of the poor")
    return _held(day.year < household.today.year, f"{day.year} 年识别", f"Identified in {day.year}")


def _has_measure(household: Household, limit: Any) -> Evidence:
    del limit
    count = len(household.measures)
    return _held(count > 0, f"有 {count} 类帮扶措施", f"{count} families of measures on record")


HOUSEHOLD: Mapping[str, Callable[[Household, Any], Evidence]] = {
    "income_over_line": lambda h, limit: _income(h, limit, over=True),
    "income_over_standard": lambda h, limit: _income(h, limit, over=True),
    "income_not_under_standard": lambda h, limit: _income(h, limit, over=False),
    "housing_safe": _HOUSING,
    "medical_insured": _MEDICAL,
    "education_guaranteed": _EDUCATION,
    "water_safe": _WATER,
    "electricity": _stated("electricity", "通生活用电", "Household electricity"),
    "paved_access": _stated("paved_access", "入户道路硬化", "Paved access road"),
    "income_source": _income_source,
    "guarantees_met": _guarantees,
    "risks_answered": _risks_answered,
    "no_new_risk": _no_new_risk,
    "months_since_recognition": _months,
    "not_identified_this_year": _not_this_year,
    "has_measure": _has_measure,
}


# Villages


def _none_left(name: str, zh: str, en: str) -> Callable[..., Evidence]:
    def judged(village: Village, limit: Any) -> Evidence:
        del limit
        if not village.households:
            return _held(False, "本村没有农户数据", "No households of this village on record")
        count = getattr(village, name)
        return _held(
            count == 0, f"{village.households} 户中 {count} 户{zh}", f"{count} of {village.households} households {en}"
        )  # fmt: skip

    return judged


def _on_sheet(names: Sequence[str], zh: str, en: str) -> Callable[..., Evidence]:
    def judged(village: Village, limit: Any) -> Evidence:
        del limit
        values = [village.sheet.get(name) for name in names] if village.sheet else []
        if not values or all(value is None for value in values):
            return _held(False, f"行政村表没有{zh}", f"The village sheet says nothing of {en}")
        count = sum(int(value or 0) for value in values)
        return _held(count > 0, f"{zh}：{count}", f"{en}: {count}")

    return judged


def _collective(village: Village, limit: Any) -> Evidence:
    income = village.sheet["collective_income"] if village.sheet else None
    if income is None:
        return _held(False, "行政村表没有村集体经济收入", "No collective income on the sheet")
    return _held(
        income >= limit,
        f"村集体经济收入 {format_yuan(income)} 元（标准 {format_yuan(limit)} 元）",
        f"Collective income {format_yuan(income)} yuan (at least {format_yuan(limit)})",
    )


def _incidence(village: Village, limit: Any) -> Evidence:
    population = village.sheet["population"] if village.sheet else None
    if not population:
        return _held(False, "行政村表没有总人口", "No population on the village sheet")
    return _below(Fraction(village.poor, population), limit, f"{village.poor}/{population}")


VILLAGE: Mapping[str, Callable[[Village, Any], Evidence]] = {
    "village_housing": _none_left("unsafe_houses", "住房不安全", "have unsafe housing"),
    "village_medical": _none_left("uninsured", "有成员未参保", "have an uninsured member"),
    "village_education": _none_left("dropouts", "有失学辍学", "have a dropout"),
    "village_water": _none_left("unsafe_water", "饮水不安全", "have unsafe water"),
    "village_electricity": _none_left("no_electricity", "未通电", "have no electricity"),
    "village_road": _on_sheet(("paved_road",), "到乡镇沥青（水泥）路", "a paved road"),
    "village_public_service": _on_sheet(("clinics", "libraries"), "卫生室和图书室", "public services"),
    "village_collective_income": _collective,
    "village_incidence": _incidence,
}  # fmt: skip


# Counties


def _rate(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def _below(rate: Fraction | None, limit: Any, of: str) -> Evidence:
    if rate is None:
        return _held(False, f"没有基数（{of}）", f"Nothing to divide by ({of})")
    shown = percent(rate)
    bound = Fraction(limit) / 100
    return _held(
        rate < bound,
        f"{of} = {shown}，{'低于' if rate < bound else '没有低于'} {limit}%",
        f"{of} = {shown}, {'below' if rate < bound else 'not below'} {limit} %",
    )


def percent(rate: Fraction) -> str:
    """A rate in per cent with two decimals, rounded half up: 1/80 → "1.25%"."""
    hundredths = (rate * 10_000 + Fraction(1, 2)).__floor__()
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def estimated_poor(county: County) -> Fraction:
    """Remaining registered poor + exited × rate of wrong exit + unregistered × rate of missed."""
    wrong = _rate(county.wrongly_exited, county.exited_sampled) or Fraction(0)
    missed = _rate(county.missed, county.unregistered_sampled) or Fraction(0)
    return county.poor + county.exited_total * wrong + county.unregistered_total * missed


def _county_incidence(county: County, limit: Any) -> Evidence:
    estimate = estimated_poor(county)
    rate = estimate / county.rural_population if county.rural_population else None
    return _below(rate, limit, f"{float(estimate):.1f}/{county.rural_population}")


def _recognition(county: County, limit: Any) -> Evidence:
    rate = _rate(county.households_recognising, county.households_surveyed)
    of = f"{county.households_recognising}/{county.households_surveyed}"
    if rate is None:
        return _held(False, f"没有基数（{of}）", f"Nothing to divide by ({of})")
    met = rate >= Fraction(limit) / 100
    return _held(
        met,
        f"{of} = {percent(rate)}，{'达到' if met else '没有达到'} {limit}%",
        f"{of} = {percent(rate)}, {'reaches' if met else 'does not reach'} {limit} %",
    )


COUNTY: Mapping[str, Callable[[County, Any], Evidence]] = {
    "county_incidence": _county_incidence,
    "county_wrong_exit": lambda c, limit: _below(
        _rate(c.wrongly_exited, c.exited_sampled), limit, f"{c.wrongly_exited}/{c.exited_sampled}"
    ),
    "county_missed": lambda c, limit: _below(
        _rate(c.missed, c.unregistered_sampled), limit, f"{c.missed}/{c.unregistered_sampled}"
    ),
    "county_recognition": _recognition,
}
