"""Flags of words and dates: the negative list, notices, and changes after the fact."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from bangfu.core.language import Text
from bangfu.core.red_flags.contracts import contract_row
from bangfu.core.red_flags.facts import Change, Contract, County, Project
from bangfu.core.red_flags.model import Asked, Flag, Kind, Row, yuan

# What of a project does not change once it is built: its money, its target, what was accepted.
FIELDS = {
    "cost_fen": Text("资金规模", "amount"),
    "performance_target": Text("绩效目标", "performance target"),
    "task": Text("建设任务", "task"),
    "mode": Text("付款方式", "way of payment"),
    "subsidy_share": Text("补助比例", "share of subsidy"),
    "retention_share": Text("质保金比例", "retention"),
    "accepted_fen": Text("验收认定金额", "amount accepted"),
    "accepted_on": Text("验收日期", "day of acceptance"),
    "contract_fen": Text("合同价", "contract price"),
    "contractor": Text("承建单位", "builder"),
    "department": Text("责任单位", "responsible unit"),
}


def negative_wording(county: County, asked: Asked) -> Iterator[Flag]:
    """Words of the negative list in a project, its contracts or its claims."""
    classes = asked.get("red_flags.negative_words")
    spared = [_plain(word) for word in asked.get("funds.forbidden_exceptions")]
    of_project: dict[str, list[Contract]] = defaultdict(list)
    for contract in county.contracts:
        of_project[contract.project].append(contract)
    for project in county.projects:
        if not (project.held or of_project[project.key]):
            continue
        for entry in classes:
            rows = [
                Row(kind, key, Text(text, text))
                for kind, key, text in _texts(project, of_project[project.key])
                if _says(text, entry["words"], spared)
            ]
            if not rows:
                continue
            found = sorted(
                {w for row in rows for w in entry["words"] if _plain(w) in _plain(row.text.zh)}
            )
            yield Flag(
                "negative_wording",
                Kind.PROJECT,
                project.key,
                project.label,
                project.place_code,
                Text(
                    f"文字里有“{'”“'.join(found)}”，负面清单：{entry['class']}。",
                    f'Its texts say "{", ".join(found)}"; negative list: {entry["class"]}.',
                ),
                rows,
                project.department,
                entry["class"],
            )


def _texts(project: Project, contracts: Sequence[Contract]) -> Iterator[tuple[Kind, str, str]]:
    yield Kind.PROJECT, project.key, f"{project.name} {project.task}".strip()
    for contract in contracts:
        yield Kind.CONTRACT, contract.key, contract.title
        for payment in contract.payments:
            if payment.note:
                yield Kind.PAYMENT, payment.key, payment.note


def _says(text: str, words: Sequence[str], spared: Sequence[str]) -> bool:
    """Whether a text holds one of the words, after what is spared has been taken out of it."""
    plain = _plain(text)
    for word in spared:
        plain = plain.replace(word, "")
    return any(_plain(word) in plain for word in words)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def short_notice(county: County, asked: Asked) -> Iterator[Flag]:
    """A project with money of which no notice stood, or none long enough.

    A project that came in admitted, by import, left its papers elsewhere: that these books hold no notice
    of it says nothing of the project. All such stand in one flag of the county, to be asked for once.
    """
    days = asked.get("projects.notice_days")
    given = [project for project in county.projects if project.held]
    from_elsewhere = [one for one in given if not one.notices and not one.admitted_here]
    for project in given:
        if project.notices or project.admitted_here:
            yield from _too_short(project, days)
    if from_elsewhere:
        yield _of_no_record(county, from_elsewhere)


def _too_short(project: Project, days: int) -> Iterator[Flag]:
    longest = max((notice.days for notice in project.notices), default=0)
    if longest >= days:
        return
    held = yuan(project.held)
    reason = (
        Text(
            f"公示最长 {longest} 天，少于 {days} 天，却已安排 {held} 元。",
            f"Its longest notice stood {longest} days, not {days}; {held} yuan lie with it.",
        )
        if project.notices
        else Text(
            f"入库在本系统办理，却没有公示，已安排 {held} 元。",
            f"It was admitted in these books without a notice; {held} yuan lie with it.",
        )
    )
    rows = [
        Row(
            Kind.NOTICE,
            notice.key,
            Text(f"{notice.title}，公示 {notice.days} 天", f"{notice.title}, {notice.days} days"),
            day=notice.opens,
        )
        for notice in project.notices
    ]
    yield Flag(
        "short_notice",
        Kind.PROJECT,
        project.key,
        project.label,
        project.place_code,
        reason,
        rows or [_money_given(project, Text("已安排资金", "money given"))],
        project.department,
    )


def _of_no_record(county: County, projects: Sequence[Project]) -> Flag:
    held = yuan(sum(project.held for project in projects))
    return Flag(
        "short_notice",
        Kind.COUNTY,
        county.code,
        str(county.year),
        county.code,
        Text(
            f"{len(projects)} 个项目入库后才导入，共安排 {held} 元，本系统没有它们的公示记录："
            "请调阅原公示材料，没有记录不等于没有公示。",
            f"{len(projects)} projects with {held} yuan came in admitted, and these books hold no record "
            "of a notice: ask for the papers. That no record is here does not say that none stood.",
        ),
        [_money_given(project, Text(project.label, project.label)) for project in projects],
        about="no_record",
    )


def _money_given(project: Project, words: Text) -> Row:
    return Row(Kind.PROJECT, project.key, words, project.held, project.allocated_on)


def after_the_fact(county: County, asked: Asked) -> Iterator[Flag]:
    """What was written after it had happened: terms changed after acceptance, contracts signed before the
    tender or after the start of building, or recorded long after they were signed."""
    late = asked.get("red_flags.recorded_late_days")
    of_project: dict[str, list[Contract]] = defaultdict(list)
    for contract in county.contracts:
        of_project[contract.project].append(contract)
    for project in county.projects:
        for about, reason, rows in (
            *_changed(project),
            *_out_of_order(project, of_project[project.key], late),
        ):
            yield Flag(
                "after_the_fact",
                Kind.PROJECT,
                project.key,
                project.label,
                project.place_code,
                reason,
                rows,
                project.department,
                about,
            )


Found = tuple[str, Text, list[Row]]


def _changed(project: Project) -> Iterator[Found]:
    accepted = project.accepted_on
    late = [c for c in project.changes if accepted and c.day > accepted and c.field in FIELDS]
    if not late:
        return
    fields = [FIELDS[name] for name in dict.fromkeys(change.field for change in late)]
    yield (
        "changed",
        Text(
            f"{accepted} 验收以后又改了：{'、'.join(name.zh for name in fields)}。",
            f"After the acceptance of {accepted} these were changed: "
            f"{', '.join(name.en for name in fields)}.",
        ),
        [_change_row(project, change) for change in late],
    )


def _change_row(project: Project, change: Change) -> Row:
    name = FIELDS[change.field]
    before, after = change.before or "—", change.after or "—"
    return Row(
        Kind.PROJECT,
        project.key,
        Text(
            f"{name.zh}：{before} → {after}，{change.actor}",
            f"{name.en}: {before} → {after}, {change.actor}",
        ),
        day=change.day,
    )


def _out_of_order(project: Project, contracts: Sequence[Contract], late: int) -> Iterator[Found]:
    tendered: date | None = project.tender.day if project.tender else None
    for contract in contracts:
        signed, number = contract.signed_on, contract.number
        if tendered and signed < tendered:
            yield (
                f"before tender {number}",
                Text(
                    f"合同 {number} 签于 {signed}，早于采购结果 {tendered}。",
                    f"Contract {number} was signed on {signed}, before the tender of {tendered}.",
                ),
                [contract_row(contract)],
            )
        if project.started_on and not project.afterwards and signed > project.started_on:
            yield (
                f"after start {number}",
                Text(
                    f"合同 {number} 签于 {signed}，晚于开工 {project.started_on}。",
                    f"Contract {number} was signed on {signed}, after the start of building on "
                    f"{project.started_on}.",
                ),
                [contract_row(contract)],
            )
        waited = (contract.recorded_on - signed).days
        if waited > late:
            yield (
                f"recorded late {number}",
                Text(
                    f"合同 {number} 签于 {signed}，{waited} 天后才记账（超过 {late} 天）。",
                    f"Contract {number} was signed on {signed} and recorded {waited} days later "
                    f"(more than {late}).",
                ),
                [contract_row(contract)],
            )
