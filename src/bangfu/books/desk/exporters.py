"""Records as they come out: cards and volumes as PDF, the same lists as workbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bangfu.books.assistance.models import Measure, Visit
from bangfu.books.cases.models import Case, State
from bangfu.books.cases.rules import current_step, procedure_of
from bangfu.books.cases.verified import last_verified_by_household
from bangfu.books.desk import household_listings, listings, records
from bangfu.books.desk.listings import Cell, Listing
from bangfu.books.desk.records import Record
from bangfu.books.desk.verified import verified_told, with_case
from bangfu.books.households.exporters import household_cards, said
from bangfu.books.households.models import Happening, Household
from bangfu.books.payments.models import Payment
from bangfu.books.payments.queries import received
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Lang, Text
from bangfu.core.money import format_yuan
from bangfu.core.policy.resolve import Policy
from bangfu.core.sheets.locate import Gazetteer
from bangfu.files.reports import Column, ReportSheet, Value, write_workbook
from bangfu.printing import volumes
from bangfu.printing.cards import Card, Pair, print_cards
from bangfu.printing.volumes import Volume, print_volume

VISITS_SHOWN = 5
MONEY_SHOWN = 6
NO_MONEY = Text("还没有领到。", "Nothing so far.")
_COVER_SIGNATURES = {
    records.TITLES[level].en: tuple(Text(zh, en) for zh, en in signers)
    for level, signers in {
        records.Level.VILLAGE: (
            ("村党支部书记", "Village Party secretary"),
            ("驻村工作队", "Village team"),
            ("日期", "Date"),
        ),
        records.Level.TOWNSHIP: (
            ("经办人", "Prepared by"),
            ("乡镇负责人", "Head of the township"),
            ("日期", "Date"),
        ),
        records.Level.COUNTY: (
            ("经办人", "Prepared by"),
            ("县级审批人", "Approved for the county"),
            ("日期", "Date"),
        ),
    }.items()
}
_NUMBERS = ("int", "fen", "decimal", "percent")


def cards_of(
    numbers: Sequence[str], *, gazetteer: Gazetteer, policy: Policy, today: date, lang: Lang
) -> list[Card]:
    """The cards of households with everything the apps know, by place and number."""
    measures = _by_household(Measure, numbers, "-agreed_on")
    base = household_cards(
        numbers,
        findings={},
        gazetteer=gazetteer,
        on=today,
        lang=lang,
        year=household_listings.latest_income_year(numbers, today),
        agreed={number: [_agreed(m, lang) for m in found] for number, found in measures.items()},
    )
    visits = _by_household(Visit, numbers, "-visited_on")
    money = received(numbers)
    verified = _verified({card.number: len(card.members) for card in base}, lang)
    cases: dict[str, list[Case]] = {}
    for case in Case.objects.filter(household_id__in=numbers, state=State.OPEN).order_by("pk"):
        cases.setdefault(str(case.household_id), []).append(case)
    return [
        replace(
            card,
            verified=verified.get(card.number, ""),
            help=[*card.help, *_plan(cases.get(card.number, ()), policy, lang)],
            measures=[_measure(m, today, lang) for m in measures.get(card.number, ())],
            visits=[
                (v.visited_on.isoformat(), v.visitors, v.seen, v.asked)
                for v in visits.get(card.number, ())[:VISITS_SHOWN]
            ],
            money=_money(money.get(card.number, ()), policy, lang),
        )
        for card in base
    ]


def _verified(members: Mapping[str, int], lang: Lang) -> dict[str, str]:
    """By household number, what its last home check saw; `members` are those of today."""
    found = last_verified_by_household(list(members))
    happened = _by_household(Happening, list(found), "pk")
    return {
        number: with_case(
            verified_told(one, members=members[number], happenings=happened.get(number, ())),
            one.case_no,
        ).to(lang)
        for number, one in found.items()
    }


def card_pdf(
    household: Household, *, policy: Policy, qr_svg: str, lang: Lang, today: date, now: datetime
) -> bytes:
    """One household's card (户卡) on A4, with the code of its page."""
    gazetteer = records.gazetteer_of(household.place_code)
    cards = cards_of([household.pk], gazetteer=gazetteer, policy=policy, today=today, lang=lang)
    if not cards:
        raise NotFoundError(records.NO_RECORD)
    return print_cards(
        [replace(cards[0], qr_svg=qr_svg)], footer=_footer(today), lang=lang, printed_at=now
    )


