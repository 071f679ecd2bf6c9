"""Why a row stands in a screening result, in sentences that can be read to a villager.

A result row carries flags and values. `REASONS` gives each flag of a household and each clue its
sentence; why a class holds is said by its own definition in `policy/` and the values that this names.
Amounts are shown in yuan; income per head is cut to whole fen, never rounded up to a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any

from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.screening.classes import HelpClass, Shown
from bangfu.core.screening.parameters import Parameters

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a code, what it says, and the values in it as they are said, by name."""

    code: str
    text: Text
    values: Mapping[str, str] = field(default_factory=dict, compare=False)


# Over a row of the household table, or of the clues.
REASONS: dict[str, Text] = {
    "below_line": Text(
        "人均纯收入 {per_head} 元，低于 {year} 年监测线 {line} 元",
        "Net income per head {per_head} yuan, below the {year} line of {line} yuan",
    ),
    "reference_below_line": Text(
        "人均参考收入 {reference_per_head} 元，低于 {year} 年监测线 {line} 元（公式未核实，仅供参考）",
        "Reference income per head {reference_per_head} yuan, below the {year} line of {line} yuan "
        "(unverified formula, for information only)",
    ),
    "income_unknown": Text("没有收入数据", "No income on record"),
    "dropout_stated": Text(
        "登记为有义务教育阶段适龄儿童少年失学辍学",
        "Recorded as having a child of compulsory school age who dropped out",
    ),
    "child_out_of_school": Text(
        "{out_of_school} 人登记了未上学原因且不在校",
        "{out_of_school} members are recorded as out of school",
    ),
    "child_without_schooling": Text(
        "{no_schooling} 名 {school_age_low}–{school_age_high} 岁成员既无在校状况也无未上学原因",
        "{no_schooling} members aged {school_age_low} to {school_age_high} have neither a school nor "
        "a reason on record",
    ),
    "uninsured_stated": Text(
        "登记为有成员未参加基本医疗保险",
        "Recorded as having a member without basic medical insurance",
    ),
    "member_uninsured": Text(
        "{uninsured} 人未参加居民或职工基本医疗保险",
        "{uninsured} members have neither residents' nor employees' medical insurance",
    ),
    "dangerous_house_stated": Text("登记为危房户", "Recorded as living in a dangerous house"),
    "housing_grade_dangerous": Text(
        "房屋鉴定等级为 {housing_grade} 级", "The house is graded {housing_grade}"
    ),
    "water_unsafe_stated": Text(
        "登记为未解决安全饮用水", "Recorded as without safe drinking water"
    ),
    "water_too_little": Text(
        "人均日供水 {water_litres} 升，少于 {litres_at_least} 升",
        "{water_litres} litres of water a person a day, less than {litres_at_least}",
    ),
    "water_too_far": Text(
        "取水往返 {water_minutes} 分钟，超过 {minutes_at_most} 分钟",
        "{water_minutes} minutes to fetch water, more than {minutes_at_most}",
    ),
    "water_short": Text(
        "连续缺水 {water_shortage_days} 天，超过 {days_at_most} 天",
        "{water_shortage_days} days in a row without water, more than {days_at_most}",
    ),
    "medical_over_threshold": Text(
        "合规自付支出 {out_of_pocket} 元，达到 {medical_threshold} 元",
        "Out-of-pocket medical spending of {out_of_pocket} yuan reaches {medical_threshold} yuan",
    ),
    "medical_over_share": Text(
        "合规自付支出 {out_of_pocket} 元，超过家庭纯收入 {net_income} 元的 {medical_share}",
        "Out-of-pocket medical spending of {out_of_pocket} yuan exceeds {medical_share} of the "
        "household's net income of {net_income} yuan",
    ),
    "risk_illness": Text(
        "因病风险：{severely_ill} 人患有大病，合规自付支出 {out_of_pocket} 元",
        "Risk of illness: {severely_ill} members severely ill, {out_of_pocket} yuan paid themselves",
    ),
    "risk_schooling": Text(
        "因学风险：{students_beyond} 名义务教育阶段以上在校生",
        "Risk of schooling costs: {students_beyond} students beyond compulsory school",
    ),
    "risk_disability": Text(
        "因残风险：{disabled} 人残疾", "Risk of disability: {disabled} disabled members"
    ),
    "risk_housing": Text("住房安全风险", "Risk of unsafe housing"),
    "risk_water": Text("饮水安全风险", "Risk of unsafe water"),
    "risk_work": Text(
        "务工就业不稳风险：{able} 名劳动力，无人务工满 {work_months} 个月",
        "Risk of unstable work: {able} able members, none away at work for {work_months} months",
    ),
    "risk_labour": Text(
        "缺劳动力风险：{members} 人中 {able} 名劳动力",
        "Risk of too little labour: {able} able of {members} members",
    ),
    "risk_business": Text(
        "产业失败风险：生产经营支出 {business_cost} 元，超过收入 {business_income} 元",
        "Risk of a failed business: costs of {business_cost} yuan exceed its income of "
        "{business_income} yuan",
    ),
    "poor": Text(
        "多维贫困得分 {score}（满分 {weight}），达到 {cutoff}",
        "Deprivation score {score} of {weight} reaches {cutoff}",
    ),
    "medical_not_monitored": Text(
        "医保名单个人自付 {amount} 元，超过 {threshold} 元，所在户未在监测",
        "Paid {amount} yuan by the medical list, more than {threshold} yuan; the household is "
        "not monitored",
    ),
    "medical_not_in_books": Text(
        "医保名单个人自付 {amount} 元，超过 {threshold} 元，本系统中没有此人",
        "Paid {amount} yuan by the medical list, more than {threshold} yuan; the person is not "
        "in the books",
    ),
    "low_income_not_in_sheet": Text(
        "民政名单在册（{roster_value}），户表未登记",
        "On the civil affairs list ({roster_value}) but not in the sheet",
    ),
    "low_income_not_on_roster": Text(
        "户表登记为{sheet_value}，民政名单没有",
        "In the sheet as {sheet_value} but not on the civil affairs list",
    ),
    "disabled_not_in_sheet": Text(
        "残联名单在册（{roster_value}），户表健康状况未登记残疾",
        "On the disabled persons' list ({roster_value}) but not disabled in the sheet",
    ),
    "disabled_not_on_roster": Text(
        "户表登记为残疾，残联名单没有",
        "Disabled in the sheet but not on the disabled persons' list",
    ),
    "dangerous_house_not_in_sheet": Text(
        "住建鉴定为 {roster_value} 级，户表登记为 {sheet_value}",
        "Graded {roster_value} by the housing department, {sheet_value} in the sheet",
    ),
    "dangerous_house_not_on_roster": Text(
        "户表登记为危房（{sheet_value}），住建鉴定为 {roster_value} 级",
        "Dangerous in the sheet ({sheet_value}), graded {roster_value} by the housing department",
    ),
    "vehicle_on_low_income_aid": Text(
        "低保或特困户成员名下有车辆（{roster_value}，{day}）",
        "A vehicle ({roster_value}, {day}) in a household on low-income or destitute support",
    ),
    "business_on_low_income_aid": Text(
        "低保或特困户成员名下有经营主体（{roster_value}，{day}）",
        "A business ({roster_value}, {day}) in a household on low-income or destitute support",
    ),
    "dead_still_member": Text(
        "死亡名单在册（{day}），户表仍为家庭成员",
        "On the list of deaths ({day}) but still a member in the sheet",
    ),
}

