"""The plain rows that red flags are looked for in. Money is whole fen; keys name rows of the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bangfu.core.indicators.model import Reading
from bangfu.core.language import Text

# What of a project is fixed once it is built (its money, its target, what was accepted), as `Change` names it.
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


@dataclass(frozen=True, slots=True)
class Flow:
    """What came onto an account on a day, by which posting."""

    key: str
    day: date
    fen: int


@dataclass(frozen=True, slots=True)
class Line:
    """A fund line: its strings, what is free and in hand, and how each came.

    `purposes` None pays anything. `allocated_on` is when the ledger first gave it to a project,
    `used` what of it is committed, claimed or paid.
    """

    key: str
    number: str
    name: str
    year: int
    department: str
    purposes: tuple[str, ...] | None
    poolable: bool
    announced: int
    in_hand: int
    free: int
    allocated: int
    used: int
    allocated_on: date | None
    cash: Sequence[Flow] = ()
    quota: Sequence[Flow] = ()

    @property
    def label(self) -> str:
        return f"{self.number} {self.name}"


@dataclass(frozen=True, slots=True)
class Bidder:
    """Who offered in a tender, at what price where it is known."""

    name: str
    code: str = ""
    fen: int | None = None


@dataclass(frozen=True, slots=True)
class Tender:
    """How a project's builder was chosen. `bidders` are all who offered, the winner too."""

    day: date
    method: str
    winner: str
    fen: int | None
    actor: str
    bidders: Sequence[Bidder] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about a project, open both days included."""

    key: str
    title: str
    opens: date
    closes: date

    @property
    def days(self) -> int:
        return (self.closes - self.opens).days + 1


@dataclass(frozen=True, slots=True)
class Change:
    """One of FIELDS of a project that was changed, as its history tells."""

    day: date
    field: str
    before: str
    after: str
    actor: str


@dataclass(frozen=True, slots=True)
class Project:
    """A project of the bank with what the ledger holds and has paid for it.

    `afterwards`: it is paid once it is accepted. `allocated_on` is when money was first given to it.
    `admitted_here`: these books were in charge of its way into the bank, so that a step they do not show
    was not taken; of one that came in admitted they cannot know.
    """

    key: str
    number: str
    name: str
    task: str
    place_code: str
    purpose: str
    department: str
    cost: int
    afterwards: bool
    admitted_on: date | None
    started_on: date | None
    accepted_on: date | None
    accepted: int | None
    held: int
    paid: int
    allocated_on: date | None
    admitted_here: bool = False
    tender: Tender | None = None
    notices: Sequence[Notice] = ()
    changes: Sequence[Change] = ()

    @property
    def label(self) -> str:
        return f"{self.number} {self.name}"


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment on a claim of a contract, less what was recovered of it."""

    key: str
    voucher: str
    claim: str
    note: str
    fen: int
    day: date
    deciders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract or an award of a project."""

    key: str
    number: str
    title: str
    project: str
    payee: str
    payee_code: str
    fen: int
    released: int
    signed_on: date
    recorded_on: date
    recorded_by: str
    payments: Sequence[Payment] = ()

    @property
    def label(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def paid(self) -> int:
        return sum(payment.fen for payment in self.payments)


@dataclass(frozen=True, slots=True)
class HouseholdPayment:
    """Money to a household under a scheme for a term. `who` is the person or the household it is for."""

    key: str
    household: str
    who: str
    scheme: str
    term: str
    fen: int
    day: date
    place_code: str


@dataclass(frozen=True, slots=True)
class Piece:
    """What a line has given to a project."""

    line: str
    project: str
    fen: int


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation that somebody who decides has declared: to whom, and what it is."""

    key: str
    decider: str
    party: str
    party_code: str
    what: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class County:
    """Everything that red flags are looked for in, of a county's year as it stands on a day.

    `deciders` are, by project, those who admitted it, planned for it and let it be built; `readings` the
    rates of the year.
    """

    code: str
    year: int
    on: date
    lines: Sequence[Line] = ()
    projects: Sequence[Project] = ()
    pieces: Sequence[Piece] = ()
    contracts: Sequence[Contract] = ()
    households: Sequence[HouseholdPayment] = ()
    relations: Sequence[Relation] = ()
    deciders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    readings: Sequence[Reading] = ()