def card_sheets(
    household: Household, *, policy: Policy, today: date, lang: Lang
) -> list[ReportSheet]:
    """One household's card as a workbook: its facts, then a sheet a list."""
    gazetteer = records.gazetteer_of(household.place_code)
    [card] = cards_of([household.pk], gazetteer=gazetteer, policy=policy, today=today, lang=lang)
    pairs: list[Pair] = [
        (Text("户编号", "Household no."), card.number),
        (Text("地方", "Place"), card.place),
        *card.facts,
        *card.income,
        *([(Text("入户核实", "Home check"), card.verified)] if card.verified else []),
        *card.conditions,
        (Text("领到的钱", "Money received"), card.money),
        *card.help,
    ]
    facts = ReportSheet(
        Text("户卡", "Card").to(lang),
        [Column(Text("项目", "What").to(lang)), Column(Text("内容", "Content").to(lang), width=60)],
        [(label.to(lang), value) for label, value in pairs],
        _footer(today).to(lang),
    )
    lists = household_listings.household_lists([household.pk])
    return [facts, *(_sheet(one, lang) for one in lists)]


def record_pdf(record: Record, *, policy: Policy, lang: Lang, today: date, now: datetime) -> bytes:
    """A record as a bound volume."""
    cards = cards_of(
        record.numbers,
        gazetteer=records.gazetteer_of(record.code),
        policy=policy,
        today=today,
        lang=lang,
    )
    volume = Volume(
        title=record.title,
        place=record.name,
        code=record.code,
        under=Text(
            f"截至 {today.year} 年 {today.month} 月 {today.day} 日；措施、走访等为当年累计",
            f"As of {today}; measures, visits and the like in this year so far",
        ),
        figures=[(label, f"{count:,}") for label, count in record.figures],
        listings=[_on_paper(one, lang) for one in record.listings if one.on_paper],
        signatures=_COVER_SIGNATURES[record.title.en],
        cards=cards,
    )
    return print_volume(volume, footer=_footer(today), lang=lang, printed_at=now)


def record_workbook(record: Record, *, lang: Lang, today: date) -> bytes:
    """A record as a workbook: its figures, then a sheet a list."""
    figures = ReportSheet(
        record.title.to(lang),
        [
            Column(Text("数据", "Figure").to(lang), width=32),
            Column(Text("数量", "Count").to(lang), "int"),
        ],
        [(label.to(lang), count) for label, count in record.figures],
        f"{record.name}　{_footer(today).to(lang)}",
    )
    return workbook([figures, *(_sheet(one, lang) for one in record.listings)])


