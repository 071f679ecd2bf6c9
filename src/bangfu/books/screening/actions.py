"""Verbs of screening: rosters come in, a snapshot is registered, books are screened, findings dismissed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

import polars as pl
from django.db import connection, transaction
from django.db.models import F, Q

from bangfu.books.jobs import actions as jobs
from bangfu.books.jobs.models import ENDED, Task
from bangfu.books.journal import actions as journal
from bangfu.books.places.queries import former_codes
from bangfu.books.screening.live import KEY, SCHEMA, screen_live
from bangfu.books.screening.models import Dismissal, Finding, RosterEntry, Run, Snapshot
from bangfu.books.walls import bulk
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import ConflictError, InputError, NotFoundError, Problem, UsageError
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.screening.rosters import VALUES
from bangfu.core.sheets.assemble import ROW
from bangfu.engines.scope import Scope

RUN = "screening.run"
NOT_HERE = Text(
    "没有这条排查结果，或者它不在您的范围内。", "There is no such finding, or it is not yours."
)
_A_COUNTY = Text(
    "排查以县为单位：比对跨村重复、部门名单都要看全县。请选县级地方。",
    "A screening covers a county: duplicates across villages and rosters need all of it. Name a county.",
)
_UNDER_WAY = Text("这个县正在排查，请等它结束。", "This county is being screened; let it end.")
_COLUMNS = ("place_code", "roster", "line_no", "certificate_token", "amount", "kind", "day")


@transaction.atomic
def import_rosters(
    *,
    by: str,
    place_code: str,
    rosters: Mapping[str, pl.DataFrame],
    source: str,
    dry_run: bool = False,
) -> dict[str, bulk.Change]:
    """Replace the place's rosters of the given kinds by these; equal lines are left untouched.

    A frame has `_row`, `certificate_token` and the roster's own columns. Lines that a newer roster no
    longer has are removed (the history keeps them): a roster is the department's whole list.
    """
    changes: dict[str, bulk.Change] = {}
    for roster, frame in rosters.items():
        staged = bulk.Staged(
            RosterEntry._meta.db_table,
            ("place_code", "roster", "line_no"),
            _COLUMNS,
            't."place_code" = %s and t."roster" = %s',
            (place_code, roster),
        )
        bulk.stage(staged, as_entries(roster, frame, place_code))
        change = staged.compare()
        if not dry_run:
            staged.write(change)
            # Lines are numbered from 1 in the order of the sheet: a shorter list leaves a tail.
            RosterEntry.objects.filter(
                place_code=place_code, roster=roster, line_no__gt=frame.height
            ).delete()
        staged.drop()
        changes[roster] = change
    if not dry_run and any(c.added or c.changed or c.absent for c in changes.values()):
        journal.write(
            by=by,
            place_code=place_code,
            verb="screening.import_rosters",
            subject=f"rosters {source}",
            after={name: [c.added, c.changed, c.absent] for name, c in changes.items()},
        )
    return changes


def as_entries(roster: str, frame: pl.DataFrame, place_code: str) -> pl.DataFrame:
    """A department's roster in the one form that all rosters are kept in."""
    values = {target: name for name, target in VALUES[roster].items()}
    types = {"amount": pl.Int64, "kind": pl.String, "day": pl.Date}
    listed = frame.filter(pl.col("certificate_token").is_not_null()).sort(ROW)
    return listed.select(
        pl.lit(place_code).alias("place_code"),
        pl.lit(roster).alias("roster"),
        (pl.int_range(pl.len()) + 1).cast(pl.Int32).alias("line_no"),
        "certificate_token",
        *(
            pl.col(values[name]).cast(kind).alias(name)
            if values.get(name) in frame.columns
            else pl.lit(None, kind).alias(name)
            for name, kind in types.items()
        ),
    )


@transaction.atomic
def register_snapshot(
    *,
    by: str,
    place_code: str,
    month: int,
    digest: str,
    households: int,
    persons: int,
    made_at: datetime,
) -> Snapshot:
    """Record that a snapshot was made. The same snapshot made again is the one already recorded."""
    snapshot, new = Snapshot.objects.get_or_create(
        place_code=place_code,
        month=month,
        digest=digest,
        defaults={"households": households, "persons": persons, "made_at": made_at, "made_by": by},
    )
    if new:
        journal.write(
            by=by,
            place_code=place_code,
            verb="screening.register_snapshot",
            subject=f"snapshot {month}",
            after={"digest": digest, "households": households, "persons": persons},
        )
    return snapshot


@transaction.atomic
def request_run(*, by: str, place_code: str, now: datetime) -> Task:
    """Have a county's live books screened in the background.

    UsageError for what is no county, ConflictError while one is under way, ForbiddenError without a
    role that may write there.
    """
    _must_be_county(place_code)
    waiting = Task.objects.filter(kind=RUN, place_code=place_code).exclude(state__in=ENDED)
    if waiting.exists():
        raise ConflictError(_UNDER_WAY)
    return jobs.request(
        by=by,
        kind=RUN,
        place_code=place_code,
        arguments={},
        purpose="screening",
        classes=[DataClass.PERSONS],
        now=now,
    )


