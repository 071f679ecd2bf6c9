"""What pages are made of in hundreds, written without a template each, says what a template would."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django import forms
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text
from bangfu.web.forms import Form, _filter, drawn_filter
from bangfu.web.speech import current, later, speaking
from bangfu.web.tables import Badge, Column, Kind, Table


@dataclass(frozen=True)
class Row:
    name: str
    amount: int | None
    state: Badge | None


class Rows(list):
    """Stands in for a queryset of one page."""

    def order_by(self, *_: str) -> Rows:
        return self


COLUMNS = (
    Column("name", Text("户主", "Head"), lambda r: r.name, link=lambda r: f"/h/?a=1&b={r.name}"),
    Column("amount", Text("元", 'Yuan "net"'), lambda r: r.amount, Kind.MONEY),
    Column("state", Text("状态", "State"), lambda r: r.state),
)


def _body(*rows: Row) -> str:
    request = RequestFactory().get("/list/")
    table = Table(request, COLUMNS, Rows(rows), name="list", title=Text("表", "List"), order="name")
    template = engines["django"].from_string("{{ table.body }}")
    return template.render({"table": table}, request)


def test_cells_are_escaped_aligned_and_linked():
    with speaking("en"):
        body = _body(Row("<甲>", 123456, Badge(Text("逾期", "late & open"), "red")))
    assert '<td data-label="Head"><a href="/h/?a=1&amp;b=&lt;甲&gt;">&lt;甲&gt;</a></td>' in body
    assert '<td class="text-end num" data-label="Yuan &quot;net&quot;">1,234.56</td>' in body
    assert '<span class="badge bg-red-lt">late &amp; open</span>' in body


def test_a_value_that_is_missing_is_a_dash():
    with speaking("zh"):
        assert _body(Row("甲", None, None)).count(">—</td>") == 2


@pytest.mark.parametrize(("language", "said"), [("zh", "农户 & 人"), ("en", "Households")])
def test_a_sentence_is_said_in_the_pages_language(language: str, said: str):
    written = '{% t "农户 & 人" "Households" %}|{% t "农户 & 人" "Households" as kept %}|{{ kept }}'
    with speaking(language):
        first, second, third = engines["django"].from_string(written).render({}).split("|")
    assert (first, second, third) == (said, "", said)


def test_a_sentence_with_a_value_escapes_it():
    with speaking("en"):
        shown = (
            engines["django"].from_string('{% t "{n} 户" "{n} found" n=n %}').render({"n": "<b>"})
        )
    assert shown == "&lt;b&gt; found"


class Filters(Form):
    q = forms.CharField(label="Name", required=False)
    kind = forms.ChoiceField(
        label=later("类别", "Kind"), choices=[("a&b", "<甲>"), ("3", "丙")], required=False
    )


def filters(**given: str) -> str:
    template = "households/filter.html"
    with_form = str(drawn_filter(Filters, given, template))
    with_none_kept = render_to_string(template, {"filter": Filters(given), "lang": current()})
    assert with_form == with_none_kept
    return with_form


def test_filters_drawn_before_are_those_of_what_is_chosen_in_the_language():
    for _ in range(2):
        assert '<option value="3" selected>' in filters(kind="3")
        assert '<option value="a&amp;b">&lt;甲&gt;</option>' in filters(kind="3")
        assert "selected" not in filters(kind="not offered")
        assert "类别" in filters(kind="3")
        with speaking("en"):
            assert "Kind" in filters(kind="3")


def test_what_somebody_typed_into_a_filter_is_kept_nowhere():
    for name in ("甲虚构", "乙虚构", "甲虚构"):
        before = _filter.cache_info().currsize
        assert f'value="{name}"' in filters(q=name)
        assert _filter.cache_info().currsize == before


class Price(Form):
    amount = forms.DecimalField(label="Price")


def test_a_refusal_stands_at_its_field_and_says_no_word_of_the_program():
    def refuse(_: object) -> None:
        problems = [
            Problem("amount_fen", Text("太高", "too high")),
            Problem("papers", Text("缺图纸", "drawings missing")),
            Problem("F9999", Text("没有", "unknown")),
        ]
        raise InputError(Text("不行", "no"), problems)

    form = Price({"amount": "1"})
    with speaking("en"):
        assert form.carry_out(refuse) is None
    assert form.errors["amount"] == ["too high"]
    assert form.non_field_errors() == ["drawings missing", "F9999: unknown"]


def test_symbols_and_files_are_known_when_the_template_is_read():
    written = "{% icon 'plus' %}{% icon name %}{% static 'bangfu.css' %}"
    shown = engines["django"].from_string(written).render({"name": "<x>"})
    assert 'href="/static/icons.svg#plus"' in shown
    assert 'href="/static/icons.svg#&lt;x&gt;"' in shown
    assert shown.endswith("/static/bangfu.css")


class Counted(Form):
    few = forms.IntegerField(max_value=9)
    many = forms.IntegerField(min_value=0)


def test_a_whole_number_is_no_larger_than_its_column():
    wrong = Counted({"few": "10", "many": str(2**31)})
    assert set(wrong.errors) == {"few", "many"}
    assert 'max="2147483647"' in str(wrong["many"])
    assert Counted({"few": "9", "many": str(2**31 - 1)}).is_valid()
    assert Counted.base_fields["many"].max_value is None
