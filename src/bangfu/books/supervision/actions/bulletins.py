"""Draft the half-year bulletin from the books, mend it, issue it."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.journal import actions as journal
from bangfu.books.supervision import people
from bangfu.books.supervision.actions.plans import filled
from bangfu.books.supervision.models import Bulletin
from bangfu.books.supervision.queries.bulletins import NO_SUCH_BULLETIN, figures
from bangfu.core.errors import ConflictError, NotFoundError
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.supervision import bulletin as words


@transaction.atomic
def draft_bulletin(
    *, by: Actor, county: str, year: int, half: int, policy: Policy, today: date
) -> Bulletin:
    """Draft the bulletin of half a year, or draft it anew while it is not issued.

    What was mended by hand is then lost; its history keeps it. ConflictError once it is issued.
    """
    people.require(by, "plan", place=county, policy=policy, on=today)
    told = figures(county, year, half, on=today)
    here = {"place_code": county, "year": year, "half": half}
    held = Bulletin.objects.select_for_update().filter(**here).first() or Bulletin(**here)
    _not_issued(held)
    held.title, held.body = words.title(told), words.draft(told, today)
    held.drafted_on = today
    held.save()
    _write(by, held, "supervision.draft_bulletin", {"year": year, "half": half})
    return held


@transaction.atomic
def edit_bulletin(
    *, by: Actor, bulletin: Bulletin, title: str, body: str, policy: Policy, today: date
) -> Bulletin:
    """Mend the words of a draft. ConflictError once it is issued."""
    held = _locked(bulletin)
    people.require(by, "plan", place=held.place_code, policy=policy, on=today)
    filled(title=title, body=body)
    held.title, held.body = title.strip(), body.replace("\r\n", "\n").strip()
    held.save()
    _write(by, held, "supervision.edit_bulletin", {})
    return held


@transaction.atomic
def issue_bulletin(
    *, by: Actor, bulletin: Bulletin, number: str, policy: Policy, today: date
) -> Bulletin:
    """Issue a bulletin under its number; it does not change afterwards."""
    held = _locked(bulletin)
    people.require(by, "close", place=held.place_code, policy=policy, on=today)
    filled(number=number)
    held.number, held.issued_on, held.issued_by = number.strip(), today, by.username
    held.save()
    _write(by, held, "supervision.issue_bulletin", {"number": held.number})
    return held


def _locked(bulletin: Bulletin) -> Bulletin:
    held = Bulletin.objects.select_for_update().filter(pk=bulletin.pk).first()
    if held is None:
        raise NotFoundError(NO_SUCH_BULLETIN)
    _not_issued(held)
    return held


def _not_issued(held: Bulletin) -> None:
    if held.issued_on is not None:
        raise ConflictError(
            Text(
                f"通报已于 {held.issued_on} 签发（{held.number}），不能再改。",
                f"The bulletin was issued on {held.issued_on} ({held.number}); it stays as it is.",
            )
        )


def _write(by: Actor, held: Bulletin, verb: str, after: dict[str, object]) -> None:
    journal.write(
        by=by.username,
        place_code=held.place_code,
        verb=verb,
        subject=f"bulletin {held.year}-{held.half}",
        after=after,
    )
