"""Verbs on samples: who is drawn, for which assessor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import IntegrityError, transaction

from bangfu.books.accounts.models import Grant, Sample, SampleHousehold
from bangfu.books.journal import actions as journal
from bangfu.core import places
from bangfu.core.errors import ConflictError, InputError, Problem
from bangfu.core.language import Text

# The purpose under which the database shows who was drawn (accounts/migrations/0004_policies.py).
PURPOSE = "samples"


@transaction.atomic
def assign_sample(
    *,
    by: str,
    place_code: str,
    name: str,
    assessor: str,
    households: Sequence[tuple[str, str]],
    valid_from: date,
    valid_to: date | None = None,
    drawn: Mapping[str, object] | None = None,
) -> Sample:
    """Give the assessor the households drawn at a place, as (number, village code) pairs. `drawn` says
    how, for the journal: seed, frame, and of how many.

    Runs in a scope of the purpose `PURPOSE`. InputError for households outside the place, or an account
    that is no assessor there; ConflictError when the name is taken or a household is not in the books.
    """
    problems = [
        Problem("valid_to", Text("要晚于开始的日期。", "It must lie after the first day."))
        for end in (valid_to,)
        if end is not None and end <= valid_from
    ]
    problems += [
        Problem(number, Text("不在抽样的地方。", "Not in the place of the sample."), village)
        for number, village in households
        if not places.contains(place_code, village)
    ]
    held = Grant.objects.filter(operator_id=assessor, role_id="assessor")
    if not any(places.contains(grant.place_code, place_code) for grant in held):
        problems.append(
            Problem(
                "assessor",
                Text("这个账号在这里不是考核评估人员。", "This account is no assessor here."),
                assessor,
            )
        )
    if problems or not households:
        raise InputError(Text("样本不能指派。", "The sample cannot be assigned."), problems)
    try:
        with transaction.atomic():
            sample = Sample.objects.create(
                place_code=place_code,
                name=name,
                assessor_id=assessor,
                valid_from=valid_from,
                valid_to=valid_to,
            )
            SampleHousehold.objects.bulk_create(
                SampleHousehold(sample=sample, place_code=village, household_no=number)
                for number, village in households
            )
    except IntegrityError as fault:
        raise ConflictError(
            Text(
                "同名样本已存在，或有的户不在账本里。",
                "A sample of this name exists, or a household is not in the books.",
            )
        ) from fault
    journal.write(
        by=by,
        place_code=place_code,
        verb="accounts.assign_sample",
        subject=f"sample {name}",
        after={"assessor": assessor, "households": len(households), **(drawn or {})},
    )
    return sample


@transaction.atomic
def end_sample(*, by: str, sample: Sample, on: date, reason: str) -> None:
    """Close a sample: from `on` its assessor sees none of it. ConflictError when it has ended, or on its
    first day."""
    if on <= sample.valid_from or (sample.valid_to is not None and sample.valid_to <= on):
        raise ConflictError(
            Text(
                "样本当天才开始，或者已经结束，不能在这一天结束。",
                "The sample begins on that day, or has ended already.",
            )
        )
    Sample.objects.filter(pk=sample.pk).update(valid_to=on)
    journal.write(
        by=by,
        place_code=sample.place_code,
        verb="accounts.end_sample",
        subject=f"sample {sample.name}",
        reason=reason,
        after={"on": on.isoformat()},
    )
