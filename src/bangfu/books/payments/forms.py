"""Forms of payments."""

from __future__ import annotations

from django import forms

from bangfu.books.payments.queries import loans
from bangfu.core.money import FEN_PER_YUAN, format_yuan
from bangfu.core.payments.schemes import Formula, Scheme
from bangfu.core.payments.terms import term_of
from bangfu.web.forms import Form
from bangfu.web.speech import later


class ApplyForm(Form):
    """`scheme` says what else is asked for."""

    term = forms.CharField(label=later("期", "Term"), max_length=10)
    person_no = forms.ChoiceField(label=later("享受人", "Person"))
    quantity = forms.DecimalField(
        label=later("数量", "Quantity"), max_digits=12, decimal_places=2, required=False
    )
    base = forms.DecimalField(
        label=later("核定投入（元）", "Accepted cost (yuan)"),
        max_digits=14,
        decimal_places=2,
        required=False,
    )
    loan_id = forms.TypedChoiceField(
        label=later("贷款", "Loan"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *arguments, scheme: Scheme, persons, today, household_no: str, **options):
        self.scheme, self.persons, self.today = scheme, persons, today
        self.household_no = household_no
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        self.fields["term"].initial = term_of(self.scheme.term, self.today).code
        self.fields["person_no"].choices = [
            (p.person_no, p.name or p.person_no) for p in self.persons
        ]
        asked = {
            Formula.PER_UNIT: "quantity",
            Formula.SHARE: "base",
            Formula.INTEREST: "loan_id",
        }.get(self.scheme.formula)
        for name in ("quantity", "base", "loan_id"):
            if name != asked:
                del self.fields[name]
        if asked == "loan_id":
            self.fields["loan_id"].choices = [
                (each.loan.pk, f"{each.loan.number} {format_yuan(each.outstanding)}")
                for each in loans(on=self.today, household_no=self.household_no)
            ]

    def clean_base(self) -> int | None:
        """In fen."""
        base = self.cleaned_data["base"]
        return None if base is None else int(base * FEN_PER_YUAN)


class BatchForm(Form):
    """What a batch collects."""

    scheme = forms.ChoiceField(label=later("补助项目", "Scheme"))
    term = forms.CharField(label=later("期", "Term"), max_length=10)
    project = forms.CharField(label=later("项目", "Project"), max_length=100)

    def __init__(self, *arguments, schemes, **options):
        self.schemes = schemes
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        self.fields["scheme"].choices = [
            (scheme.id, later(scheme.text.zh, scheme.text.en)) for scheme in self.schemes
        ]


class ReturnForm(Form):
    """The bank's file."""

    file = forms.FileField(label=later("回盘文件（CSV）", "Return file (CSV)"))