@transaction.atomic
def run_screening(*, by: str, place_code: str, policy: Policy, on: date, now: datetime) -> Run:
    """Screen the live books of a county as of a day and keep what is found.

    Findings that are new are added, those still there are left untouched unless their values changed,
    and those no longer there are gone from `on`. A dismissal ends when the values it was given for
    have changed.
    """
    _must_be_county(place_code)
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtext('screening.run'), hashtext(%s))", [place_code]
        )
    codes = (place_code, *former_codes(place_code))
    found = screen_live(policy, on, place_code=place_code, scope=Scope.of(codes))
    change, gone = _keep(found.frame, codes, on)
    lapsed = Dismissal.objects.filter(_inside(codes), ended_at__isnull=True)
    lapsed.exclude(values=F("finding__values")).update(ended_at=now, ended_by=by)
    run = Run.objects.create(
        place_code=place_code,
        on=on,
        year=found.year,
        ran_at=now,
        ran_by=by,
        households=found.households,
        found=found.frame.height,
        added=change.added,
        changed=change.changed,
        gone=gone,
    )
    journal.write(
        by=by,
        place_code=place_code,
        verb=RUN,
        subject=f"screening run {run.pk}",
        after={"found": run.found, "added": run.added, "changed": run.changed, "gone": gone},
    )
    return run


@transaction.atomic
def dismiss(*, by: str, finding_id: int, reason: str, now: datetime) -> Dismissal:
    """Say why a finding needs nothing. It holds while the finding's values stay as they are.

    InputError without a reason, NotFoundError, ConflictError when it is dismissed already or gone.
    """
    if not reason.strip():
        told = Text("请写明理由。", "Give the reason.")
        raise InputError(told, [Problem("reason", told)])
    finding = _held(finding_id)
    if finding.gone_on is not None:
        raise ConflictError(
            Text("最近一次排查已没有这条结果。", "The latest screening no longer finds this.")
        )
    if finding.dismissals.filter(ended_at__isnull=True).exists():
        raise ConflictError(Text("这条结果已经排除。", "This finding is dismissed already."))
    made = Dismissal.objects.create(
        place_code=finding.place_code,
        finding=finding,
        values=finding.values,
        reason=reason.strip(),
        dismissed_by=by,
        dismissed_at=now,
    )
    _note(by, finding, "screening.dismiss", made.reason)
    return made


@transaction.atomic
def restore(*, by: str, finding_id: int, now: datetime) -> Finding:
    """Take a dismissal back. NotFoundError, ConflictError when the finding is not dismissed."""
    finding = _held(finding_id)
    ended = finding.dismissals.filter(ended_at__isnull=True).update(ended_at=now, ended_by=by)
    if not ended:
        raise ConflictError(Text("这条结果没有被排除。", "This finding is not dismissed."))
    _note(by, finding, "screening.restore")
    return finding


def _must_be_county(place_code: str) -> None:
    if places.level(place_code) is not places.Level.COUNTY:
        raise UsageError(_A_COUNTY)


def _inside(codes: Iterable[str]) -> Q:
    """Rows of the places."""
    ranges = (places.code_range(code) for code in codes)
    parts = [Q(place_code__gte=low, place_code__lt=high) for low, high in ranges]
    return Q(*parts, _connector=Q.OR)


def _held(finding_id: int) -> Finding:
    """The finding, held against two acts at once."""
    finding = Finding.objects.select_for_update().filter(pk=finding_id).first()
    if finding is None:
        raise NotFoundError(NOT_HERE)
    return finding


def _note(by: str, finding: Finding, verb: str, reason: str = "") -> None:
    journal.write(
        by=by,
        place_code=finding.place_code,
        verb=verb,
        subject=f"finding {finding.pk}",
        reason=reason,
        after={"rule": finding.rule},
    )


def _keep(frame: pl.DataFrame, codes: Iterable[str], on: date) -> tuple[bulk.Change, int]:
    """Write what was found; what was added and changed, and how many findings are gone."""
    types = {**SCHEMA, "number": pl.Int32}
    schema = {
        "id": pl.Int64,
        **{k: types[k] for k in KEY},
        "first_seen": pl.Date,
        "gone_on": pl.Date,
    }
    ranges = [places.code_range(code) for code in codes]
    held = bulk.read(
        f"select {', '.join(schema)} from screening_finding where "
        + " or ".join("place_code >= %s and place_code < %s" for _ in ranges),
        schema,
        [end for pair in ranges for end in pair],
    )
    gone = held.filter(pl.col("gone_on").is_null()).join(frame, on=KEY, how="anti")["id"]
    for part in gone.to_frame().iter_slices(bulk.ROWS_A_CHUNK):
        Finding.objects.filter(pk__in=part["id"].to_list()).update(gone_on=on)
    rows = frame.join(held.select(*KEY, "first_seen"), on=KEY, how="left").with_columns(
        pl.col("first_seen").fill_null(on), gone_on=pl.lit(None, pl.Date)
    )
    # What is absent was counted above, so the stage speaks of no row of the books but its own.
    staged = bulk.Staged(Finding._meta.db_table, KEY, tuple(rows.columns), "false")
    bulk.stage(staged, rows)
    change = staged.compare()
    staged.write(change)
    staged.drop()
    return change, len(gone)