_MONEY = frozenset(
    [
        "net_income",
        "reference_income",
        "line",
        "out_of_pocket",
        "business_cost",
        "business_income",
        "amount",
        "threshold",
    ]
)


def title(code: str) -> Text:
    """What a reason or clue says, with its values left open."""
    template = REASONS[code]
    left_open = {name: "…" for _, name, _, _ in Formatter().parse(template.zh) if name}
    return Text(template.zh.format(**left_open), template.en.format(**left_open))


def household_reasons(row: Row, parameters: Parameters) -> list[Reason]:
    """The reasons in a row of the household table, in the order of `REASONS`."""
    members = row["members"]
    values = {
        **_values(row),
        "year": str(parameters.on.year),
        "per_head": _per_head(row["net_income"], members),
        "reference_per_head": _per_head(row["reference_income"], members),
        "school_age_low": str(parameters.school_age[0]),
        "school_age_high": str(parameters.school_age[1]),
        "litres_at_least": str(parameters.water_litres_at_least),
        "minutes_at_most": str(parameters.water_minutes_at_most),
        "days_at_most": str(parameters.water_shortage_days_at_most),
        "medical_threshold": yuan(parameters.medical_threshold),
        "medical_share": str(parameters.medical_share),
        "work_months": str(parameters.work_months_at_least),
        "weight": str(parameters.scheme.weight),
        "cutoff": str(parameters.scheme.cutoff * parameters.scheme.weight),
    }
    return [_said(code, values) for code in REASONS if row.get(code) is True]


def class_reasons(row: Row, classes: Iterable[HelpClass]) -> list[Reason]:
    """Why a household falls into each of its classes, from a row of the classes."""
    return [_why(one, row) for one in classes if row.get(one.column) is True]


def clue_reason(row: Row) -> Reason:
    """What a row of the clues says."""
    return _said(row["clue"], _values(row))


def _said(code: str, values: Mapping[str, str]) -> Reason:
    template = REASONS[code]
    named = {name: values[name] for _, name, _, _ in Formatter().parse(template.zh) if name}
    return Reason(code, Text(template.zh.format(**values), template.en.format(**values)), named)


def _why(one: HelpClass, row: Row) -> Reason:
    """The condition in words, and the values that it names; what is missing is left out."""
    shown = [
        (value.text, said)
        for value in one.values
        if (said := _of_class(value, row[value.column])) is not None
    ]
    zh = "，".join(f"{text.zh} {said.zh}" for text, said in shown)
    en = ", ".join(f"{text.en} {said.en}" for text, said in shown)
    return Reason(
        one.column,
        Text(
            f"{one.why.zh}（{zh}）" if zh else one.why.zh,
            f"{one.why.en} ({en})" if en else one.why.en,
        ),
    )


def _of_class(value: Shown, found: Any) -> Text | None:
    if found is None:
        return None
    if isinstance(found, bool):
        return Text("是", "yes") if found else Text("否", "no")
    if isinstance(found, list):
        return Text("、".join(found), ", ".join(found))
    said = yuan(found) if value.money else str(found)
    return Text(said, said)


def yuan(fen: int) -> str:
    """An amount in yuan for a sentence: without the digits after the point when they are zero."""
    return format_yuan(fen).removesuffix(".00")


def _values(row: Row) -> dict[str, str]:
    return {name: _shown(name, value) for name, value in row.items() if not isinstance(value, bool)}


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "—"
    return yuan(value) if name in _MONEY else str(value)


def _per_head(total: int | None, members: int) -> str:
    return "—" if total is None or not members else yuan(total // members)
