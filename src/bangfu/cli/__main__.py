"""`bangfu`: one plain function a command. Errors end here, with the exit code of their class."""

from __future__ import annotations

import gc
import io
import itertools
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import django
import typer
from typer.exceptions import Abort, TyperException

from bangfu.cli import usage
from bangfu.cli.options import Lang
from bangfu.cli.terminal import Terminal, prefer, terminal
from bangfu.core.errors import EXIT_FAULT, EXIT_USAGE, UsageError, UserError
from bangfu.core.language import Lang as Language
from bangfu.core.language import Text
from bangfu.files.paths import is_full

INTERRUPTED = 130

# Command → the module that has it. Only what a command needs is imported: starting is most of the
# time of a short command.
_MODULES = {
    "demo": "demonstrating",
    "check": "checking",
    "template": "checking",
    "places": "keeping",
    "import": "keeping",
    "snapshot": "keeping",
    "ledger": "keeping",
    "trace": "tracing",
    "screen": "screening",
    "quota": "dividing",
    "allocate": "allocating",
    "policy": "policing",
    "docs": "documenting",
    "serve": "serving",
    "work": "serving",
    "migrate": "migrating",
    "operator": "operating",
    "keys": "keeping_keys",
    "registry": "registering",
    "rates": "rating",
    "watch": "watching",
    "draw": "drawing",
    "numbers": "numbering",
    "publish": "exporting",
    "export": "exporting",
}
# These import models, so Django's apps must stand first. No database is touched by that.
_OF_BOOKS = {
    "migrating",
    "demonstrating",
    "keeping",
    "screening",
    "serving",
    "operating",
    "keeping_keys",
    "registering",
    "tracing",
    "rating",
    "watching",
    "exporting",
}


def program(arguments: Sequence[str]) -> typer.Typer:
    """The program with the commands that the arguments may mean: one module's, or all of them."""
    app = typer.Typer(
        name="bangfu",
        help="帮扶：一个县的帮扶工作簿。 / Bangfu: the working book of a county's assistance.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_before)
    asked = _command(arguments)
    wanted = [_MODULES[asked]] if asked in _MODULES else dict.fromkeys(_MODULES.values())
    if _OF_BOOKS & set(wanted):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.site.settings")
        django.setup()
    for name in wanted:
        import_module(f"bangfu.cli.{name}").register(app)
    return app


def _before(lang: Lang = None) -> None:
    prefer(lang)


def _command(arguments: Sequence[str]) -> str:
    """The first word that is neither an option nor the value of --lang before the command."""
    words = [
        word
        for word, before in zip(arguments, ["", *arguments], strict=False)
        if before != "--lang"
    ]
    return next((word for word in words if not word.startswith("-")), "")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A file name may hold bytes that are no text, and a terminal may know no Chinese.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code. A user's mistake is a sentence, a fault of ours is told whole."""
    told = sys.unraisablehook

    def hook(found: sys.UnraisableHookArgs) -> None:
        if getattr(found.object, "__qualname__", "") != "ZipFile.__del__":
            told(found)

    # A workbook cut short by a full disk, which was told, tries to close itself when it is thrown away.
    sys.unraisablehook = hook
    try:
        code = _run(arguments)
        if code:
            gc.collect()
        return code
    finally:
        sys.unraisablehook = told


def _run(arguments: list[str] | None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    prefer(None)
    speak = _terminal(arguments)
    try:
        result = program(arguments)(args=list(arguments), standalone_mode=False)
    except UserError as error:
        speak.fail(error)
        return error.exit_code
    except TyperException as error:
        # A group of commands called by its own name alone has shown its help already.
        if error.format_message():
            speak.errors.print(_usage(error, speak.lang), markup=False)
        return EXIT_USAGE
    except (KeyboardInterrupt, Abort):
        return _interrupted(speak)
    except OSError as error:
        if is_full(error):
            speak.fail(
                UsageError(
                    Text(
                        "磁盘已满；请腾出空间后再试。",
                        "The disk is full; free some space and try again.",
                    )
                )
            )
            return EXIT_USAGE
        return _fault(speak)
    except Exception:  # noqa: BLE001  told whole below and never swallowed: the exit code says it is ours
        return _fault(speak)
    if result == INTERRUPTED:  # Typer gives Ctrl-C inside a command as this result
        return _interrupted(speak)
    return result if isinstance(result, int) else 0


def _terminal(arguments: list[str]) -> Terminal:
    """The terminal errors are told on; --lang counts wherever it stands, the command's own last."""
    asked = None
    for before, word in itertools.pairwise(["", *arguments]):
        if before == "--lang":
            asked = word
        elif word.startswith("--lang="):
            asked = word.partition("=")[2]
    return terminal(asked if asked in ("zh", "en") else None)


def _usage(error: TyperException, lang: Language) -> str:
    """What was wrong with the call, and where its help is."""
    hint = Text("命令用法不对：{0}\n用 --help 查看用法。", "Wrong usage: {0}\nSee --help.")
    return hint.to(lang).format(usage.told(error.format_message(), lang))


def _interrupted(speak: Terminal) -> int:
    told = Text("已中断；没有保存一半的结果。", "Interrupted; nothing was left half done.")
    speak.errors.print(told.to(speak.lang))
    return INTERRUPTED


def _fault(speak: Terminal) -> int:
    speak.errors.print(
        Text(
            "程序出错，这是我们的问题。请把下面的内容发给我们：",
            "A fault of ours. Please send us what follows:",
        ).to(speak.lang),
        style="bold red",
    )
    speak.errors.print(traceback.format_exc(), markup=False)
    return EXIT_FAULT


if __name__ == "__main__":
    main()
