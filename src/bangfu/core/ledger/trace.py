"""Following the yuan: what every fen of a line came from, where it stands, and what it became.

A project's money is cut into *strands* (`core.ledger.strands`): amounts that share one whole way, from the
document that announced them to the payee, household or asset they reached.

Most of a strand is fact: the ledger says which line paid which share of which claim. Three things it
does not say are divided, always in whole fen (`docs/algorithms/tracing.md` shows each):

* what a project paid over the assets it left, by their values (largest remainder);
* where two such divisions cross (assets and lines, contracts and lines, things and documents), the
  fen of one side are lined up in a row, evenly mixed (`splitting`), and each thing of the other side
  takes the next stretch of the row: both sides keep their sums.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from bangfu.core import money
from bangfu.core.ledger.splitting import first
from bangfu.core.ledger.stages import PER_PROJECT, Stage
from bangfu.core.ledger.strands import Strand


class Share(NamedTuple):
    """One line's share of claims of a payee, net of what was recovered; `paid` or still claimed.

    Contract, claim and payment are None where a payee's shares are told in one sum. Of a batch, whose
    payee is households, `batch` is true: it builds no asset.
    """

    line: int
    payee: str
    fen: int
    paid: bool
    contract: int | None = None
    claim: int | None = None
    payment: int | None = None
    batch: bool = False


class Promise(NamedTuple):
    """What is left of a contract: neither claimed nor released."""

    payee: str
    contract: int
    fen: int


class Aid(NamedTuple):
    """What a payment gave to one household, in the order of its batch; to several in one sum where
    `household` is None."""

    payment: int
    fen: int
    household: str | None = None


class Stretch(NamedTuple):
    """Where a household's money lies in its batch: `fen` after the `begin` fen of those before it."""

    payment: int
    begin: int
    fen: int
    household: str | None = None


