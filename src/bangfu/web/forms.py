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

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from bangfu.core.errors import InputError, UserError
from bangfu.core.identity import left_out, number_in
from bangfu.core.language import Lang
from bangfu.web import speech
from bangfu.web.codes import word

Result = TypeVar("Result")
MOST = 2**31 - 1


class Form(forms.Form):
    """Base of every form of the house. Labels are `later("中文", "English")`.

    A text that is typed freely may hold no ID, phone or bank number; `NUMBERS` names the fields that
    ask for one. A whole number without a bound of its own is at most `MOST`.
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
            if type(field) is forms.IntegerField and field.max_value is None:
                _bound(field)
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


def _bound(field: forms.IntegerField) -> None:
    """No larger number than a column of whole numbers holds."""
    field.max_value = MOST
    field.validators.append(MaxValueValidator(MOST))
    field.widget.attrs.setdefault("max", MOST)


def _dress(widget: forms.Widget) -> None:
    """Tabler's classes for a widget."""
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        dressed = "form-check-input"
    elif isinstance(widget, forms.Select):
        dressed = "form-select"
    else:
        dressed = "form-control"
    widget.attrs["class"] = f"{widget.attrs.get('class', '')} {dressed}".strip()


class OfferedInput(forms.TextInput):
    """A line that offers words that are known (`offered`), in the page's language; others may be typed."""

    offered: Iterable[str] = ()

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The line and its list as HTML, escaped."""
        listed = f"{(attrs or {}).get('id') or name}_offered"
        line = super().render(name, value, {"list": listed, **(attrs or {})}, renderer)
        options = ((each, word(each)) for each in self.offered)
        return format_html(
            '{}<datalist id="{}">{}</datalist>',
            line,
            listed,
            format_html_join("", '<option value="{}" label="{}"></option>', options),
        )


def date_field(zh: str, en: str, **options: Any) -> forms.DateField:
    """A day, picked with the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=speech.later(zh, en), widget=widget, **options)


def drawn_filter(form: type[forms.Form], given: Mapping[str, str], template: str) -> SafeString:
    """The filters of a list as HTML, by a template that gets them as `filter`.

    What is chosen from lists is drawn once for all who choose the same; what somebody typed is kept nowhere.
    """
    chosen = tuple((name, given.get(name, "")) for name in form.base_fields)
    typed = any(value for name, value in chosen if _is_free_text(form.base_fields[name]))
    draw = _filter.__wrapped__ if typed else _filter
    return draw(form, chosen, template, speech.current())


@lru_cache(maxsize=500)
def _filter(
    form: type[forms.Form], chosen: tuple[tuple[str, str], ...], template: str, lang: Lang
) -> SafeString:
    return render_to_string(template, {"filter": form(dict(chosen)), "lang": lang})


def page_with(
    request: HttpRequest, template: str, *, form: forms.Form | None = None, **context: object
) -> HttpResponse:
    """A page with a form: 422 when the form was sent and did not pass."""
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)
