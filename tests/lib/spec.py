"""Spec tables: rows drawn in text, a rule, the answer. Run on every engine, printed as the manual."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from lib import reference
from lib.postgres import holding
from lib.worlds import frames

from bangfu.core.facts.dictionary import plain
from bangfu.core.facts.model import Fact, Kind, Table
from bangfu.core.policy.rules.compile import Asking
from bangfu.core.policy.rules.compose import Composer
from bangfu.core.policy.rules.names import Scope
from bangfu.core.policy.rules.nodes import KEYS, Parameter
from bangfu.core.policy.rules.parser import parse_condition, parse_value
from bangfu.core.policy.rules.types import Type
from bangfu.engines import duckdb
from bangfu.engines.expressions import unfused
from bangfu.engines.scope import WHOLE

ON = date(2024, 6, 1)
VILLAGE = "420527101200"


@dataclass
class Case:
    """One table of the manual."""

    text: str
    grain: str
    ask: str
    answers: dict[str, Any]
    tables: dict[str, str]
    parameters: dict[str, Parameter] = field(default_factory=dict)

    def check(self, postgres) -> None:
        """Both engines and the reference give the answers."""
        rows = {Table(name): _rows(Table(name), text) for name, text in self.tables.items()}
        grain = Table(self.grain)
        node, refused = parse_value(self.ask, Scope(grain, self.parameters))
        assert node is not None, [str(each.text) for each in refused]
        keys = [parameter.key for parameter in self.parameters.values() if parameter.key]
        by_place = {key: [("420527", (2,)), ("", (1,))] for key in keys}
        asking = Asking(ON, by_place)
        own = KEYS[grain][-1]

        def asked(tables):
            view = Composer(tables, asking).view(grain, [node])
            compiler = view.compiler(asking)
            answer = compiler.truth(node) if node.type is Type.BOOL else compiler.value(node)
            return view.rows.select(view.rows[own], answer=answer)

        with duckdb.open_frames(frames(rows), WHOLE, threads=1) as snapshot, unfused():
            assert _answers(asked(snapshot.tables).to_polars()) == self.answers
        with holding(postgres, frames(rows)) as books:
            assert _answers(books.frame(asked(books.tables))) == self.answers
        ask = reference.truth if node.type is Type.BOOL else reference.value
        resolved = {key: lambda place: (2,) if place.startswith("420527") else (1,) for key in keys}
        world = reference.World(rows, ON, resolved)
        assert {row.own[own]: ask(node, row) for row in world.of(grain)} == self.answers


@dataclass
class Refusal:
    """A rule that is refused, and what is said."""

    text: str
    grain: str
    ask: str
    said: str

    def check(self, postgres) -> None:
        """The rule is refused with that sentence."""
        node, refused = parse_condition(self.ask, Scope(Table(self.grain)))
        assert node is None
        assert [each.text.en for each in refused] == [self.said]


class Recorder:
    """Collects the cases of a test; runs them when there is a PostgreSQL to run them on."""

    def __init__(self, postgres=None) -> None:
        self.postgres = postgres
        self.cases: list[Case | Refusal] = []

    def __call__(self, grain, ask, answers, parameters=None, **tables: str) -> None:
        """One table: the rows, the rule, and its answer for every row of the grain."""
        text = inspect.cleandoc(
            inspect.stack()[1].frame.f_globals[inspect.stack()[1].function].__doc__ or ""
        )
        self._add(Case(text, grain, ask, answers, tables, parameters or {}))

    def refused(self, grain: str, ask: str, said: str) -> None:
        """A rule that is refused."""
        text = inspect.cleandoc(
            inspect.stack()[1].frame.f_globals[inspect.stack()[1].function].__doc__ or ""
        )
        self._add(Refusal(text, grain, ask, said))

    def _add(self, case: Case | Refusal) -> None:
        self.cases.append(case)
        if self.postgres is not None:
            case.check(self.postgres)


def cells(text: str) -> list[list[str]]:
    """The cells of a drawn table, its header first."""
    lines = [line.strip() for line in inspect.cleandoc(text).splitlines() if line.strip()]
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def _rows(table: Table, text: str) -> list[dict[str, Any]]:
    header, *lines = cells(text)
    facts = plain(table)
    base = {"place_code": VILLAGE} if "place_code" not in header else {}
    if table is Table.JOB or table is Table.PLAN:
        numbered = "row_no" not in header
    else:
        numbered = False
    return [
        base
        | ({"row_no": number} if numbered else {})
        | {name: _read(facts[name], cell) for name, cell in zip(header, line, strict=True)}
        for number, line in enumerate(lines)
    ]


def _read(fact: Fact, cell: str) -> Any:
    if cell == "":
        return None
    match fact.kind:
        case Kind.YES_NO:
            return {"yes": True, "no": False}[cell]
        case Kind.INT | Kind.FEN | Kind.MONTH:
            return int(cell)
        case Kind.DECIMAL:
            return Decimal(cell)
        case Kind.DATE:
            return date.fromisoformat(cell)
        case Kind.VALUES:
            return cell.split()
    return cell


def _answers(frame) -> dict[str, Any]:
    return dict(frame.rows())
