"""Candidates of tenders: what a firm wins of a department's, and firms that bid together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial

from bangfu.core.language import Text
from bangfu.core.red_flags.candidates import Candidate
from bangfu.core.red_flags.facts import County, Project, Tender
from bangfu.core.red_flags.model import Asked, Kind, Row, listed
from bangfu.core.red_flags.parties import bare

Held = tuple[Project, Tender]


def _tenders(county: County) -> list[Held]:
    found = [(project, project.tender) for project in county.projects if project.tender]
    return sorted(found, key=lambda one: (one[1].day, one[0].number))


def _rows(held: Sequence[Held]) -> list[Row]:
    """Tenders as evidence."""
    return [
        Row(
            Kind.PROJECT,
            project.key,
            Text(
                f"{project.label}：{tender.method}，中标“{tender.winner}”",
                f'{project.label}: {tender.method}, won by "{tender.winner}"',
            ),
            tender.fen,
            tender.day,
        )
        for project, tender in held
    ]


def wins(county: County, asked: Asked) -> Iterator[Candidate]:
    """What each firm won of each department's tenders of the year."""
    by_department: dict[str, list[Held]] = defaultdict(list)
    for project, tender in _tenders(county):
        if tender.day.year == county.year:
            by_department[project.department].append((project, tender))
    for department, held in by_department.items():
        won: dict[str, list[Held]] = defaultdict(list)
        for project, tender in held:
            won[bare(tender.winner)].append((project, tender))
        for key, own in won.items():
            name = own[0][1].winner
            yield Candidate(
                Kind.PAYEE,
                key,
                name,
                county.code,
                {
                    "firm": name,
                    "year": str(county.year),
                    "tenders": len(held),
                    "wins": len(own),
                    "fen": sum(tender.fen or 0 for _, tender in own),
                },
                partial(_rows, own),
                department,
                f"{county.year} {department}",
                {"department": Text(department or "未写部门", department or "no department")},
            )


def same_bidders(county: County, asked: Asked) -> Iterator[Candidate]:
    """The tenders in which the same firms bid."""
    groups: dict[frozenset[str], list[Held]] = defaultdict(list)
    for project, tender in _tenders(county):
        bidders = frozenset(bare(one.name) for one in tender.bidders) | {bare(tender.winner)}
        groups[bidders].append((project, tender))
    for bidders, held in groups.items():
        winners = [bare(tender.winner) for _, tender in held]
        names = _names(held)
        firms = listed(sorted(names[one] for one in bidders))
        yield Candidate(
            Kind.PAYEE,
            min(bidders),
            firms.zh,
            county.code,
            {
                "firms": len(bidders),
                "tenders": len(held),
                "winners": len(set(winners)),
                "out_of_turn": _out_of_turn(winners),
            },
            partial(_rows, held),
            about=" ".join(sorted(bidders)),
            words={"names": firms, "order": listed(tender.winner for _, tender in held)},
        )


def _out_of_turn(winners: Sequence[str]) -> int:
    """How many wins went to another than the one whose turn it was, the turns being as they first won."""
    order = list(dict.fromkeys(winners))
    return sum(winner != order[at % len(order)] for at, winner in enumerate(winners))


def _names(held: Sequence[Held]) -> dict[str, str]:
    """How each firm is written, the first time."""
    names: dict[str, str] = {}
    for _, tender in held:
        for name in (tender.winner, *(one.name for one in tender.bidders)):
            names.setdefault(bare(name), name)
    return names
