"""Forms of households: filters of the list, and one form a verb."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django import forms

from bangfu.books.households.actions.happening import ARRIVALS, DEPARTURES, KINDS, document_of
from bangfu.books.households.models import Household, Person
from bangfu.books.households.picking import HouseholdField
from bangfu.core.facts import codes
from bangfu.core.facts.dictionary import HELP, plain
from bangfu.core.facts.english import in_english
from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.web.codes import word
from bangfu.web.forms import Form, date_field
from bangfu.web.speech import later, say


def _words(values: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, later(value, in_english(value))) for value in values]


def _texts(values: dict[str, Text]) -> list[tuple[str, str]]:
    return [(code, later(text.zh, text.en)) for code, text in values.items()]


_FAMILIES = [
    (name, later(plain(Table.HOUSEHOLD)[name].zh, plain(Table.HOUSEHOLD)[name].en)) for name in HELP
]
_ALL = [("", later("全部", "all"))]
# The national register's numbers have 16 (household) and 18 digits (person).
NUMBER_LENGTH = 30


class FilterForm(Form):
    """Search and filters of the list; they stand in its address, so that a link reproduces it."""

    q = forms.CharField(
        label=later("姓名、拼音、村名或户编号", "Name, pinyin, village or household no."),
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    place = forms.CharField(required=False, widget=forms.HiddenInput())
    sort = forms.CharField(required=False, widget=forms.HiddenInput())


FilterForm.base_fields["class"] = forms.ChoiceField(
    label=later("监测类别", "Monitored as"),
    required=False,
    choices=[
        *_ALL,
        ("any", later("任一监测对象", "any monitored")),
        ("none", later("非监测对象", "not monitored")),
        *_words(codes.MONITORED_CLASS),
    ],
)
FilterForm.base_fields["risk"] = forms.ChoiceField(
    label=later("风险", "Risk"),
    required=False,
    choices=[*_ALL, *_words(codes.RISK)],
)
FilterForm.base_fields["state"] = forms.ChoiceField(
    label=later("风险状态", "Risk state"),
    required=False,
    choices=[*_ALL, ("open", later("未消除", "open")), ("removed", later("已消除", "removed"))],
)
FilterForm.base_fields["help"] = forms.ChoiceField(
    label=later("帮扶措施", "Measures"),
    required=False,
    choices=[*_ALL, ("none", later("没有任何措施", "none at all")), *_FAMILIES],
)


class EvidenceForm(Form):
    """What every verb asks: the day, the document that shows it by `KINDS` of happening, a note."""

    KINDS: ClassVar[Iterable[str]] = ()

    on = date_field("发生日期", "Day")
    document = forms.CharField(label=later("凭证", "Document"), max_length=200)
    note = forms.CharField(
        label=later("说明", "Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        papers = {kind: document_of(kind) for kind in self.KINDS}
        self.fields["document"].help_text = later(
            "名称和编号。" + "；".join(f"{KINDS[k].zh}：{paper.zh}" for k, paper in papers.items()),
            "Its name and number. "
            + "; ".join(f"{KINDS[k].en}: {paper.en}" for k, paper in papers.items()),
        )
        rest = [name for name in self.fields if name not in ("on", "document", "note")]
        self.order_fields([*rest, "on", "document", "note"])


class ArrivalForm(EvidenceForm):
    NUMBERS = frozenset({"certificate", "person_no"})
    KINDS = ARRIVALS

    kind = forms.ChoiceField(label=later("增加原因", "Why"), choices=_texts(ARRIVALS))
    name = forms.CharField(label=later("姓名", "Name"), max_length=50)
    sex = forms.ChoiceField(label=later("性别", "Sex"), choices=_words(codes.SEX))
    birth = date_field("出生日期", "Born on")
    relation = forms.ChoiceField(
        label=later("与户主关系", "Relation to the head"), choices=_words(codes.RELATION)
    )
    certificate = forms.CharField(
        label=later("证件号码", "ID number"),
        required=False,
        max_length=20,
        help_text=later("新生儿可以暂缺。", "A newborn may have none yet."),
        widget=forms.TextInput(attrs={"data-nodraft": "", "autocomplete": "off"}),
    )
    person_no = forms.CharField(
        label=later("人口编号", "Person no."),
        required=False,
        max_length=NUMBER_LENGTH,
        help_text=later("没有时由系统编号。", "Numbered here when there is none."),
    )


class DepartureForm(EvidenceForm):
    KINDS = DEPARTURES

    def __init__(self, *arguments: Any, persons: Sequence[Person], **options: Any) -> None:
        self.persons = persons
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        self.fields["person_no"].choices = [(p.person_no, _named(p)) for p in self.persons]  # type: ignore[attr-defined]

    person_no = forms.ChoiceField(label=later("成员", "Member"))
    kind = forms.ChoiceField(label=later("减少原因", "Why"), choices=_texts(DEPARTURES))


class RelationsForm(EvidenceForm):
    """Everyone's relation to the head afterwards, one field a person."""

    def __init__(self, *arguments: Any, persons: Sequence[Person], **options: Any) -> None:
        self.persons = persons
        super().__init__(*arguments, **options)

    def _add_relations(self) -> None:
        for person in self.persons:
            self.fields[f"relation-{person.person_no}"] = forms.ChoiceField(
                label=later(f"{person.name} 与户主关系", f"{person.name}: relation to the head"),
                choices=_words(codes.RELATION),
                initial=person.relation,
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def relations(self) -> dict[str, str]:
        """Relation by person number."""
        return {p.person_no: self.cleaned_data[f"relation-{p.person_no}"] for p in self.persons}


class HeadForm(RelationsForm):
    KINDS = ("head_change",)

    def prepare(self) -> None:
        self._add_relations()
        self.order_fields([n for n in self.fields if n.startswith("relation-")])


class IntoForm(Form):
    """Which household stays when two become one."""

    into = HouseholdField(
        label=later("留下的那一户（须在同一个村）", "Household that stays, in the same village")
    )

    def __init__(self, *arguments: Any, leaving: Household, **options: Any) -> None:
        self.leaving = leaving
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        self.fields["into"].place_code = self.leaving.place_code  # type: ignore[attr-defined]

    def clean_into(self) -> str:
        into: str = self.cleaned_data["into"]
        if into == self.leaving.pk:
            raise forms.ValidationError(
                say(Text("这就是要并出的这一户，请选另一户。", "This one leaves; choose another."))
            )
        return into


class MergeForm(HeadForm):
    KINDS = ("merge",)


class SplitForm(RelationsForm):
    """Who leaves, under which number, and the relations in both households."""

    NUMBERS = frozenset({"new_no"})
    KINDS = ("split",)

    new_no = forms.CharField(
        label=later("新户编号", "Number of the new household"), max_length=NUMBER_LENGTH
    )
    leaving = forms.MultipleChoiceField(
        label=later("分出去的成员", "Who leaves"), widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        self.fields["leaving"].choices = [(p.person_no, _named(p)) for p in self.persons]  # type: ignore[attr-defined]
        self._add_relations()
        relations = [n for n in self.fields if n.startswith("relation-")]
        self.order_fields(["new_no", "leaving", *relations])

    def parts(self) -> tuple[dict[str, str], dict[str, str]]:
        """Relations of those who leave and of those who stay."""
        relations, going = self.relations(), set(self.cleaned_data["leaving"])
        return (
            {no: relation for no, relation in relations.items() if no in going},
            {no: relation for no, relation in relations.items() if no not in going},
        )


def _named(person: Person) -> str:
    return f"{person.name}（{word(person.relation)}）"
