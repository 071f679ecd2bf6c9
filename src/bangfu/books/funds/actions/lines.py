"""Movements of a line: papers, promises, quota, cash, and what goes back or over into the next year.

Each movement is one call of the database, which writes the posting and the journal or neither.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from bangfu.books.funds.booking import post
from bangfu.books.funds.models import Balance, Document
from bangfu.books.journal import actions as journal
from bangfu.core.errors import ConflictError, InputError
from bangfu.core.language import Text
from bangfu.core.ledger.postings import Entry as Leg
from bangfu.core.ledger.postings import move
from bangfu.core.ledger.stages import Kind, Stage


@transaction.atomic
def record_document(
    *,
    by: str,
    place_code: str,
    number: str,
    issued_on: date,
    title: str = "",
    issuer: str = "",
    content_hash: str = "",
) -> Document:
    """The document of this number, recorded now or before.

    ConflictError when one of this number says something else: a recorded paper is not edited.
    """
    terms = {
        "issued_on": issued_on,
        "title": title,
        "issuer": issuer,
        "content_hash": content_hash,
    }
    known = Document.objects.filter(place_code=place_code, number=number).first()
    if known is not None:
        if any(getattr(known, name) != value for name, value in terms.items()):
            raise ConflictError(
                Text(
                    f"文号 {number} 已登记为另一份文件（{known.issued_on} {known.title}）。",
                    f"Document {number} is recorded already as another paper "
                    f"({known.issued_on} {known.title}).",
                )
            )
        return known
    document = Document.objects.create(place_code=place_code, number=number, **terms)
    journal.write(
        by=by, place_code=place_code, verb="funds.record_document", subject=f"document {number}"
    )
    return document


def pledge(
    *,
    by: str,
    place_code: str,
    line: str,
    fen: int,
    day: date,
    document: Document | None = None,
    key: str = "",
    memo: str = "",
) -> int:
    """Record that `fen` are promised to a line (预约). Shown, and not spendable. Gives the number."""
    entries = move(line, Stage.SOURCE, Stage.PLEDGED, fen)
    return post(
        by=by,
        place_code=place_code,
        kind=Kind.PLEDGE,
        day=day,
        entries=entries,
        document=document,
        key=key,
        memo=memo,
        verb="funds.pledge",
        after={line: fen},
    )


def announce(
    *,
    by: str,
    place_code: str,
    line: str,
    fen: int,
    day: date,
    document: Document | None = None,
    redeems_fen: int | None = None,
    key: str = "",
    memo: str = "",
) -> int:
    """Record that quota came down to a line (指标下达). Gives the posting's number.

    `redeems_fen` of it were pledged before; unsaid, as much as stands pledged on the line.
    """
    if redeems_fen is None:
        account = Balance.objects.filter(
            place_code=place_code, line__number=line, stage=Stage.PLEDGED.value
        )
        redeems_fen = min(fen, account.values_list("amount", flat=True).first() or 0)
    if not 0 <= redeems_fen <= fen:
        raise InputError(
            Text(
                "兑现的预约不能为负，也不能超过下达的指标。",
                "What is redeemed is not negative and at most what is announced.",
            )
        )
    entries = move(line, Stage.PLEDGED, Stage.ANNOUNCED, redeems_fen) if redeems_fen else []
    if fen > redeems_fen or not entries:
        entries += move(line, Stage.SOURCE, Stage.ANNOUNCED, fen - redeems_fen)
    return post(
        by=by,
        place_code=place_code,
        kind=Kind.ANNOUNCE,
        day=day,
        entries=entries,
        document=document,
        key=key,
        memo=memo,
        verb="funds.announce",
        after={line: fen},
    )


def receive(
    *,
    by: str,
    place_code: str,
    line: str,
    fen: int,
    day: date,
    document: Document | None = None,
    key: str = "",
    memo: str = "",
) -> int:
    """Record that cash of a line arrived (到位). Quota is not touched. Gives the posting's number."""
    entries = move(line, Stage.TREASURY, Stage.RECEIVED, fen)
    return post(
        by=by,
        place_code=place_code,
        kind=Kind.RECEIVE,
        day=day,
        entries=entries,
        document=document,
        key=key,
        memo=memo,
        verb="funds.receive",
        after={line: fen},
    )


def restore(
    *,
    by: str,
    place_code: str,
    line: str,
    project: str,
    fen: int,
    day: date,
    document: Document | None = None,
    key: str = "",
    memo: str = "",
) -> int:
    """Make money that was recovered from a project free again on its line. Gives the number."""
    entries = [
        Leg(line, Stage.RECOVERED, project, -fen),
        Leg(line, Stage.ANNOUNCED, "", fen),
    ]
    return post(
        by=by,
        place_code=place_code,
        kind=Kind.RESTORE,
        day=day,
        entries=entries,
        document=document,
        key=key,
        memo=memo,
        verb="funds.restore",
        after={line: fen},
    )


def carry_over(
    *,
    by: str,
    place_code: str,
    line: str,
    fen: int,
    day: date,
    document: Document | None = None,
    key: str = "",
    memo: str = "",
) -> int:
    """Carry quota that nobody planned with over into the next year (结转). Gives the number.

    It is not spendable until it is brought in.
    """
    return post(
        by=by,
        place_code=place_code,
        kind=Kind.CARRY_OVER,
        day=day,
        entries=move(line, Stage.ANNOUNCED, Stage.CARRIED_OVER, fen),
        document=document,
        key=key,
        memo=memo,
        verb="funds.carry_over",
        after={line: fen},
    )


def bring_in(
    *,
    by: str,
    place_code: str,
    line: str,
    fen: int,
    day: date,
    document: Document | None = None,
    key: str = "",
    memo: str = "",
) -> int:
    """Make carried-over quota spendable again (结转使用). Gives the number."""
    return post(
        by=by,
        place_code=place_code,
        kind=Kind.BRING_IN,
        day=day,
        entries=move(line, Stage.CARRIED_OVER, Stage.ANNOUNCED, fen),
        document=document,
        key=key,
        memo=memo,
        verb="funds.bring_in",
        after={line: fen},
    )


def take_back(
    *,
    by: str,
    place_code: str,
    line: str,
    day: date,
    fen: int = 0,
    carried_fen: int = 0,
    cash_fen: int = 0,
    document: Document | None = None,
    key: str = "",
    memo: str = "",
) -> int:
    """Record that whoever gave took quota back (收回): `fen` of what is free, `carried_fen` of what was
    carried over, and `cash_fen` of cash sent up with it. Gives the number.
    """
    entries: list[Leg] = []
    for stage, amount in ((Stage.ANNOUNCED, fen), (Stage.CARRIED_OVER, carried_fen)):
        if amount:
            entries += move(line, stage, Stage.TAKEN_BACK, amount)
    if cash_fen:
        entries += move(line, Stage.RECEIVED, Stage.RETURNED, cash_fen)
    return post(
        by=by,
        place_code=place_code,
        kind=Kind.TAKE_BACK,
        day=day,
        entries=entries,
        document=document,
        key=key,
        memo=memo,
        verb="funds.take_back",
        after={line: fen + carried_fen},
    )
