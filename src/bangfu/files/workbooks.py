"""What every workbook written here shares: atomic, in constant memory, readable Chinese columns."""

from __future__ import annotations

import contextlib
import io
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from bangfu.files.atomic import replacing

MAX_ROWS = 1_048_576
MAX_TEXT = 32_767
# WPS and Excel substitute it where it is missing; without it Chinese falls back to a Latin font.
FONT = "等线"
HEADER_FILL = "#DDEBF7"
HEADER_STYLE = {
    "bold": True,
    "font_name": FONT,
    "bg_color": HEADER_FILL,
    "border": 1,
    "align": "center",
    "valign": "vcenter",
    "text_wrap": True,
}
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NAME_LENGTH = 31
_WIDEST = 60


@contextlib.contextmanager
def new_workbook(
    path: str | os.PathLike[str], *, constant_memory: bool = True
) -> Iterator[xlsxwriter.Workbook]:
    """A workbook to fill; it is at `path`, whole, when the block ends well, and not at all otherwise.

    With `constant_memory` the cells of a sheet must be written row by row. Texts are never taken for
    formulas, numbers or links. Raises UsageError when the file system refuses.
    """
    with (
        replacing(path) as temporary,
        tempfile.TemporaryDirectory(dir=Path(path).parent, prefix=".bangfu-") as scratch,
    ):
        # Packed in memory, a tenth of the sheets' text, which waits in files: on a full disk an archive
        # left open complains once more when it is collected.
        packed = io.BytesIO()
        book = xlsxwriter.Workbook(
            packed,
            {
                "constant_memory": constant_memory,
                "tmpdir": scratch,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        book.use_zip64()
        try:
            yield book
            book.close()
            temporary.write_bytes(packed.getvalue())
        except FileCreateError as error:
            # It wraps the OSError that `replacing` turns into a sentence.
            raise error.args[0] from error
        finally:
            _abandon(book)


def _abandon(book: xlsxwriter.Workbook) -> None:
    """Close what an unfinished workbook holds open; after a good end there is nothing to close."""
    book.fileclosed = True
    for sheet in book.worksheets():
        if sheet.row_data_fh is not None and not sheet.row_data_fh.closed:
            # On a full disk closing fails as writing did, and that error is already on its way.
            with contextlib.suppress(OSError):
                sheet.row_data_fh.close()


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name Excel accepts for a tab, and that no other tab has; it is added to `taken`."""
    base = _FORBIDDEN.sub("_", wanted).strip().strip("'")[:_NAME_LENGTH] or "Sheet"
    name, number = base, 1
    while name.casefold() in taken:
        number += 1
        tail = f" ({number})"
        name = base[: _NAME_LENGTH - len(tail)] + tail
    taken.add(name.casefold())
    return name


def display_width(text: str) -> int:
    """The width of a text in a cell, in Latin characters: a Chinese one counts two."""
    lines = text.splitlines() or [""]
    return min(_WIDEST, max(sum(_wide(letter) for letter in line) for line in lines) + 2)


def short(text: str) -> str:
    """The text as far as a cell holds it."""
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def _wide(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in "WFA" else 1