class Worth(NamedTuple):
    """An asset and its value."""

    asset: int
    fen: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How one project's money stands: fen by (line, stage) as the ledger's balances say, and what
    stands behind them. What the details leave over of a balance is traced without them."""

    project: int
    balances: Mapping[tuple[int, Stage], int]
    shares: Sequence[Share] = ()
    promises: Sequence[Promise] = ()
    aid: Sequence[Aid] = ()
    assets: Sequence[Worth] = ()


class Paper(NamedTuple):
    """What one document announced of a line; `document` None where no paper was named."""

    document: int | None
    fen: int


def table(rows: Sequence[int], columns: Sequence[int]) -> list[list[int]]:
    """Whole amounts by row and column whose sums are `rows` and `columns`.

    The columns' fen stand in one evenly mixed row (`splitting.first`), and each of `rows` takes the next
    stretch of it. ValueError when the two do not sum to the same.
    """
    if sum(rows) != sum(columns):
        raise ValueError(f"rows sum to {sum(rows)}, columns to {sum(columns)}")
    if len(columns) == 1:
        return [[fen] for fen in rows]
    if len(rows) == 1:
        return [list(columns)]
    take = _mixed(columns)
    found, begin = [], 0
    for fen in rows:
        found.append(take(begin, begin + fen))
        begin += fen
    return found


def strands_of(standing: Standing, only: Collection[int] | None = None) -> list[Strand]:
    """The strands of one project, without documents; on each line in the order of the line's row.

    `only` names the lines whose strands are wanted. The others divide with them and are not told.
    ValueError when details pass the balance they stand behind.
    """
    lines = sorted({line for line, _ in standing.balances})
    shares: dict[int, list[Share]] = {line: [] for line in lines}
    for share in standing.shares:
        if share.line in shares:
            shares[share.line].append(share)
    built = {line: _built(standing, line, shares[line]) for line in lines}
    worth = [each for each in standing.assets if each.fen > 0]
    assets: list[int | None] = [each.asset for each in worth] or [None]
    whole = money.split(sum(built.values()), [each.fen for each in worth] or [1])
    by_asset = table(whole, [built[line] for line in lines])
    promised = _promised(standing, lines)
    given = _given(standing)
    found: list[Strand] = []
    for at, line in enumerate(lines):
        if only is not None and line not in only:
            continue
        held = _Held(standing, line, shares[line])
        over = [(asset, row[at]) for asset, row in zip(assets, by_asset, strict=True)]
        found += held.paid(over, built[line])
        found += held.given(given)
        found += held.claimed()
        found += promised[line]
        found += held.rest()
    return found


def sourced(
    strands: Iterable[Strand],
    papers: Mapping[int, Sequence[Paper]],
    begins: Mapping[tuple[int, int | None], int],
) -> list[Strand]:
    """Strands with the documents they came from: each takes the next stretch of its line's row.

    `begins` says where on a line's row a project's stretch begins, by (line, project). Strands of one
    project come in the order of `strands_of`. A line whose papers are not known here gives strands
    without a document. ValueError when a row is shorter than what stands on it.
    """
    at = dict(begins)
    rows = {
        line: _mixed([paper.fen for paper in told])
        for line, told in papers.items()
        if len(told) > 1
    }
    found = []
    for strand in strands:
        told = papers.get(strand.line, ())
        if len(told) < 2:
            document = told[0].document if told else None
            found.append(Strand(*strand[:-1], document))
            continue
        where = (strand.line, strand.project)
        begin = at.get(where, 0)
        at[where] = begin + strand.fen
        parts = rows[strand.line](begin, begin + strand.fen)
        stage, between = strand.stage, strand[2:-1]
        found += [
            Strand(stage, fen, *between, paper.document)
            for paper, fen in zip(told, parts, strict=True)
            if fen
        ]
    return found


class _Held:
    """What one project has of one line, cut stage by stage."""

    def __init__(self, standing: Standing, line: int, shares: Sequence[Share]) -> None:
        self._of = standing
        self._line = line
        self._shares = sorted((share for share in shares if share.fen), key=_order)

    def paid(self, over: Sequence[tuple[int | None, int]], built: int) -> Iterator[Strand]:
        """What was paid to payees, by asset, payee and claim."""
        groups = self._groups(paid=True, whole=built, batch=False)
        by_payee = table([fen for _, fen in over], [sum(s.fen for s in group) for group in groups])
        inner = [
            table([row[at] for row in by_payee], [share.fen for share in group])
            for at, group in enumerate(groups)
        ]
        for row, (asset, _) in enumerate(over):
            for group, cells in zip(groups, inner, strict=True):
                for share, fen in zip(group, cells[row], strict=True):
                    if fen:
                        yield self._strand(Stage.PAID, fen, share, asset)

    def given(self, to_households: Mapping[int, Mapping[int, list[Strand]]]) -> Iterator[Strand]:
        """What batches paid, household by household as far as it is told."""
        for share in (s for s in self._shares if s.paid and s.batch):
            told = to_households.get(share.payment or 0)
            if told:
                yield from told[self._line]
            else:
                yield self._strand(Stage.PAID, share.fen, share)

    def claimed(self) -> Iterator[Strand]:
        whole = self._of.balances.get((self._line, Stage.CLAIMED), 0)
        for group in self._groups(paid=False, whole=whole):
            for share in group:
                if share.fen:
                    yield self._strand(Stage.CLAIMED, share.fen, share)

    def rest(self) -> Iterator[Strand]:
        for stage in (Stage.ALLOCATED, Stage.RECOVERED):
            fen = self._of.balances.get((self._line, stage), 0)
            if fen:
                yield Strand(stage, fen, self._line, self._of.project)

    def _groups(self, *, paid: bool, whole: int, batch: bool | None = None) -> list[list[Share]]:
        """The shares of each payee in order; last, what no share tells of."""
        mine = [s for s in self._shares if s.paid == paid and (batch is None or s.batch == batch)]
        left = whole - sum(share.fen for share in mine)
        if left < 0:
            raise ValueError(f"shares pass what line {self._line} holds by {-left} fen")
        groups = [list(group) for _, group in groupby(mine, key=lambda share: share.payee)]
        return [*groups, [Share(self._line, "", left, paid)]] if left or not groups else groups

    def _strand(self, stage: Stage, fen: int, share: Share, asset: int | None = None) -> Strand:
        return Strand(
            stage, fen, self._line, self._of.project, share.payee or None,
            share.contract, share.claim, share.payment, None, asset,
        )  # fmt: skip


def _order(share: Share) -> tuple[str, int, int, int]:
    return share.payee, share.contract or 0, share.claim or 0, share.payment or 0


def _built(standing: Standing, line: int, shares: Iterable[Share]) -> int:
    """What was paid of a line and may have built something: all but what batches paid."""
    paid = standing.balances.get((line, Stage.PAID), 0)
    left = paid - sum(share.fen for share in shares if share.paid and share.batch)
    if left < 0:
        raise ValueError(f"batches pass what line {line} paid by {-left} fen")
    return left


def _given(standing: Standing) -> dict[int, dict[int, list[Strand]]]:
    """The strands to households by payment and line: each takes its stretch of the payment's lines."""
    aided: dict[int, list[Aid]] = defaultdict(list)
    for aid in standing.aid:
        aided[aid.payment].append(aid)
    found: dict[int, dict[int, list[Strand]]] = {}
    for payment, told in aided.items():
        shares = sorted(s for s in standing.shares if s.payment == payment and s.paid and s.batch)
        whole = sum(share.fen for share in shares)
        left = whole - sum(aid.fen for aid in told)
        if left < 0:
            raise ValueError(f"households pass what payment {payment} paid by {-left} fen")
        all_of_it = [*told, Aid(payment, left)]
        cells = table([aid.fen for aid in all_of_it], [share.fen for share in shares] or [0])
        found[payment] = {
            share.line: [
                Strand(
                    Stage.PAID,
                    row[at],
                    share.line,
                    standing.project,
                    share.payee,
                    share.contract,
                    share.claim,
                    share.payment,
                    aid.household,
                )
                for aid, row in zip(all_of_it, cells, strict=True)
                if row[at]
            ]
            for at, share in enumerate(shares)
        }
    return found