def workbook(sheets: Sequence[ReportSheet]) -> bytes:
    """Sheets as the bytes of an .xlsx file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "record.xlsx"
        write_workbook(path, sheets)
        return path.read_bytes()


def _by_household(model: type, numbers: Sequence[str], order: str) -> dict[str, list]:  # type: ignore[type-arg]
    found: dict[str, list] = {}  # type: ignore[type-arg]
    rows = model.objects.filter(household_no__in=numbers).order_by(order, "pk")  # type: ignore[attr-defined]
    for row in rows:
        found.setdefault(row.household_no, []).append(row)
    return found


def _money(rows: Sequence[Payment], policy: Policy, lang: Lang) -> str:
    """What arrived in all, and the newest payments."""
    if not rows:
        return NO_MONEY.to(lang)
    whole = format_yuan(sum(row.fen for row in rows))
    said = []
    for row in rows[:MONEY_SHOWN]:
        scheme = policy.schemes.words(row.scheme).to(lang)  # type: ignore[attr-defined]
        fen = format_yuan(row.fen)
        what = f"{row.settled_on} {scheme} {row.term}"  # type: ignore[attr-defined]
        said.append(Text(f"{what} {fen} 元", f"{what} {fen} yuan").to(lang))
    left = len(rows) - len(said)
    if left:
        said.append(Text(f"另有 {left} 笔", f"{left} more").to(lang))
    listed = Text("；", "; ").to(lang).join(said)
    return Text(f"共 {whole} 元：{listed}", f"{whole} yuan in all: {listed}").to(lang)


def _plan(cases: Sequence[Case], policy: Policy, lang: Lang) -> list[Pair]:
    """The cases under way: which step waits, until when."""
    pairs = []
    for case in cases:
        step = current_step(policy, case)
        told = procedure_of(policy, case).text.to(lang)
        if step is not None:
            told += Text("：待", ": ").to(lang) + step.text.to(lang)
        if case.due_on:
            told += Text(f"，{case.due_on} 前", f", by {case.due_on}").to(lang)
        pairs.append((Text("个案", "Case"), told))
    return pairs


def _agreed(measure: Measure, lang: Lang) -> str:
    family, colon = listings.family_of(measure).to(lang), Text("：", ": ").to(lang)
    return f"{family}{colon}{measure.content}"


def _measure(measure: Measure, today: date, lang: Lang) -> tuple[str, ...]:
    return (
        listings.family_of(measure).to(lang),
        measure.content,
        measure.responsible,
        measure.agreed_on.isoformat(),
        measure.due_on.isoformat() if measure.due_on else "",
        _state_of(measure, today).to(lang),
    )


def _state_of(measure: Measure, today: date) -> Text:
    """How far a measure is, with its result."""
    if measure.ended_on:
        return Text(
            f"{measure.ended_on} 结束：{measure.result}",
            f"ended {measure.ended_on}: {measure.result}",
        )
    late = measure.due_on is not None and measure.due_on < today
    if measure.started_on:
        told = Text(f"{measure.started_on} 开始", f"started {measure.started_on}")
    else:
        told = Text("还没有开始", "not started yet")
    return Text(f"{told.zh}，已过期限", f"{told.en}, past its day") if late else told


def _footer(today: date) -> Text:
    return Text(
        f"{today.isoformat()} 打印，含个人信息，请妥善保管",
        f"Printed {today.isoformat()}; holds personal data, keep it safe",
    )


def _sheet(listing: Listing, lang: Lang) -> ReportSheet:
    return ReportSheet(
        listing.title.to(lang),
        [Column(head.text.to(lang), head.kind) for head in listing.heads],
        [[_value(cell, lang) for cell in row] for row in listing.rows],
        listing.note.to(lang) if listing.note else "",
    )


def _on_paper(listing: Listing, lang: Lang) -> volumes.Listing:
    return volumes.Listing(
        listing.title,
        [head.text for head in listing.heads],
        [head.width for head in listing.heads],
        [
            [
                _written(_value(cell, lang), head.kind)
                for cell, head in zip(row, listing.heads, strict=True)
            ]
            for row in listing.rows
        ],
        [at for at, head in enumerate(listing.heads) if head.kind in _NUMBERS],
        listing.note,
        listing.to_cards,
    )


def _value(cell: Cell, lang: Lang) -> Value:
    """A cell in a language: texts and the values of closed lists are said in it."""
    if isinstance(cell, Text):
        return cell.to(lang)
    if isinstance(cell, str | list):
        return said(cell, lang)
    return cell  # type: ignore[return-value]


def _written(value: Value, kind: str) -> str:
    if value is None or value == "":
        return "—"
    if kind == "fen" and isinstance(value, int):
        return format_yuan(value)
    if kind == "month" and isinstance(value, int):
        return f"{value // 100}-{value % 100:02d}"
    return f"{value:,}" if isinstance(value, int) else str(value)
