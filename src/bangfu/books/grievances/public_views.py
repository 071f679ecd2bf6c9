"""Pages of grievances without log-in: file one, ask what became of it, appeal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache

from bangfu.books.grievances import door
from bangfu.books.grievances.deadlines import until
from bangfu.books.grievances.door import Outcome
from bangfu.books.grievances.forms import AppealForm, PublicForm, ReceiptForm
from bangfu.books.notices.public_door import public_page, source_of
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.sheets.locate import short_name
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.forms import page_with
from bangfu.web.speech import say

_NO_PLACE = Text("没有这个地方。", "There is no such place.")
_REFUSED = {
    Outcome.UNKNOWN: _NO_PLACE,
    Outcome.TOO_MANY: Text(
        "提交得太多了，没有收下。请过一小时再试，或者到县信访窗口反映。",
        "Too many were sent, so this one was not taken. Try again in an hour, or go to the county's office.",
    ),
    Outcome.CLOSED: Text(
        "现在不能申请复查：还没有答复、已过期限或者已经申请过。",
        "It cannot be appealed now: not answered yet, too late, or appealed already.",
    ),
}
_NO_RECEIPT = Text(
    "编号和查询码对不上。请对照回执再看一遍。",
    "Number and code do not fit together. Compare them with your receipt.",
)
STATES = {
    "received": Text(
        "已收到，正在决定是否受理", "received; it is being decided whether it is taken up"
    ),
    "refused": Text("不予受理", "not taken up"),
    "accepted": Text("已受理，正在办理", "taken up and being looked into"),
    "answered": Text("已答复", "answered"),
    "appealed": Text("复查中", "being looked at again after your appeal"),
    "settled": Text("已复查", "decided on appeal"),
}


@public_page
def begin(request: HttpRequest) -> HttpResponse:
    """The counties; a single one opens at once."""
    counties = door.counties()
    if len(counties) == 1:
        return redirect(_to(request, "grievance-new", counties[0][0]))
    return render(request, "grievances/public/counties.html", {"counties": counties})


@never_cache
@public_page
def new(request: HttpRequest, county: str) -> HttpResponse:
    """The form. What is sent comes back as the receipt, on the same page and in no address."""
    known = door.places_of(county) if _is_county(county) else []
    if not known:
        raise NotFoundError(_NO_PLACE)
    given = request.POST if request.method == "POST" else None
    form = PublicForm(given, spots=spots(known), initial={"submission": get_random_string(32)})
    if given is not None and form.is_valid():
        data = dict(form.cleaned_data)
        submission = data["submission"]
        policy = policy_in_force()
        due_on = until(policy, "triage", place=county, start=request.today)
        filed = door.file(
            place=data.pop("about_place"), source=source_of(request), due_on=due_on, **data
        )
        if filed.outcome is Outcome.FILED:
            secret = door.secret_of(submission)
            context = {"filed": filed, "secret": secret, "due_on": due_on}
            return render(request, "grievances/public/receipt.html", context)
        form.add_error(None, say(_REFUSED[filed.outcome]))
    return page_with(request, "grievances/public/new.html", form=form, county=known[0][1])


def spots(known: list[tuple[str, str]]) -> list[tuple[str, object]]:
    """The places of a county as choices: the county itself, then each township with its villages."""
    choices: list[tuple[str, object]] = []
    groups: dict[str, list[tuple[str, str]]] = {}
    names = dict(known)
    for code, name in known:
        level = places.level(code)
        if level is places.Level.COUNTY:
            choices.append((code, name))
        else:
            township = places.ancestor(code, places.Level.TOWNSHIP)
            groups.setdefault(township, []).append((code, short_name(name)))
    return [*choices, *((names.get(code, code), inside) for code, inside in groups.items())]


@never_cache
@public_page
def answer(request: HttpRequest) -> HttpResponse:
    """What became of a grievance, by number and secret. They are sent, and so in no address or log."""
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    standing = None
    if form.is_bound and form.is_valid():
        standing = door.ask(**form.cleaned_data)
        if standing is None:
            form.add_error(None, say(_NO_RECEIPT))
    may_appeal = (
        standing is not None
        and standing.state == "answered"
        and standing.appeal_until is not None
        and request.today <= standing.appeal_until
    )
    return page_with(
        request,
        "grievances/public/answer.html",
        form=form,
        standing=standing,
        state=STATES[standing.state] if standing else None,
        appeal=AppealForm(initial=form.cleaned_data) if may_appeal else None,
    )


@never_cache
@public_page
def appeal(request: HttpRequest) -> HttpResponse:
    """Appeal an answer, with number and secret."""
    form = AppealForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        standing = door.ask(data["number"], data["secret"])
        if standing is None:
            form.add_error(None, say(_NO_RECEIPT))
            return page_with(request, "grievances/public/appeal.html", form=form)
        due_on = until(policy_in_force(), "second", place=standing.county, start=request.today)
        outcome = door.appeal(data["number"], data["secret"], data["appeal"], due_on=due_on)
        if outcome is Outcome.APPEALED:
            return render(request, "grievances/public/appealed.html", {"due_on": due_on})
        form.add_error(None, say(_REFUSED[outcome]))
    return page_with(request, "grievances/public/appeal.html", form=form)


def _is_county(code: str) -> bool:
    return places.is_code(code) and places.level(code) is places.Level.COUNTY


def _to(request: HttpRequest, view: str, *arguments: object) -> str:
    """The address of a public page in the language of this one."""
    found = request.resolver_match
    return reverse(
        f"public:{view}", args=arguments, current_app=found.namespace if found else "public"
    )
