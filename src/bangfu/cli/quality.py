"""`make check`: lint, format, types, migrations, docs. Each step is a command anyone can run alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
# The packages whose types are checked whole; of the books, the actions.
TYPED = ("core", "engines", "cli")


def steps() -> list[tuple[str, list[str]]]:
    """The steps and their commands, in order."""
    python = sys.executable
    actions = sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("src/bangfu/books/*/actions*"))
    return [
        ("lint", [python, "-m", "ruff", "check", "."]),
        ("format", [python, "-m", "ruff", "format", "--check", "."]),
        ("types", [python, "-m", "mypy", *(f"src/bangfu/{p}" for p in TYPED), *actions]),
        (
            "migrations",
            [python, "-W", "ignore", "-m", "django", "makemigrations", "--check", "--dry-run"],
        ),
        ("policy", [python, "-m", "bangfu.cli.__main__", "policy", "check"]),
        ("docs", [python, "-m", "bangfu.cli.__main__", "docs", "--check"]),
        ("manual", [python, "tests/lib/manual.py", "--check"]),
    ]


def main() -> int:
    """Run every step, also after one failed; 1 when any failed."""
    environ = os.environ | {
        "DJANGO_SETTINGS_MODULE": "bangfu.site.settings",
        "PYTHONPATH": str(ROOT / "tests"),  # the manual is written from the spec tables there
    }
    failed = []
    for name, command in steps():
        sys.stdout.write(f"== {name}\n")
        sys.stdout.flush()
        if subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode:
            failed.append(name)
    sys.stdout.write(f"failed: {', '.join(failed)}\n" if failed else "all passed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
