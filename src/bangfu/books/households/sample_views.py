"""Pages of samples: the county draws or names households for an assessor, sees them, ends the sample."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from bangfu.books.accounts import samples
from bangfu.books.accounts.doors import page
from bangfu.books.accounts.models import Sample
from bangfu.books.accounts.queries import assessors_at, display_names
from bangfu.books.households import sampling
from bangfu.books.households.listing import COLUMNS, decorated
from bangfu.books.households.models import Household
from bangfu.books.journal import words
from bangfu.books.journal.models import Entry
from bangfu.books.places import queries as places_read
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import InputError, NotFoundError, Problem
from bangfu.core.language import Text
from bangfu.web.addresses import address_of
from bangfu.web.forms import Form, date_field, page_with
from bangfu.web.speech import later
from bangfu.web.tables import Badge, Column, Kind, Table

DRAWERS = ("county_officer",)
MOST = 2_000
_NOT_HERE = Text("没有这份样本，或者它不归您管理。", "There is no such sample, or it is not yours.")
SAMPLES = (
    Column(
        "name",
        Text("名称", "Name"),
        lambda s: s.name,
        sort="name",
        link=lambda s: address_of("sample", s.pk),
    ),
    Column("place", Text("地方", "Place"), lambda s: s.place_name, sort="place_code"),
    Column("assessor", Text("评估员", "Assessor"), lambda s: s.who, sort="assessor_id"),
    Column("drawn", Text("户数", "Households"), lambda s: s.drawn, Kind.NUMBER),
    Column("from", Text("从", "From"), lambda s: s.valid_from, Kind.DAY, "valid_from"),
    Column("to", Text("到（不含这天）", "Until (not included)"), lambda s: s.valid_to, Kind.DAY),
    Column("state", Text("状态", "State"), lambda s: s.state),
)
OPEN, ENDED = Badge(Text("在用", "in use"), "green"), Badge(Text("已结束", "ended"))


class SampleForm(Form):
    """A sample: whose, where, and either a draw or the numbers themselves."""

    name = forms.CharField(label=later("名称", "Name"), max_length=100)
    place_code = forms.CharField(
        label=later("在哪里抽（12 位代码）", "Where (12-digit code)"), max_length=12
    )
    assessor = forms.ChoiceField(label=later("评估员", "Assessor"))
    frame = forms.ChoiceField(
        label=later("从哪些户中抽", "Drawn from"),
        choices=[(code, later(text.zh, text.en)) for code, text in sampling.FRAMES.items()],
    )
    size = forms.IntegerField(
        label=later("抽几户", "How many"), min_value=1, max_value=MOST, required=False
    )
    seed = forms.CharField(
        label=later("抽样种子", "Seed"),
        help_text=later(
            "公开的数或字，如开奖号码。同一名册、同一种子，谁来抽都是这些户。",
            "A public number or word. The same list and seed draw the same households for anybody.",
        ),
        max_length=60,
        required=False,
    )
    numbers = forms.CharField(
        label=later("或者直接指定户编号（每行一个）", "Or name the households (a number a line)"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=20_000,
        required=False,
    )
    valid_from = date_field("从", "From")
    valid_to = date_field("到（不含这天）", "Until (not included)")

    NUMBERS = frozenset({"numbers"})

    def __init__(
        self, *arguments: Any, assessors: Iterable[tuple[str, str]], **options: Any
    ) -> None:
        self._assessors = list(assessors)
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        self.fields["assessor"].choices = self._assessors  # type: ignore[attr-defined]


class EndSampleForm(Form):
    reason = forms.CharField(label=later("结束原因", "Reason"), max_length=200)


@page(classes={DataClass.PERSONS}, purpose=samples.PURPOSE, roles=DRAWERS)
def sample_list(request: HttpRequest) -> HttpResponse:
    """The samples of the county, and the form of a new one."""
    county = request.scope.places[0]
    form = SampleForm(
        request.POST or None,
        assessors=assessors_at(county, on=request.today),
        initial={
            "place_code": county,
            "size": 60,
            "valid_from": request.today,
            "valid_to": request.today + timedelta(days=30),
        },
    )
    if request.method == "POST":
        made = form.carry_out(lambda data: _assign(request, data))
        if made is not None:
            return redirect("sample", made.pk)

    def decorate(rows: list[Sample]) -> list[Sample]:
        names = places_read.names(row.place_code for row in rows)
        people = display_names(row.assessor_id for row in rows)
        for row in rows:
            row.place_name = names.get(row.place_code, row.place_code)  # type: ignore[attr-defined]
            row.who = people.get(row.assessor_id, row.assessor_id)  # type: ignore[attr-defined]
            row.state = _state(row, request.today)  # type: ignore[attr-defined]
        return rows

    table = Table(
        request,
        SAMPLES,
        Sample.objects.annotate(drawn=Count("households")),
        name="samples",
        title=Text("评估样本", "Samples"),
        order="-from",
        decorate=decorate,
    )
    if table.wants_workbook:
        return table.workbook()
    return page_with(request, "households/samples.html", form=form, table=table)


def _assign(request: HttpRequest, data: Any) -> Sample:
    """Draw, or take the numbers given, and assign them."""
    numbers = data["numbers"].split()
    seed, drawn_of = "", None
    if numbers:
        households = sampling.named(numbers)
    else:
        missing = [
            Problem(name, Text("抽样要填这一项。", "A draw needs this."))
            for name in ("size", "seed")
            if not data[name]
        ]
        if missing:
            raise InputError(Text("样本不能指派。", "The sample cannot be assigned."), missing)
        seed = data["seed"]
        households, drawn_of = sampling.drawn(
            data["place_code"], frame=data["frame"], size=data["size"], seed=seed
        )
    return samples.assign_sample(
        by=request.actor.username,
        place_code=data["place_code"],
        name=data["name"],
        assessor=data["assessor"],
        households=households,
        valid_from=data["valid_from"],
        valid_to=data["valid_to"],
        drawn={"seed": seed, "frame": sampling.FRAMES[data["frame"]].zh, "drawn_of": drawn_of}
        if seed
        else None,
    )


@page(classes={DataClass.PERSONS}, purpose=samples.PURPOSE, roles=DRAWERS)
def sample_page(request: HttpRequest, sample_id: int) -> HttpResponse:
    """One sample: how it was drawn, its households, its end."""
    sample = Sample.objects.filter(pk=sample_id).first()
    if sample is None:
        raise NotFoundError(_NOT_HERE)
    form = EndSampleForm(request.POST or None)
    if request.method == "POST":

        def end(data: Any) -> bool:
            samples.end_sample(
                by=request.actor.username, sample=sample, on=request.today, reason=data["reason"]
            )
            return True

        if form.carry_out(end):
            return redirect("sample", sample_id)
    table = Table(
        request,
        COLUMNS,
        Household.objects.filter(pk__in=sample.households.values("household_no")),
        name=f"sample-{sample_id}",
        title=Text(sample.name, sample.name),
        order="no",
        decorate=decorated,
    )
    if table.wants_workbook:
        return table.workbook()
    made = (
        Entry.objects.filter(subject=f"sample {sample.name}", place_code=sample.place_code)
        .order_by("pk")
        .first()
    )
    return page_with(
        request,
        "households/sample.html",
        form=form,
        sample=sample,
        state=_state(sample, request.today),
        who=display_names([sample.assessor_id]).get(sample.assessor_id, sample.assessor_id),
        table=table,
        how=words.details(made.verb, made.after) if made else "",
    )


def _state(sample: Sample, today: date) -> Badge:
    return ENDED if sample.valid_to is not None and sample.valid_to <= today else OPEN
