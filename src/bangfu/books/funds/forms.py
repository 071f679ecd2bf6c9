"""Forms of the money: contracts, claims with papers, payments, movements of a line, the month's close."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from bangfu.books.funds.models import Basis
from bangfu.core.language import Text
from bangfu.core.ledger.claiming import CLAIM_LABELS, ClaimKind
from bangfu.core.ledger.stages import KIND_LABELS, Kind
from bangfu.core.money import fen_from_yuan
from bangfu.files.uploads import Sort, take
from bangfu.web import speech
from bangfu.web.forms import Form, date_field

BASIS_LABELS = {
    Basis.CONTRACT: Text("合同", "contract"),
    Basis.SERVICE: Text("服务合同", "contract for services"),
    Basis.AWARD: Text("奖补批复", "award"),
    Basis.ROSTER: Text("发放清册", "roster of households"),
}
# A roster comes from a batch of payments, and nobody types it in.
_TYPED = {
    Basis.CONTRACT: Text("施工、采购合同（与中标单位）", "contract with who won the tender"),
    Basis.SERVICE: Text(
        "服务合同（勘测设计、监理等）", "services: design, supervision and the like"
    ),
    Basis.AWARD: BASIS_LABELS[Basis.AWARD],
}
# What finance enters on a line by hand.
MOVEMENTS = (
    Kind.PLEDGE,
    Kind.ANNOUNCE,
    Kind.RECEIVE,
    Kind.CARRY_OVER,
    Kind.BRING_IN,
    Kind.TAKE_BACK,
)


def later(text: Text) -> Any:
    return speech.later(text.zh, text.en)


def chosen(labels: Mapping[Any, Text]) -> list[tuple[str, Any]]:
    return [(str(getattr(key, "value", key)), later(text)) for key, text in labels.items()]


def yuan_field(zh: str, en: str, **options: Any) -> forms.DecimalField:
    """An amount in yuan with at most two decimals; `fen_of` makes it whole fen."""
    return forms.DecimalField(
        label=speech.later(zh, en),
        decimal_places=2,
        max_digits=16,
        min_value=options.pop("min_value", Decimal("0.01")),
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
        **options,
    )


def fen_of(yuan: Decimal | None) -> int:
    """Whole fen of a field's value, 0 for an empty one."""
    return fen_from_yuan(yuan) if yuan is not None else 0


class PlanForm(Form):
    """A plan as it is typed: a line each for what a fund line gives a project."""

    NUMBERS = frozenset({"pieces"})

    year = forms.IntegerField(label=speech.later("年度", "Year"), min_value=2011, max_value=2199)
    title = forms.CharField(label=speech.later("计划名称", "Title"), max_length=200)
    pieces = forms.CharField(
        label=speech.later(
            "安排（每行：资金编号｜项目编号｜元）",
            "Pieces (a line each: fund line | project | yuan)",
        ),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=speech.later(
            "例如：ZJ2026001｜2027-101207-001｜550000",
            "For example: ZJ2026001|2027-101207-001|550000",
        ),
    )

    def clean_pieces(self) -> list[tuple[str, str, int]]:
        return _typed_pieces(self.cleaned_data["pieces"])


