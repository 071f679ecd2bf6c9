"""Flags of tenders: one winner too often, and losing bidders who win in turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction

from bangfu.core.indicators.model import Measure, said
from bangfu.core.language import Text
from bangfu.core.red_flags.facts import County, Project, Tender
from bangfu.core.red_flags.model import Asked, Flag, Kind, Row, listed, yuan
from bangfu.core.red_flags.parties import bare

Held = tuple[Project, Tender]


def _tenders(county: County) -> list[Held]:
    found = [(project, project.tender) for project in county.projects if project.tender]
    return sorted(found, key=lambda one: (one[1].day, one[0].number))


def tender_row(project: Project, tender: Tender) -> Row:
    """A tender as evidence."""
    text = Text(
        f"{project.label}：{tender.method}，中标“{tender.winner}”",
        f'{project.label}: {tender.method}, won by "{tender.winner}"',
    )
    return Row(Kind.PROJECT, project.key, text, tender.fen, tender.day)


def frequent_winner(county: County, asked: Asked) -> Iterator[Flag]:
    """One firm that wins more than its share of a department's tenders of the year."""
    least, share = asked.get("red_flags.winner_tenders"), asked.get("red_flags.winner_share")
    by_department: dict[str, list[Held]] = defaultdict(list)
    for project, tender in _tenders(county):
        if tender.day.year == county.year:
            by_department[project.department].append((project, tender))
    for department, held in by_department.items():
        if len(held) < least:
            continue
        won: dict[str, list[Held]] = defaultdict(list)
        for project, tender in held:
            won[bare(tender.winner)].append((project, tender))
        for wins in won.values():
            own = Fraction(len(wins), len(held))
            if own <= Fraction(share):
                continue
            name = wins[0][1].winner
            fen = sum(tender.fen or 0 for _, tender in wins)
            yield Flag(
                "frequent_winner",
                Kind.PAYEE,
                bare(name),
                name,
                county.code,
                Text(
                    f"“{name}”在 {county.year} 年{department or '未写部门'}的 {len(held)} 次采购中中标 "
                    f"{len(wins)} 次（{said(own, Measure.PERCENT)}），共 {yuan(fen)} 元；"
                    f"超过 {said(share, Measure.PERCENT)}。",
                    f'"{name}" won {len(wins)} of the {len(held)} tenders of '
                    f"{department or 'no department'} in {county.year} ({said(own, Measure.PERCENT)}, "
                    f"{yuan(fen)} yuan); more than {said(share, Measure.PERCENT)}.",
                ),
                [tender_row(project, tender) for project, tender in wins],
                department,
                f"{county.year} {department}",
            )


def rotating_bidders(county: County, asked: Asked) -> Iterator[Flag]:
    """The same firms meet in tender after tender, and those who lose win in turn."""
    least = asked.get("red_flags.rotation_tenders")
    groups: dict[frozenset[str], list[Held]] = defaultdict(list)
    for project, tender in _tenders(county):
        bidders = frozenset(bare(one.name) for one in tender.bidders) | {bare(tender.winner)}
        if len(bidders) > 1:
            groups[bidders].append((project, tender))
    for bidders, held in groups.items():
        winners = [bare(tender.winner) for _, tender in held]
        if len(held) < least or not _in_turn(winners):
            continue
        names = _names(held)
        firms = listed(sorted(names[one] for one in bidders))
        order = Text(
            "、".join(tender.winner for _, tender in held),
            ", ".join(tender.winner for _, tender in held),
        )
        yield Flag(
            "rotating_bidders",
            Kind.PAYEE,
            min(bidders),
            firms.zh,
            county.code,
            Text(
                f"同样 {len(bidders)} 家（{firms.zh}）在 {len(held)} 次采购中相遇，轮流中标：{order.zh}。",
                f"The same {len(bidders)} firms ({firms.en}) met in {len(held)} tenders and won in turn: "
                f"{order.en}.",
            ),
            [tender_row(project, tender) for project, tender in held],
            about=" ".join(sorted(bidders)),
        )


def _in_turn(winners: Sequence[str]) -> bool:
    """Whether nobody wins twice before every other winner has won, and more than one wins."""
    order = list(dict.fromkeys(winners))
    return len(order) > 1 and all(
        winner == order[at % len(order)] for at, winner in enumerate(winners)
    )


def _names(held: Sequence[Held]) -> dict[str, str]:
    """How each firm is written, the first time."""
    names: dict[str, str] = {}
    for _, tender in held:
        for name in (tender.winner, *(one.name for one in tender.bidders)):
            names.setdefault(bare(name), name)
    return names
