"""Reads an old .xls once in a process of its own, to learn whether reading it is safe.

A damaged .xls can make the Rust reader ask for hundreds of gigabytes, which ends the process that
asks; no `except` sees it. An .xls holds at most 65,536 rows a sheet, so reading it twice costs little.
(For .xlsx `files.packages` measures sheets beforehand instead.)

Run as `python -m bangfu.files.probe FILE`: exit code 0 when the file can be read, or is refused by
the reader in an orderly way.
"""

from __future__ import annotations

import contextlib
import io
import resource
import subprocess
import sys
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

# A full sheet of 65,536 rows and 256 columns takes 0.5 GB; the interpreter reserves some more.
_MEMORY = 4 * 2**30
_SECONDS = 120


def is_safe(path: Path) -> bool:
    """Whether the reader gets through the .xls file without being killed, failing or hanging."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "bangfu.files.probe", str(path.absolute())],
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _main(path: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    with contextlib.suppress(CalamineError, OSError):
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(Path(path).read_bytes()))
        for name in workbook.sheet_names:
            workbook.get_sheet_by_name(name)


if __name__ == "__main__":
    _main(sys.argv[1])