def aid_of(stretches: Iterable[Stretch]) -> Iterator[Aid]:
    """What payments gave, in the order of their batches; what lies between the households that are told
    is one sum. So one household of a large batch gets the same fen as when all of them are told.

    ValueError when two stretches of a payment overlap.
    """
    reached: dict[int, int] = defaultdict(int)
    for each in sorted(stretches, key=lambda each: each[:3]):
        between = each.begin - reached[each.payment]
        if between < 0:
            raise ValueError(f"households of payment {each.payment} overlap by {-between} fen")
        if between:
            yield Aid(each.payment, between)
        reached[each.payment] = each.begin + each.fen
        yield Aid(each.payment, each.fen, each.household)


def _promised(standing: Standing, lines: Sequence[int]) -> dict[int, list[Strand]]:
    """What is committed and not claimed, by line: contracts in order over the lines that committed."""
    held = [standing.balances.get((line, Stage.COMMITTED), 0) for line in lines]
    promises = sorted(each for each in standing.promises if each.fen > 0)
    left = sum(held) - sum(each.fen for each in promises)
    if left < 0:
        raise ValueError(f"contracts pass what project {standing.project} committed by {-left} fen")
    named: list[Promise | None] = [*promises, None]
    cells = table([*(each.fen for each in promises), left], held)
    found: dict[int, list[Strand]] = {line: [] for line in lines}
    for promise, row in zip(named, cells, strict=True):
        for line, fen in zip(lines, row, strict=True):
            if fen:
                found[line].append(
                    Strand(
                        Stage.COMMITTED,
                        fen,
                        line,
                        standing.project,
                        promise.payee if promise else None,
                        promise.contract if promise else None,
                    )
                )
    return found


def held_fen(standing: Standing, line: int) -> int:
    """How long a project's stretch of a line's row is."""
    return sum(standing.balances.get((line, stage), 0) for stage in PER_PROJECT)


def _mixed(parts: Sequence[int]) -> Callable[[int, int], list[int]]:
    """How many fen of each part stand on a stretch of the row in which the parts are evenly mixed."""
    reached = {0: [0] * len(parts)}

    def upto(fen: int) -> list[int]:
        if fen not in reached:
            reached[fen] = first(parts, fen)
        return reached[fen]

    def take(begin: int, end: int) -> list[int]:
        return [after - before for before, after in zip(upto(begin), upto(end), strict=True)]

    return take
