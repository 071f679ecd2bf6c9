"""The form that takes workbooks in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator

from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text
from bangfu.files.uploads import MAX_TABLE, MEGABYTE, Sort, Upload, take
from bangfu.web import speech
from bangfu.web.forms import Form

MOST_FILES = 30


class ManyFiles(forms.ClearableFileInput):
    """A file input for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; cleaned, a list of them."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Every file, at least one where the field is required."""
        single = super().clean
        if not data:
            single(data, initial)
            return []
        return [single(file, initial) for file in data]


class IntakeForm(Form):
    """Workbooks, and which place and year they speak of."""

    files = FilesField(
        label=speech.later("工作簿", "Workbooks"),
        help_text=speech.later(
            "可以一次选几个：.xlsx、.xls 或 .csv。先检查，您确认后才导入。",
            "Several at once: .xlsx, .xls or .csv. They are checked first; you confirm the import.",
        ),
    )
    place_code = forms.ChoiceField(label=speech.later("哪个地方的数据", "The data of which place"))
    year = forms.IntegerField(label=speech.later("数据年度", "Year of the data"))

    def __init__(
        self, *arguments: Any, places: Iterable[tuple[str, str]], today: date, **options: Any
    ) -> None:
        self._places, self._today = list(places), today
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        place: Any = self.fields["place_code"]
        place.choices = self._places
        year: Any = self.fields["year"]
        first, last = self._today.year - 30, self._today.year + 1
        year.initial = self._today.year
        year.validators = [*year.validators, MinValueValidator(first), MaxValueValidator(last)]
        self.fields["files"].widget.attrs["accept"] = ".xlsx,.xls,.csv"


def uploads(files: Iterable[UploadedFile]) -> list[Upload]:
    """The files as what may be kept. InputError with every file that may not."""
    taken: list[Upload] = []
    problems: list[Problem] = []
    for at, file in enumerate(files, start=1):
        name = file.name or "file"
        if at > MOST_FILES:
            told = Text(f"一次最多 {MOST_FILES} 个文件。", f"At most {MOST_FILES} files in one go.")
            problems.append(Problem("files", told))
            break
        if (file.size or 0) > MAX_TABLE:
            most = MAX_TABLE // MEGABYTE
            told = Text(
                f"{name} 超过 {most} MB 的上限。请按乡镇拆分后再传。",
                f"{name} is over the limit of {most} MB. Split it by township.",
            )
            problems.append(Problem("files", told))
            continue
        try:
            taken.append(take(name, file.read(), [Sort.TABLE]))
        except InputError as refused:
            problems.append(Problem("files", refused.text))
    if problems:
        raise InputError(Text("有的文件不能收下。", "Some files cannot be taken in."), problems)
    return taken