class AmendmentForm(Form):
    """What an amendment changes, a line each, and why."""

    NUMBERS = frozenset({"pieces"})

    title = forms.CharField(label=speech.later("调整名称", "Title"), max_length=200)
    reason = forms.CharField(
        label=speech.later("调整原因", "Why it is amended"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    pieces = forms.CharField(
        label=speech.later(
            "改动（每行：资金编号｜项目编号｜调整后的元，0 表示取消）",
            "Changes (a line each: fund line | project | yuan from now on, 0 strikes it)",
        ),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=speech.later(
            "没有写的保持不变。例如：ZJ2026001｜2027-101207-001｜480000",
            "What is not named stays. For example: ZJ2026001|2027-101207-001|480000",
        ),
    )

    def clean_pieces(self) -> list[tuple[str, str, int]]:
        return _typed_pieces(self.cleaned_data["pieces"])


def _typed_pieces(text: str) -> list[tuple[str, str, int]]:
    """(line, project, fen) of each line that was typed. ValidationError names the line that is not so."""
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        try:
            number, project, yuan = (part.strip() for part in re.split(r"[|｜]", line))
            found.append((number, project, fen_from_yuan(yuan)))
        except ValueError as fault:
            raise ValidationError(
                speech.say(Text(f"这一行不对：{line}", f"This line is not right: {line}"))
            ) from fault
    return found


class ContractForm(Form):
    """A contract or an award, as it is recorded."""

    project = forms.CharField(label=speech.later("项目编号", "Project number"), max_length=60)
    basis = forms.ChoiceField(
        label=speech.later("依据", "Basis"),
        choices=chosen(_TYPED),
        initial=Basis.CONTRACT.value,
        widget=forms.RadioSelect,
    )
    number = forms.CharField(label=speech.later("合同编号", "Contract number"), max_length=100)
    title = forms.CharField(label=speech.later("合同名称", "Title"), max_length=200)
    payee = forms.CharField(label=speech.later("收款单位", "Payee"), max_length=200)
    payee_code = forms.CharField(
        label=speech.later("统一社会信用代码（可不填）", "Credit code (optional)"),
        max_length=18,
        required=False,
    )
    yuan = yuan_field("合同金额（元）", "Sum (yuan)")
    signed_on = date_field("签订日期", "Signed on")


class ClaimForm(Form):
    """A claim on a contract."""

    kind = forms.ChoiceField(
        label=speech.later("报账类别", "Kind of claim"),
        choices=chosen(CLAIM_LABELS),
        widget=forms.RadioSelect,
    )
    yuan = yuan_field("报账金额（元）", "Sum (yuan)")
    note = forms.CharField(
        label=speech.later("说明（可不填）", "Note (optional)"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def kind_of(self) -> ClaimKind:
        return ClaimKind(self.cleaned_data["kind"])


class PaperForm(Form):
    """One paper of a claim: PDF or photo."""

    code = forms.ChoiceField(label=speech.later("材料", "Paper"), choices=())
    file = forms.FileField(
        label=speech.later("文件（PDF 或照片）", "File (PDF or photo)"),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/*"}),
    )

    def __init__(self, *arguments: Any, papers: Mapping[str, Text], **options: Any) -> None:
        self.papers = papers
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        self.fields["code"].choices = chosen(self.papers)  # type: ignore[attr-defined]

    def upload(self) -> Any:
        """The file as it is kept. InputError for another sort of file."""
        file = self.cleaned_data["file"]
        return take(file.name, file.read(), [Sort.DOCUMENT, Sort.PHOTO])


class ReasonForm(Form):
    """An act that needs a reason."""

    reason = forms.CharField(
        label=speech.later("原因", "Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReturnForm(Form):
    """Why a claim goes back, of the policy's list."""

    reasons = forms.MultipleChoiceField(
        label=speech.later("退回原因", "Why"), choices=(), widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=speech.later("说明（可不填）", "Note (optional)"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *arguments: Any, reasons: Mapping[str, Text], **options: Any) -> None:
        self.known = reasons
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        self.fields["reasons"].choices = chosen(self.known)  # type: ignore[attr-defined]


class PayForm(Form):
    """What is paid now: the lines, and the treasury's voucher."""

    lines = forms.MultipleChoiceField(
        label=speech.later("支付哪些资金的份额", "Shares to pay"),
        choices=(),
        widget=forms.CheckboxSelectMultiple,
    )
    voucher = forms.CharField(label=speech.later("支付凭证号", "Voucher number"), max_length=100)

    def __init__(self, *arguments: Any, owed: Sequence[tuple[str, Text]], **options: Any) -> None:
        self.owed = owed
        options.setdefault("initial", {"lines": [number for number, _ in owed]})
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        choices = [(number, later(text)) for number, text in self.owed]
        self.fields["lines"].choices = choices  # type: ignore[attr-defined]


class RecoverForm(ReasonForm):
    """Money that came back."""

    yuan = yuan_field("追回金额（元）", "Sum (yuan)")

    field_order = ("yuan", "reason")


class MovementForm(Form):
    """A movement of a line that rests on a paper."""

    kind = forms.ChoiceField(
        label=speech.later("变动", "Movement"),
        choices=chosen({kind: KIND_LABELS[kind] for kind in MOVEMENTS}),
    )
    yuan = yuan_field("金额（元）", "Sum (yuan)")
    cash_yuan = yuan_field(
        "同时上缴资金（元，仅收回时）",
        "Cash sent up with it (yuan, take-back only)",
        required=False,
        min_value=Decimal(0),
    )
    document = forms.CharField(label=speech.later("文号", "Document number"), max_length=100)
    issued_on = date_field("文件日期", "Issued on")
    memo = forms.CharField(
        label=speech.later("说明（可不填）", "Note (optional)"), required=False, max_length=200
    )
    again = forms.BooleanField(
        label=speech.later(
            "确实是另一笔（同文号、同金额登记过时才勾选）",
            "This is another one (only where the same sum of the same document was entered before)",
        ),
        required=False,
    )


class MonthForm(Form):
    """The month to close."""

    month = forms.RegexField(
        r"^\d{4}-\d{2}$",
        label=speech.later("月份", "Month"),
        widget=forms.TextInput(attrs={"type": "month"}),
        error_messages={
            "invalid": speech.later("请写成 2026-11 这样的年月。", "Write the month as 2026-11.")
        },
    )

    def number(self) -> int:
        """The month as YYYYMM."""
        return int(self.cleaned_data["month"].replace("-", ""))
