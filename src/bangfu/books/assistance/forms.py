"""Forms of assistance."""

from __future__ import annotations

from django import forms

from bangfu.core.facts.dictionary import HELP, plain
from bangfu.core.facts.model import Table
from bangfu.web.forms import Form, date_field
from bangfu.web.speech import later

_FACTS = plain(Table.HOUSEHOLD)


class MeasureForm(Form):
    family = forms.ChoiceField(
        label=later("措施类别", "Family"),
        choices=[(name, later(_FACTS[name].zh, _FACTS[name].en)) for name in HELP],
    )
    content = forms.CharField(
        label=later("做什么", "What is done"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    responsible = forms.CharField(label=later("谁负责", "Who answers for it"), max_length=100)
    agreed_on = date_field("商定日期", "Agreed on")
    due_on = date_field("期限", "Due on", required=False)


class StartForm(Form):
    on = date_field("开始日期", "Started on")


class EndForm(Form):
    on = date_field("结束日期", "Ended on")
    result = forms.CharField(
        label=later("效果", "What came of it"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class VisitForm(Form):
    visited_on = date_field("走访日期", "Day")
    visitors = forms.CharField(label=later("走访人", "Who went"), max_length=100)
    seen = forms.CharField(
        label=later("看到的情况", "What was seen"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    asked = forms.CharField(
        label=later("群众的要求", "What the household asked for"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
