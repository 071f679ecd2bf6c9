"""Forms of payments."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django import forms

from bangfu.books.payments.queries import Ready, loans
from bangfu.core.money import FEN_PER_YUAN, format_yuan
from bangfu.core.payments.schemes import Formula, Scheme
from bangfu.web.codes import word
from bangfu.web.forms import Form, date_field
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
        self.fields["term"].initial = self.scheme.usual_term(self.today).code
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
    """What a batch collects: one scheme, term and project of those that are ready."""

    scheme = forms.CharField(label=later("补助项目", "Scheme"), max_length=100)
    term = forms.CharField(label=later("期", "Term"), max_length=10)
    project = forms.CharField(label=later("项目", "Project"), max_length=100)

    def __init__(self, *arguments, ready: list[Ready], **options):
        self.ready = ready
        super().__init__(*arguments, **options)


class CancelForm(Form):
    """Why a batch is taken back."""

    reason = forms.CharField(label=later("原因", "Why"), max_length=200)


class AccountForm(Form):
    """A one-card account as the bank states it; the holder is the member until another is typed."""

    NUMBERS: ClassVar[frozenset[str]] = frozenset({"account", "holder_number"})

    bank = forms.CharField(label=later("开户银行", "Bank"), max_length=100)
    account = forms.CharField(label=later("账号", "Account number"), max_length=30)
    holder_name = forms.CharField(label=later("户名", "Holder's name"), max_length=100)
    holder_number = forms.CharField(
        label=later("开户证件号码", "Holder's ID number"), max_length=20
    )

    def __init__(self, *arguments, person, **options):
        self.person = person
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        self.fields["holder_name"].initial = self.person.name
        for name in self.NUMBERS:
            self.fields[name].widget.attrs.update(autocomplete="off", inputmode="text")


class LoanForm(Form):
    """A loan as the bank lent it."""

    NUMBERS: ClassVar[frozenset[str]] = frozenset({"number"})

    person_no = forms.ChoiceField(label=later("借款人", "Borrower"))
    number = forms.CharField(label=later("合同号", "Contract number"), max_length=60)
    bank = forms.CharField(label=later("银行", "Bank"), max_length=100)
    yuan = forms.DecimalField(
        label=later("金额（元）", "Amount (yuan)"), max_digits=14, decimal_places=2
    )
    percent = forms.DecimalField(
        label=later("年利率（%）", "Yearly rate (%)"), max_digits=6, decimal_places=4, min_value=0
    )
    lent_on = date_field("借款日", "Lent on")
    due_on = date_field("到期日", "Due on")
    purpose = forms.ChoiceField(label=later("用途", "Purpose"))

    def __init__(self, *arguments, persons, purposes, **options):
        self.persons, self.purposes = persons, purposes
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        self.fields["person_no"].choices = [
            (p.person_no, p.name or p.person_no) for p in self.persons
        ]
        self.fields["purpose"].choices = [(each, word(each)) for each in self.purposes]

    def clean(self) -> dict[str, object]:
        """The amount in fen and the rate as a share, as the verb takes them."""
        data: dict[str, object] = super().clean() or {}
        yuan, percent = data.pop("yuan", None), data.pop("percent", None)
        if isinstance(yuan, Decimal) and isinstance(percent, Decimal):
            data |= {"fen": int(yuan * FEN_PER_YUAN), "rate": percent / 100}
        return data


class RepaymentForm(Form):
    """Principal paid back."""

    yuan = forms.DecimalField(
        label=later("归还本金（元）", "Principal paid back (yuan)"), max_digits=14, decimal_places=2
    )
    paid_on = date_field("还款日", "Paid on")

    def clean(self) -> dict[str, object]:
        """The amount in fen, as the verb takes it."""
        data: dict[str, object] = super().clean() or {}
        yuan = data.pop("yuan", None)
        if isinstance(yuan, Decimal):
            data["fen"] = int(yuan * FEN_PER_YUAN)
        return data


class ReturnForm(Form):
    """The bank's file."""

    file = forms.FileField(label=later("回盘文件（CSV）", "Return file (CSV)"))
