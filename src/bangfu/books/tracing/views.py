"""Pages that follow the yuan: the search, a thing with both ways of its money, everyone's merit."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bangfu.books.accounts.doors import page
from bangfu.books.funds.people import READERS
from bangfu.books.tracing import exporters, schemes
from bangfu.books.tracing.merits import MEASURES, VALUE, merits, merits_of, sheet
from bangfu.books.tracing.naming import KINDS, STANDINGS, TIERS, address, beneath, called, own_page
from bangfu.books.tracing.queries import NO_THING, Kind, Thing, Trace, follow, found
from bangfu.books.tracing.searching import LISTED, search
from bangfu.books.tracing.showing import drawing, steps, tiers
from bangfu.books.tracing.standings import Grain
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.ledger.stages import Stage
from bangfu.web import speech
from bangfu.web.tables import PER_PAGE, workbook_response

# The money is needed; who may also see persons sees which households it reached.
CLASSES = (DataClass.MONEY, DataClass.PERSONS)
QUESTION = Text("钱从哪里来，到哪里去？", "Where does the money come from, and where does it go?")


@page(either=CLASSES, purpose="follow the yuan", roles=READERS, writes=False)
def search_page(request: HttpRequest) -> HttpResponse:
    """Find what to follow; the one thing that fits is shown at once."""
    text = request.GET.get("q", "").strip()
    met = search(text)
    if len(met) == 1:
        return redirect(address(met[0].kind, met[0].key))
    rows = [
        (
            KINDS[thing.kind],
            beneath(thing.kind, thing.number, thing.name),
            address(thing.kind, thing.key),
        )
        for thing in met
    ]
    return render(request, "tracing/search.html", {"text": text, "rows": rows, "listed": LISTED})


@page(either=CLASSES, purpose="follow the yuan", roles=READERS)
def thing_page(request: HttpRequest, kind: str, key: int) -> HttpResponse:
    """Both ways of a thing's money: drawn, and tier by tier; one whole tier, or one stage, when asked."""
    if kind not in set(Kind):
        raise NotFoundError(NO_THING)
    thing = found(Kind(kind), key)
    if thing.kind.value != kind:
        return redirect(address(thing.kind, thing.key))
    return _both_ways(request, thing)


@page(classes=CLASSES, purpose="follow the yuan", roles=READERS)
def household_page(request: HttpRequest, household_no: str) -> HttpResponse:
    """Both ways of what was paid to a household, for who may see the money and the persons."""
    thing = found(Kind.HOUSEHOLD, household_no)
    if thing.key != household_no:  # it joined another, which answers for it
        return redirect(address(thing.kind, thing.key))
    return _both_ways(request, thing)


def _both_ways(request: HttpRequest, thing: Thing) -> HttpResponse:
    trace = follow(thing)
    stage = request.GET.get("stage", "")
    if stage in set(Stage):
        trace = _standing(trace, Stage(stage))
    if request.GET.get("as") == "xlsx":
        name = f"trace-{thing.kind.value}-{thing.key}"
        return workbook_response(name, exporters.sheets(trace, speech.current()))
    layer = request.GET.get("layer", "")
    title = called(thing.kind, thing.number, thing.name)
    context = {
        "thing": thing,
        "kind": KINDS[thing.kind],
        "title": title,
        "trace": trace,
        "own": own_page(thing.kind, thing.key),
        "stage": STANDINGS[Stage(stage)] if stage in set(Stage) else None,
        "coarse": trace.grain is not Grain.CLAIM,
    }
    if layer in TIERS:
        at = _page(request.GET.get("page", ""))
        listed = tiers(trace, only=layer, first=(at - 1) * PER_PAGE, most=PER_PAGE)
        tier = next(iter(listed), None)
        left = tier is not None and tier.count > at * PER_PAGE
        more = {"tier": tier, "at": at, "before": at - 1, "after": at + 1 if left else 0}
        return render(request, "tracing/tier.html", context | more)
    flow = steps(trace)
    shown = {
        "tiers": tiers(trace),
        "steps": flow,
        "chart": drawing(flow, QUESTION) if flow else None,
        "question": QUESTION,
    }
    return render(request, "tracing/thing.html", context | shown)


def _standing(trace: Trace, stage: Stage) -> Trace:
    return replace(trace, strands=[each for each in trace.strands if each.stage is stage])


def _page(written: str) -> int:
    known = written.isascii() and written.isdigit() and len(written) < 10
    return max(1, int(written)) if known else 1


@page(either=CLASSES, purpose="everyone's merit", roles=READERS, writes=False)
def merits_page(request: HttpRequest) -> HttpResponse:
    """What each department's money achieved, nothing counted twice; or one department's, by project."""
    department = request.GET.get("of")
    rows, targets = merits() if department is None else merits_of(department)
    if department is not None and not rows:
        raise NotFoundError(NO_THING)
    outcomes = schemes.outcomes() if department is None else []
    if request.GET.get("as") == "xlsx":
        sheets = [sheet(rows, targets, speech.current())]
        if outcomes:
            sheets.append(schemes.sheet(outcomes, speech.current()))
        return workbook_response("merits", sheets)
    context = {
        "rows": rows,
        "outcomes": outcomes,
        "targets": targets,
        "measures": MEASURES,
        "department": department,
        "value": VALUE,
    }
    return render(request, "tracing/merits.html", context)
