"""Pages of moves between places and of duplicates."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bangfu.books.accounts.doors import page
from bangfu.books.accounts.queries import with_who
from bangfu.books.crossing import actions, queries
from bangfu.books.crossing.forms import AnswerForm, OfferForm, SettleForm
from bangfu.books.crossing.models import Duplicate, Finding, MoveOffer, OfferState
from bangfu.books.households.queries import the_household
from bangfu.books.places import queries as places_read
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Badge, Column, Kind, Table

PERSONS = {DataClass.PERSONS}
_STATES = {
    OfferState.OPEN: Badge(Text("待接收", "waiting"), "yellow"),
    OfferState.ACCEPTED: Badge(Text("已接收", "accepted"), "green"),
    OfferState.REFUSED: Badge(Text("已退回", "refused"), "red"),
    OfferState.WITHDRAWN: Badge(Text("已撤回", "withdrawn")),
}
_FINDINGS = {
    Finding.OPEN: Badge(Text("待核实", "to look into"), "yellow"),
    Finding.ONE_PERSON: Badge(Text("同一人", "one person"), "red"),
    Finding.TWO_PERSONS: Badge(Text("不是同一人", "two persons"), "green"),
}
OFFERS = (
    Column(
        "household",
        Text("户编号", "Household no."),
        lambda o: o.household_id,
        link=lambda o: address_of("move", o.pk),
    ),
    Column("from", Text("迁出村", "From"), lambda o: o.from_name, sort="from_place"),
    Column("to", Text("迁入村", "To"), lambda o: o.to_name, sort="to_place"),
    Column("on", Text("迁移日期", "Day"), lambda o: o.moved_on, Kind.DAY, sort="moved_on"),
    Column("state", Text("状态", "State"), lambda o: _STATES[OfferState(o.state)], sort="state"),
    Column("by", Text("提出人", "Offered by"), lambda o: o.who),
)
DUPLICATES = (
    Column(
        "a",
        Text("户编号", "Household"),
        lambda d: d.household_a,
        link=lambda d: address_of("duplicate", d.pk),
    ),
    Column("place_a", Text("所在村", "Village"), lambda d: d.a_name, sort="place_a"),
    Column("b", Text("另一户", "Other household"), lambda d: d.household_b),
    Column("place_b", Text("所在村", "Village"), lambda d: d.b_name, sort="place_b"),
    Column("found", Text("发现日期", "Found"), lambda d: d.found_at, Kind.DAY, sort="found_at"),
    Column(
        "state", Text("结果", "Finding"), lambda d: _FINDINGS[Finding(d.finding)], sort="finding"
    ),
)


@page(classes=PERSONS, purpose="moves")
def moves(request: HttpRequest) -> HttpResponse:
    """Households offered by my places or to them."""
    table = Table(
        request,
        OFFERS,
        queries.offers(),
        name="moves",
        title=Text("跨村迁移", "Moves between places"),
        order="-pk",
        decorate=_offered,
    )
    if table.wants_workbook:
        return table.workbook()
    return render(request, "crossing/moves.html", {"table": table})


@page(classes=PERSONS, purpose="moves", form=True)
def offer(request: HttpRequest, household_no: str) -> HttpResponse:
    """Offer a household to another village."""
    household = the_household(household_no)
    form = OfferForm(request.POST or None, reach=request.scope.places)
    if request.method == "POST":
        made = form.carry_out(
            lambda data: actions.offer_move(
                by=request.actor.username, household=household, today=request.today, **data
            )
        )
        if made is not None:
            return redirect("move", made.pk)
    return page_with(request, "crossing/offer.html", form=form, household=household)


@page(classes=PERSONS, purpose="moves")
def move(request: HttpRequest, offer_id: int) -> HttpResponse:
    """One offer: what is asked, and its answer (accept, refuse or withdraw)."""
    found = MoveOffer.objects.filter(pk=offer_id).first()
    if found is None:
        raise NotFoundError(actions.NO_OFFER)
    by, held = request.actor.username, request.scope.places
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        wanted = request.POST.get("answer", "")
        if wanted == "accept":
            actions.accept_move(by=by, offer_id=offer_id)
            return redirect("move", offer_id)
        verb = actions.withdraw_move if wanted == "withdraw" else actions.refuse_move
        closed = form.carry_out(
            lambda data: (
                verb(by=by, offer_id=offer_id, reason=data["reason"], now=request.now, held=held)
                or True
            )
        )
        if closed:
            return redirect("move", offer_id)
    _named("from_place", "to_place")([found])
    return page_with(
        request,
        "crossing/move.html",
        form=form,
        offer=found,
        state=_STATES[OfferState(found.state)],
        open=found.state == OfferState.OPEN,
        receives=any(places.contains(place, found.to_place) for place in held),
        offers=any(places.contains(place, found.from_place) for place in held),
    )


@page(classes=PERSONS, purpose="duplicates")
def duplicates(request: HttpRequest) -> HttpResponse:
    """Persons registered in two of my places."""
    table = Table(
        request,
        DUPLICATES,
        queries.duplicates(),
        name="duplicates",
        title=Text("跨地重复登记", "Registered in two places"),
        order="-pk",
        decorate=_named("place_a", "place_b"),
    )
    if table.wants_workbook:
        return table.workbook()
    return render(request, "crossing/duplicates.html", {"table": table})


@page(classes=PERSONS, purpose="duplicates")
def duplicate(request: HttpRequest, duplicate_id: int) -> HttpResponse:
    """One duplicate: the two households, and what was found."""
    found = Duplicate.objects.filter(pk=duplicate_id).first()
    if found is None:
        raise NotFoundError(actions.NO_DUPLICATE)
    form = SettleForm(request.POST or None)
    if request.method == "POST":
        settled = form.carry_out(
            lambda data: (
                actions.settle_duplicate(
                    by=request.actor.username,
                    duplicate_id=duplicate_id,
                    finding=Finding(data["finding"]),
                    note=data["note"],
                    now=request.now,
                )
                or True
            )
        )
        if settled:
            return redirect("duplicates")
    _named("place_a", "place_b")([found])
    return page_with(
        request,
        "crossing/duplicate.html",
        form=form,
        duplicate=found,
        finding=_FINDINGS[Finding(found.finding)],
        open=found.finding == Finding.OPEN,
    )


def _offered(offers: list[MoveOffer]) -> list[MoveOffer]:
    """Give offers the names of their places and of who made them."""
    return with_who(lambda offer: offer.offered_by)(_named("from_place", "to_place")(offers))


def _named(*fields: str):  # type: ignore[no-untyped-def]
    """Give rows the names of their places: `from_place` → `from_name`, `place_a` → `a_name`."""

    def decorate(rows: list) -> list:  # type: ignore[type-arg]
        names = places_read.names({getattr(row, field) for row in rows for field in fields})
        for row in rows:
            for field in fields:
                code = getattr(row, field)
                short = field.replace("_place", "").replace("place_", "")
                setattr(row, f"{short}_name", names.get(code, code))
        return rows

    return decorate
