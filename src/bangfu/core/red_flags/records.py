"""Candidates of words and days: the negative list, notices, changes, and the days of contracts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import partial

from bangfu.core.language import Text
from bangfu.core.red_flags.candidates import Among, Candidate, Counted
from bangfu.core.red_flags.contracts import contract_row, contracts_by_project
from bangfu.core.red_flags.facts import FIELDS, Change, Contract, County, Notice, Project
from bangfu.core.red_flags.model import Asked, Kind, Row

Changed = tuple[Project, Change]


def wording(county: County, asked: Asked) -> Iterator[Candidate]:
    """A project and a class of the negative list whose words its texts hold."""
    classes = asked.get("red_flags.negative_words")
    spared = [_plain(word) for word in asked.get("funds.forbidden_exceptions")]
    of_project = contracts_by_project(county)
    for project in county.projects:
        contracts = of_project.get(project.key, [])
        for entry in classes:
            rows = [
                Row(kind, key, Text(text, text))
                for kind, key, text in _texts(project, contracts)
                if _says(text, entry["words"], spared)
            ]
            if not rows:
                continue
            found = sorted(
                {w for row in rows for w in entry["words"] if _plain(w) in _plain(row.text.zh)}
            )
            yield Candidate(
                Kind.PROJECT,
                project.key,
                project.label,
                project.place_code,
                {
                    "list_class": entry["class"],
                    "held_fen": project.held,
                    "contracts": len(contracts),
                },
                partial(list, rows),
                project.department,
                entry["class"],
                {"found": Text("”“".join(found), ", ".join(found))},
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


def notices(county: County, asked: Asked) -> Iterator[Candidate]:
    """Each project with its notices."""
    for project in county.projects:
        yield Candidate(
            Kind.PROJECT,
            project.key,
            project.label,
            project.place_code,
            {
                "held_fen": project.held,
                "notices": len(project.notices),
                "longest": max((notice.days for notice in project.notices), default=None),
                "admitted_here": project.admitted_here,
            },
            partial(_notice_rows, project),
            project.department,
        )


def _notice_rows(project: Project) -> list[Row]:
    """Its notices; where there is none, the money it was given."""
    return [_notice_row(one) for one in project.notices] or [
        _money_given(project, Text("已安排资金", "money given"))
    ]


def _notice_row(notice: Notice) -> Row:
    text = Text(f"{notice.title}，公示 {notice.days} 天", f"{notice.title}, {notice.days} days")
    return Row(Kind.NOTICE, notice.key, text, day=notice.opens)


def _money_given(project: Project, words: Text) -> Row:
    return Row(Kind.PROJECT, project.key, words, project.held, project.allocated_on)


def projects_together(county: County, asked: Asked, among: Among[Project]) -> Iterator[Candidate]:
    """The projects that count, as one candidate of the county."""
    rows = [
        Counted(
            {
                "held_fen": project.held,
                "notices": len(project.notices),
                "admitted_here": project.admitted_here,
            },
            project,
        )
        for project in county.projects
    ]
    kept = among(rows)
    yield Candidate(
        Kind.COUNTY,
        county.code,
        str(county.year),
        county.code,
        {"projects": len(kept), "fen": sum(project.held for project in kept)},
        lambda: [_money_given(one, Text(one.label, one.label)) for one in kept],
    )


def terms_changed(county: County, asked: Asked, among: Among[Changed]) -> Iterator[Candidate]:
    """Each project with the changes of it that count."""
    rows = [
        Counted(
            {
                "field": change.field,
                "changed_on": change.day,
                "accepted_on": project.accepted_on,
            },
            (project, change),
        )
        for project in county.projects
        for change in project.changes
    ]
    by_project: dict[str, list[Changed]] = {}
    for project, change in among(rows):
        by_project.setdefault(project.key, []).append((project, change))
    for changed in by_project.values():
        project, changes = changed[0][0], [change for _, change in changed]
        fields = [FIELDS[name] for name in dict.fromkeys(change.field for change in changes)]
        yield Candidate(
            Kind.PROJECT,
            project.key,
            project.label,
            project.place_code,
            {"changes": len(changes), "accepted_on": project.accepted_on},
            partial(_change_rows, project, changes),
            project.department,
            words={
                "fields": Text(
                    "、".join(name.zh for name in fields), ", ".join(name.en for name in fields)
                )
            },
        )


def _change_rows(project: Project, changes: Sequence[Change]) -> list[Row]:
    return [_change_row(project, change) for change in changes]


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


def contract_days(county: County, asked: Asked) -> Iterator[Candidate]:
    """Each contract with its days and those of its project."""
    of_project = contracts_by_project(county)
    for project in county.projects:
        for contract in of_project.get(project.key, []):
            yield Candidate(
                Kind.PROJECT,
                project.key,
                project.label,
                project.place_code,
                {
                    "number": contract.number,
                    "signed_on": contract.signed_on,
                    "tendered_on": project.tender.day if project.tender else None,
                    "started_on": project.started_on,
                    "afterwards": project.afterwards,
                    "recorded_after": (contract.recorded_on - contract.signed_on).days,
                },
                partial(_contract_rows, contract),
                project.department,
                contract.number,
            )


def _contract_rows(contract: Contract) -> list[Row]:
    return [contract_row(contract)]
