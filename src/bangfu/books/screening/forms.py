"""Forms of screening."""

from __future__ import annotations

from django import forms

from bangfu.books.screening.models import Kind
from bangfu.books.screening.queries import LEVELS, UNRATED
from bangfu.core.language import Text
from bangfu.web.forms import Form
from bangfu.web.speech import later

KINDS = {
    Kind.DATA: Text("数据问题", "data"),
    Kind.RISK: Text("风险", "risk"),
    Kind.CLUE: Text("名单线索", "roster clue"),
}
_ALL = ("", later("全部", "all"))


class FindingFilter(Form):
    """Filters of the list; they stand in its address, so that a link reproduces it."""

    NUMBERS = frozenset({"household"})

    kind = forms.ChoiceField(
        label=later("类型", "Kind"),
        required=False,
        choices=[_ALL, *((kind, later(text.zh, text.en)) for kind, text in KINDS.items())],
    )
    level = forms.ChoiceField(
        label=later("级别", "Level"),
        required=False,
        choices=[_ALL, *((one, one) for one in LEVELS), (UNRATED, later("未定级", "unrated"))],
    )
    rule = forms.CharField(label=later("规则", "Rule"), required=False)
    household = forms.CharField(label=later("户编号", "Household no."), required=False)
    monitored = forms.ChoiceField(
        label=later("已在监测", "Monitored"),
        required=False,
        choices=[_ALL, ("no", later("否", "no")), ("yes", later("是", "yes"))],
    )
    state = forms.ChoiceField(
        label=later("状态", "State"),
        required=False,
        choices=[
            ("", later("待处理", "open")),
            ("dismissed", later("已排除", "dismissed")),
            ("gone", later("已消失", "gone")),
            ("any", later("全部", "all")),
        ],
    )
    place = forms.CharField(required=False, widget=forms.HiddenInput())
    sort = forms.CharField(required=False, widget=forms.HiddenInput())


class DismissForm(Form):
    reason = forms.CharField(
        label=later("为什么不需要处理", "Why it needs nothing"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
