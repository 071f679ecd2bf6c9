"""How long a trace takes in a large ledger, on the embedded database, with row security on.

run.py [MOVEMENTS] [TRACES]    a county of 60 lines and 1,500 projects with so many movements (entries)

The ledger is a real one in the large: lines of two documents, projects of three lines, contracts, claims
split by the ledger's own rule, payments, assets. Its chain of digests is left out, which no trace reads.
Each trace is a transaction of its own inside the county's scope, and includes the names of all that it
passes. One JSON line a kind of movement: the slowest, the middle one and the mean, in milliseconds.
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))

from run import COUNTY, books, say  # the bench of the ledger, which also sets Django up

from bangfu.books.funds.models import FundLine
from bangfu.books.projects.models import Project
from bangfu.books.tracing.queries import Kind, follow, found
from bangfu.books.tracing.showing import steps, tiers
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.ledger.splitting import Part, split

SCOPE = Scope((COUNTY,), frozenset({DataClass.MONEY, DataClass.PERSONS}), "bench")
LINES, PROJECTS, LINES_EACH, CONTRACTS_EACH = 60, 1_500, 3, 4
CLAIM_FEN = 1_234_567
# A claim and its payment: two entries a line for the claim, four for the payment.
ENTRIES_A_CLAIM = 6 * LINES_EACH
FIRST_DAY = date(2026, 1, 1)


class Ledger:
    """The rows of a county's ledger, made in memory and copied in."""

    def __init__(self, movements: int) -> None:
        self.rows: dict[str, list[tuple[Any, ...]]] = {}
        self.balances: dict[tuple[int, str, int | None], int] = {}
        self.postings = 0
        self.entries = 0
        self.claims = max(1, movements // ENTRIES_A_CLAIM // PROJECTS)

    def add(self, table: str, *row: Any) -> None:
        self.rows.setdefault(table, []).append(row)

    def post(self, kind: str, legs: list[tuple[int, str, int | None, int]], **of: int) -> int:
        """A posting with its entries; the balances follow."""
        self.postings += 1
        day = FIRST_DAY + timedelta(days=self.postings * 300 // 10**6)
        self.add("posting", self.postings, COUNTY, kind, day, of.get("document"), of.get("plan"))
        for at, (line, stage, project, fen) in enumerate(legs, 1):
            self.entries += 1
            self.add("entry", self.postings, at, COUNTY, line, stage, project, fen)
            account = (line, stage, project)
            self.balances[account] = self.balances.get(account, 0) + fen
        return self.postings


COLUMNS = {
    "posting": "funds_posting (id, place_code, kind, day, document_id, plan_id, key, memo, actor,"
    " recorded_at)",
    "entry": "funds_entry (posting_id, position, place_code, line_id, stage, project_id, fen)",
    "document": "funds_document (id, place_code, number, title, issuer, issued_on, content_hash)",
    "plan": "funds_plan (id, place_code, year, version, title, problem_hash, status, proposed_by,"
    " approved_by, approved_on, reason)",
    "item": "funds_planitem (plan_id, line_id, project_id, place_code, fen)",
    "contract": "funds_contract (id, place_code, number, project_id, basis, title, payee, payee_code,"
    " signed_on, fen, claimed_fen, released_fen, posting_id, recorded_by)",
    "claim": "funds_claim (id, place_code, contract_id, kind, fen, note, status, claimed_by,"
    " lodged_on, checked_by, checked_on, returned_by, reasons, return_note, posting_id)",
    "share": "funds_claimshare (place_code, claim_id, line_id, fen, payment_id, recovered_fen)",
    "payment": "funds_payment (id, place_code, claim_id, claimed_by, checked_by, paid_by, voucher,"
    " fen, posting_id)",
    "asset": "assets_asset (project_id, place_code, name, kind, value_fen, location, owner, keeper,"
    " handed_over_on, handed_over_by)",
}
DEFAULTS = {"posting": ("", "", "bench", "2026-01-01")}


def build(server: Any, movements: int) -> Ledger:
    """The ledger of a county, by COPY past the triggers; its balances are what its entries sum to."""
    ledger = Ledger(movements)
    with within(SCOPE, by="bench"):
        lines = [
            FundLine(number=f"L{at:03}", place_code=COUNTY, year=2026, name=f"资金{at}",
                     fund_class="fiscal", department=f"部门{at % 12}")
            for at in range(LINES)
        ]  # fmt: skip
        line_ids = [one.pk for one in FundLine.objects.bulk_create(lines)]
        projects = [
            Project(number=f"P{at:05}", place_code=f"420527{101 + at % 12}{200 + at % 16}",
                    year=2026, name=f"项目{at}", cost_fen=10**9, performance_target="受益50户",
                    status="admitted")
            for at in range(PROJECTS)
        ]  # fmt: skip
        made = Project.objects.bulk_create(projects)
    part = ledger.claims * CLAIM_FEN + 10**6
    using = {
        one.pk: [line_ids[(at * 7 + step * 19) % LINES] for step in range(LINES_EACH)]
        for at, one in enumerate(made)
    }
    _announce(ledger, line_ids, using, part)
    for at, project in enumerate(made):
        _spend(ledger, project, using[project.pk], part, at)
    _copy(server, ledger)
    return ledger


def _announce(ledger: Ledger, line_ids: list[int], using: dict[int, list[int]], part: int) -> None:
    needs = dict.fromkeys(line_ids, 10**7)
    for lines in using.values():
        for line in lines:
            needs[line] += part
    for at, (line, fen) in enumerate(needs.items()):
        for half, of_it in enumerate((fen // 3, fen - fen // 3)):
            number = at * 2 + half + 1
            ledger.add("document", number, COUNTY, f"文〔2026〕{number}号", "", "", FIRST_DAY, "")
            legs = [(line, "source", None, -of_it), (line, "announced", None, of_it)]
            ledger.post("announce", legs, document=number)
        ledger.post("receive", [(line, "treasury", None, -fen), (line, "received", None, fen)])
    ledger.add("plan", 1, COUNTY, 2026, 1, "方案", "0" * 64, "posted", "a", "b", FIRST_DAY, "")
    legs = []
    for project, lines in using.items():
        for line in lines:
            ledger.add("item", 1, line, project, COUNTY, part)
            legs += [(line, "announced", None, -part), (line, "allocated", project, part)]
    ledger.post("allocate", legs, plan=1)


def _spend(ledger: Ledger, project: Project, lines: list[int], part: int, at: int) -> None:
    """Contracts, claims and payments of one project; every ninth claim waits for its payment."""
    whole = part * LINES_EACH
    each = whole // (CONTRACTS_EACH + 1)
    committed = split([Part(f"{line:06}", part) for line in lines], each * CONTRACTS_EACH)
    first = len(ledger.rows.get("contract", ())) + 1
    legs = [
        leg
        for line, fen in committed.items()
        for leg in (
            (int(line), "allocated", project.pk, -fen),
            (int(line), "committed", project.pk, fen),
        )
    ]
    posting = ledger.post("commit", legs)
    claimed = [0] * CONTRACTS_EACH
    taken: dict[int, int] = dict.fromkeys(lines, 0)
    for number in range(ledger.claims):
        which = number % CONTRACTS_EACH
        fen = min(CLAIM_FEN, each - claimed[which])
        claimed[which] += fen
        parts = [Part(f"{line:06}", committed[f"{line:06}"], taken[line]) for line in lines]
        shares = {int(line): given for line, given in split(parts, fen).items()}
        _claim(ledger, project.pk, first + which, fen, shares, paid=number % 9 != 8)
        for line, given in shares.items():
            taken[line] += given
    for which in range(CONTRACTS_EACH):
        payee = f"公司{(at * 3 + which) % 400}"
        ledger.add(
            "contract", first + which, COUNTY, f"合同{first + which}", project.pk, "contract",
            "施工", payee, "", FIRST_DAY, each, claimed[which], 0, posting + which * 10**8, "bench",
        )  # fmt: skip
    for name, value in (("路面", 3 * 10**8), ("水沟", 10**8)):
        ledger.add(
            "asset", project.pk, project.place_code, f"{name}{at}", "public", value, "一组",
            "村集体", "", FIRST_DAY, "bench",
        )  # fmt: skip


def _claim(
    ledger: Ledger, project: int, contract: int, fen: int, shares: dict[int, int], *, paid: bool
) -> None:
    claim = len(ledger.rows.get("claim", ())) + 1
    posting = ledger.post("claim", _moved(project, shares, "committed", "claimed"))
    ledger.add(
        "claim", claim, COUNTY, contract, "progress", fen, "", "checked", "a", FIRST_DAY, "b",
        FIRST_DAY, "", "{}", "", posting,
    )  # fmt: skip
    payment = None
    if paid:
        payment = len(ledger.rows.get("payment", ())) + 1
        legs = _moved(project, shares, "claimed", "paid")
        for line, given in shares.items():
            legs += [(line, "received", None, -given), (line, "disbursed", None, given)]
        posting = ledger.post("pay", legs)
        ledger.add("payment", payment, COUNTY, claim, "a", "b", "c", f"凭{payment}", fen, posting)
    for line, given in shares.items():
        ledger.add("share", COUNTY, claim, line, given, payment, 0)


def _moved(
    project: int, shares: dict[int, int], taken: str, given: str
) -> list[tuple[int, str, int | None, int]]:
    return [
        leg
        for line, fen in shares.items()
        for leg in ((line, taken, project, -fen), (line, given, project, fen))
    ]


def _copy(server: Any, ledger: Ledger) -> None:
    with server.connect(database="bench") as admin:
        admin.execute("set session_replication_role = replica")
        for table, columns in COLUMNS.items():
            with admin.cursor() as cursor, cursor.copy(f"copy {columns} from stdin") as rows:
                for row in ledger.rows.get(table, ()):
                    rows.write_row((*row, *DEFAULTS.get(table, ())))
        with (
            admin.cursor() as cursor,
            cursor.copy(
                "copy funds_balance (place_code, line_id, stage, project_id, amount) from stdin"
            ) as rows,
        ):
            for (line, stage, project), fen in ledger.balances.items():
                rows.write_row((COUNTY, line, stage, project, fen))
        admin.execute("analyze")


def samples(ledger: Ledger, number: int) -> Iterator[tuple[str, list[tuple[Kind, int]]]]:
    """What is traced, drawn with a seed: movements of every kind, and the things they are of."""
    draw = random.Random(1)
    by_kind: dict[str, list[int]] = {}
    for row in ledger.rows["posting"]:
        by_kind.setdefault(row[2], []).append(row[0])
    for kind, ids in by_kind.items():
        picked = draw.sample(ids, min(number, len(ids)))
        yield f"movement: {kind}", [(Kind.POSTING, one) for one in picked]
    for kind, table in (
        (Kind.CONTRACT, "contract"), (Kind.CLAIM, "claim"), (Kind.PAYMENT, "payment"),
        (Kind.DOCUMENT, "document"), (Kind.PAYEE, "contract"),
    ):  # fmt: skip
        ids = [row[0] for row in ledger.rows[table]]
        yield kind.value, [(kind, one) for one in draw.sample(ids, min(number, len(ids)))]


def timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - started)


def one(kind: Kind, key: int) -> None:
    """A trace as its page has it, both ways with all names, in a transaction of its own."""
    with within(SCOPE, by="bench"):
        trace = follow(found(kind, key))
        if not trace.strands:
            raise SystemExit(f"{kind} {key} leads nowhere")
        tiers(trace)
        steps(trace)


def main(movements: int, number: int) -> None:
    with books() as server:
        started = time.perf_counter()
        ledger = build(server, movements)
        made, picked = ledger.entries, list(samples(ledger, number))
        # The millions of rows it was made of are gone before anything is timed: no site holds them.
        del ledger
        gc.collect()
        say(what="built", movements=made, seconds=time.perf_counter() - started)
        for what, asked in picked:
            one(*asked[0])  # the first of a kind also fills caches
            spent = [timed(lambda kind=kind, key=key: one(kind, key)) for kind, key in asked]
            say(
                what=f"trace of a {what}", movements=made, traces=len(spent),
                slowest_ms=max(spent), median_ms=statistics.median(spent),
                mean_ms=statistics.fmean(spent),
            )  # fmt: skip


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 20,
    )
