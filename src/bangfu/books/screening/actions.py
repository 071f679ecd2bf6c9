"""Verbs of screening: rosters come in, a snapshot is registered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import polars as pl
from django.db import transaction

from bangfu.books.journal import actions as journal
from bangfu.books.screening.models import RosterEntry, Snapshot
from bangfu.books.walls import bulk
from bangfu.core.screening.rosters import VALUES
from bangfu.core.sheets.assemble import ROW

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
