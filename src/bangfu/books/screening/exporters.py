"""Findings as people need them: a workbook with a tab a township, and rows for JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from bangfu.core.facts.english import in_english
from bangfu.core.language import Lang, Text
from bangfu.core.money import format_yuan
from bangfu.core.policy.model import Check
from bangfu.core.screening.labels import FACT_OF, label
from bangfu.core.sheets.locate import Gazetteer, short_name
from bangfu.files.reports import Column, ReportSheet

_UNRATED = Text("未定级", "unrated")
_BLANK = Text("空", "blank")
_AMONG = Text("、", ", ")
_YES_NO = {True: Text("是", "yes"), False: Text("否", "no")}


def findings_sheets(
    findings: pl.DataFrame, checks: Mapping[str, Check], gazetteer: Gazetteer, lang: Lang
) -> list[ReportSheet]:
    """A summary by rule, then a tab a township with every finding in it."""
    note = Text(
        "本表列出数据中需要核实之处，不代表结论。",
        "What should be checked in the data; none of it is a verdict.",
    ).to(lang)
    sheets = [_by_rule(findings, checks, note, lang)]
    townships = findings.with_columns(
        pl.col("place_code").str.slice(0, 9).str.pad_end(12, "0").alias("township")
    )
    for township in sorted(townships["township"].unique().to_list()):
        part = townships.filter(pl.col("township") == township)
        sheets.append(
            ReportSheet(
                short_name(gazetteer.name(township)),
                [
                    Column(Text("级别", "level").to(lang)),
                    Column(Text("规则", "rule").to(lang)),
                    Column(Text("村", "village").to(lang)),
                    Column(Text("户编号", "household").to(lang)),
                    Column(Text("人编号", "person").to(lang)),
                    Column(Text("问题", "what is wrong").to(lang), width=60),
                    Column(Text("数据", "values").to(lang), width=60),
                    Column(Text("涉及的家庭成员", "members it is about").to(lang), width=60),
                    Column(Text("请核对", "look at").to(lang), width=40),
                ],
                _rows(part, checks, gazetteer, lang),
                note,
            )
        )
    return sheets


def as_json(
    findings: pl.DataFrame, checks: Mapping[str, Check], gazetteer: Gazetteer
) -> list[dict[str, Any]]:
    """The findings as JSON rows, each with its sentence in both languages."""
    return [
        {
            **{
                key: row[key]
                for key in ("rule", "level", "place_code", "household_no", "person_no")
            },
            "place": gazetteer.path(row["place_code"]),
            "zh": checks[row["rule"]].text.zh,
            "en": checks[row["rule"]].text.en,
            "values": json.loads(row["values"]),
            "members": None if row["members"] is None else json.loads(row["members"]),
            "look_at": list(checks[row["rule"]].look_at),
        }
        for row in findings.iter_rows(named=True)
    ]


def shown_values(values: str, lang: Lang, check: Check) -> str:
    """The values of a check's finding in words: "人均纯收入（元）：6,820.00；…"."""
    return _in_words(json.loads(values), lang, _sums_of(check))


def value_label(name: str, value: Any, lang: Lang, check: Check | None) -> tuple[str, str]:
    """One value of a check's finding: what it is called, and the value in words. None is a check that policy
    no longer has."""
    return label(name).to(lang), _shown(
        name, value, lang, _sums_of(check) if check else frozenset()
    )


def _sums_of(check: Check) -> frozenset[str]:
    """The parameters of a check that are sums of money."""
    return frozenset(
        name for name, spec in check.parameters.items() if spec.unit.startswith("yuan")
    )


def shown_members(members: str | None, lang: Lang, names: Mapping[str, str] | None = None) -> str:
    """The members that a household's finding is about: "…01（劳动技能：丧失劳动力）、…".

    `names` by number stand instead of the numbers, where the reader may see them.
    """
    if members is None:
        return ""
    meant = json.loads(members)
    called = names or {}
    in_brackets = Text("{0}（{1}）", "{0} ({1})").to(lang)
    named = [
        in_brackets.format(
            called.get(each["person_no"], each["person_no"]), _in_words(each["values"], lang)
        )
        if each.get("values")
        else called.get(each["person_no"], each["person_no"])
        for each in meant["named"]
    ]
    whole = Text(f"等 {meant['count']} 人", f" … {meant['count']} in all").to(lang)
    return _AMONG.to(lang).join(named) + (whole if meant["count"] > len(named) else "")


def _in_words(values: Mapping[str, Any], lang: Lang, sums: frozenset[str] = frozenset()) -> str:
    between, after = Text("；", "; ").to(lang), Text("：", ": ").to(lang)
    return between.join(
        f"{label(name).to(lang)}{after}{_shown(name, v, lang, sums)}" for name, v in values.items()
    )


def _by_rule(
    findings: pl.DataFrame, checks: Mapping[str, Check], note: str, lang: Lang
) -> ReportSheet:
    counted = (
        findings.group_by("rule")
        .agg(pl.len().alias("n"))
        .sort("n", "rule", descending=[True, False])
    )
    rows = [
        (
            rule,
            _level(checks[rule], lang),
            number,
            checks[rule].text.to(lang),
            "" if checks[rule].status == "verified" else Text("未核实", "unverified").to(lang),
        )
        for rule, number in counted.iter_rows()
    ]
    return ReportSheet(
        Text("汇总", "Summary").to(lang),
        [
            Column(Text("规则", "rule").to(lang)),
            Column(Text("级别", "level").to(lang)),
            Column(Text("个数", "count").to(lang), "int"),
            Column(Text("问题", "what is wrong").to(lang), width=80),
            Column(Text("规则状态", "status of the rule").to(lang)),
        ],
        rows,
        note,
    )


def _rows(
    part: pl.DataFrame, checks: Mapping[str, Check], gazetteer: Gazetteer, lang: Lang
) -> Iterator[tuple[str, ...]]:
    ordered = part.sort("place_code", "household_no", "person_no", "rule", nulls_last=True)
    for row in ordered.iter_rows(named=True):
        check = checks[row["rule"]]
        yield (
            _level(check, lang),
            check.id,
            short_name(gazetteer.name(row["place_code"])),
            row["household_no"] or "",
            row["person_no"] or "",
            check.text.to(lang),
            shown_values(row["values"], lang, check),
            shown_members(row["members"], lang),
            _AMONG.to(lang).join(dict.fromkeys(label(name).to(lang) for name in check.look_at)),
        )


def _level(check: Check, lang: Lang) -> str:
    return _UNRATED.to(lang) if check.level is None else str(check.level)


def _shown(name: str, value: Any, lang: Lang, sums: frozenset[str]) -> str:
    """A value in words; what `sums` names, and facts that are sums, are fen."""
    fact = FACT_OF.get(name)
    if value is None or value == []:
        return _BLANK.to(lang)
    if isinstance(value, bool):
        return _YES_NO[value].to(lang)
    if isinstance(value, int) and (name in sums or (fact is not None and fact.kind == "fen")):
        return format_yuan(value)
    if isinstance(value, list):
        return _AMONG.to(lang).join(_shown(name, part, lang, sums) for part in value)
    return Text(str(value), in_english(str(value))).to(lang)
