"""Forms of delivery: stages with papers, reports, contributions, defects, results."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from bangfu.books.cases.forms import MOST_PHOTOS, PhotosField
from bangfu.books.projects.actions.stages import Offer
from bangfu.books.projects.forms.fields import PapersForm, fen, text_line, text_lines, yuan_field
from bangfu.books.projects.models import Contribution
from bangfu.core.language import Text
from bangfu.core.money import fen_from_yuan
from bangfu.core.projects.targets import Target
from bangfu.web import codes, speech
from bangfu.web.forms import Form, date_field


class StageForm(PapersForm):
    """A stage done: when, its papers, and what a tender or a start tell."""

    done_on = date_field("办理日期", "Day it was done")
    method = forms.ChoiceField(label=speech.later("采购方式", "Way of procurement"), choices=())
    party = text_line("承建单位", "Who builds it")
    amount = yuan_field("合同价（元）", "Contract price (yuan)")
    offers = text_lines(
        "投标（报价）单位，包括承建单位：每行一家，可加逗号和报价（元）",
        "Who offered, the builder too: a line each, then a comma and the price in yuan if known",
        4,
        required=False,
    )
    labour = yuan_field("劳务报酬（元）", "Labour pay (yuan)", required=False)
    note = text_lines("说明", "Note", 2, required=False)

    def __init__(
        self,
        *arguments: Any,
        methods: Sequence[str] = (),
        labour: Text | None = None,
        **options: Any,
    ) -> None:
        self.methods, self.labour = methods, labour
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        super().prepare()
        if not self.methods:
            for name in ("method", "party", "amount", "offers"):
                del self.fields[name]
        else:
            self.fields["method"].choices = [(each, codes.word(each)) for each in self.methods]  # type: ignore[attr-defined]
        if self.labour is None:
            del self.fields["labour"]
        else:
            self.fields["labour"].label = speech.later(self.labour.zh, self.labour.en)

    def clean_offers(self) -> list[Offer]:
        found = []
        for line in self.cleaned_data["offers"].splitlines():
            name, _, price = line.replace("，", ",").partition(",")
            if not name.strip():
                continue
            try:
                fen_offered = fen_from_yuan(price) if price.strip() else None
            except ValueError:
                raise ValidationError(
                    speech.say(Text(f"报价不对：{line}", f"This price is not right: {line}"))
                ) from None
            found.append(Offer(name.strip(), fen_offered))
        return found

    def told(self) -> dict[str, Any]:
        """What was filled in, as the verb takes it."""
        given = self.cleaned_data
        return {
            "done_on": given["done_on"],
            "method": given.get("method", ""),
            "party": given.get("party", ""),
            "amount_fen": fen(given.get("amount")),
            "labour_fen": fen(given.get("labour")),
            "offers": given.get("offers", ()),
            "note": given["note"],
            "papers": self.papers(),
        }


class PriceForm(PapersForm):
    """A new price of what was tendered."""

    amount = yuan_field("变更后的合同价（元）", "New price (yuan)")
    why = text_lines("变更原因", "Why it changes", 2)


class ProgressForm(Form):
    """A report from the site, made on the phone."""

    percent = forms.IntegerField(
        label=speech.later("完成比例（%）", "Done (%)"),
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    said = text_lines("现场情况", "How the site stands")
    photos = PhotosField(
        label=speech.later("现场照片", "Photos of the site"),
        # No `capture`: a picture taken before, with its place in it, may be chosen too.
        widget=PhotosField.widget(attrs={"accept": "image/*"}),
        help_text=speech.later(
            f"最多 {MOST_PHOTOS} 张；拍照时打开手机定位，时间地点会自动核对",
            f"At most {MOST_PHOTOS}; with the phone's location on, time and place are checked",
        ),
    )
    correcting = forms.BooleanField(
        label=speech.later(
            "更正上次的进度（上次报高了）", "This corrects the last report (it was too high)"
        ),
        required=False,
    )


class ContributionForm(Form):
    """What villagers gave themselves."""

    kind = forms.ChoiceField(
        label=speech.later("类别", "Kind"),
        choices=(
            (Contribution.Kind.LABOUR, speech.later("投工", "labour")),
            (Contribution.Kind.CASH, speech.later("筹资", "cash")),
            (Contribution.Kind.MATERIAL, speech.later("投料", "materials")),
        ),
    )
    given_on = date_field("日期", "Day")
    households = forms.IntegerField(label=speech.later("户数", "Households"), min_value=1)
    quantity = forms.DecimalField(
        label=speech.later("数量", "Quantity"),
        min_value=Decimal("0.01"),
        decimal_places=2,
        max_digits=12,
    )
    unit = text_line("单位（工日、元、立方米……）", "Unit (days of work, yuan, m³ …)")
    worth = yuan_field("折合（元）", "Worth (yuan)")
    note = text_line("说明", "Note", required=False)


class WhatForm(Form):
    """Something in words."""

    what = text_lines("情况", "What")


class ResultsForm(Form):
    """Each target held against what was reached."""

    def __init__(self, *arguments: Any, targets: Sequence[Target], **options: Any) -> None:
        self.targets = tuple(targets)
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        for number, target in enumerate(self.targets):
            bound = Text("至多", "at most") if target.at_most else Text("至少", "at least")
            self.fields[f"reached_{number}"] = forms.DecimalField(
                label=speech.later(
                    f"{target.name}：实际（目标{bound.zh} {target.number}{target.unit}）",
                    f"{target.name}: reached (target {bound.en} {target.number}{target.unit})",
                ),
                min_value=0,
                decimal_places=2,
                max_digits=14,
            )
            self.fields[f"note_{number}"] = text_line(
                f"{target.name}：没有达到的原因",
                f"{target.name}: why it was missed",
                required=False,
            )

    def told(self) -> tuple[dict[str, Decimal], dict[str, str]]:
        """What was reached, and why what was missed was."""
        given = self.cleaned_data
        numbered = list(enumerate(self.targets))
        return (
            {target.name: given[f"reached_{n}"] for n, target in numbered},
            {target.name: given[f"note_{n}"] for n, target in numbered},
        )
