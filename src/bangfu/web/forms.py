"""Forms: what was typed stays, errors stand together at the top and beside their field.

    form = CaseForm(request.POST or None)
    if request.method == "POST":
        case = form.carry_out(lambda data: actions.open_case(by=..., **data))
        if case is not None:
            return redirect("case", case.pk)
    return page_with(request, "cases/open.html", form=form)

`carry_out` runs the verb; what the verb refuses (UserError) becomes errors of the form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from bangfu.core.errors import InputError, UserError
from bangfu.core.identity import left_out, number_in
from bangfu.web import speech

Result = TypeVar("Result")
SELECTED = SafeString(" selected")


class FilterSelect(forms.Select):
    """A list of ungrouped choices written at once. Django's own renders two templates a choice, which is
    felt in the filters that stand above every list."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The list as HTML, escaped."""
        chosen = self.format_value(value)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (choice, SELECTED if str(choice) in chosen else "", label)
                for choice, label in self.choices
            ),
        )
        more = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}</select>', name, more, options)


class Form(forms.Form):
    """Base of every form of the house. Labels are `later("中文", "English")`.

    A text that is typed freely may hold no ID, phone or bank number; `NUMBERS` names the fields that
    ask for one.
    """

    required_css_class = "required"
    NUMBERS: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*arguments, **options)
        self.prepare()
        for name, field in self.fields.items():
            if name not in self.NUMBERS and _is_free_text(field):
                field.validators.append(_without_number)
        for name, field in self.fields.items():
            _dress(field.widget)
            if self.is_bound and name in self.errors:
                field.widget.attrs["class"] += " is-invalid"
                field.widget.attrs["aria-invalid"] = "true"

    def prepare(self) -> None:
        """Where a form sets choices and limits that depend on who asks, before anything is checked."""

    def carry_out(self, act: Callable[[Mapping[str, Any]], Result]) -> Result | None:
        """The verb's result, or None with the reasons among the form's errors.

        The verb is atomic, so a refused one has written nothing.
        """
        if not self.is_valid():
            return None
        try:
            return act(self.cleaned_data)
        except InputError as refused:
            self._take_over(refused)
        except UserError as refused:
            self.add_error(None, speech.say(refused.text))
        return None

    def _take_over(self, refused: InputError) -> None:
        for problem in refused.problems:
            field = self._field_of(problem.where)
            where = f"{problem.place}: " if field is None and problem.place else ""
            self.add_error(field, where + speech.say(problem.text))
        if not refused.problems:
            self.add_error(None, speech.say(refused.text))

    def _field_of(self, where: str) -> str | None:
        """The field that a verb's problem is about; an amount is typed in yuan and given in fen."""
        own = (where, where.removesuffix("_fen"), "yuan" if where == "fen" else "")
        return next((name for name in own if name in self.fields), None)


def _is_free_text(field: forms.Field) -> bool:
    """Whether a person types what he likes: no pattern holds it, nobody hides it."""
    secret = isinstance(field.widget, forms.PasswordInput | forms.HiddenInput)
    return type(field) is forms.CharField and not secret


def _without_number(text: str) -> None:
    found = number_in(text)
    if found is not None:
        raise ValidationError(speech.say(left_out(found)))


def _dress(widget: forms.Widget) -> None:
    """Tabler's classes for a widget."""
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        dressed = "form-check-input"
    elif isinstance(widget, forms.Select):
        dressed = "form-select"
    else:
        dressed = "form-control"
    widget.attrs["class"] = f"{widget.attrs.get('class', '')} {dressed}".strip()


def date_field(zh: str, en: str, **options: Any) -> forms.DateField:
    """A day, picked with the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=speech.later(zh, en), widget=widget, **options)


def page_with(
    request: HttpRequest, template: str, *, form: forms.Form | None = None, **context: object
) -> HttpResponse:
    """A page with a form: 422 when the form was sent and did not pass."""
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)
