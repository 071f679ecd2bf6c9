"""`bangfu keys`: a new key for the guarded columns."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from django.conf import settings

from bangfu.books.attachments import store
from bangfu.books.journal import actions as journal
from bangfu.books.walls import keys, rotation
from bangfu.cli.operator import As, working
from bangfu.cli.options import Lang
from bangfu.cli.terminal import terminal
from bangfu.core.errors import UsageError
from bangfu.core.language import Text
from bangfu.core.places import NATION

group = typer.Typer(no_args_is_help=True, help="密钥 / keys of the guarded columns")


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(group, name="keys")


@group.command("new")
def new() -> None:
    """写出一把新密钥，供 BANGFU_KEY 使用。 / Write a fresh key, for BANGFU_KEY."""
    typer.echo(keys.generate())


@group.command("add")
def add(lang: Lang = None) -> None:
    """在密钥文件里加一把新密钥，放在最前。 / Put a new key first in the key file."""
    if settings.PRODUCTION or os.environ.get("BANGFU_KEY"):
        raise UsageError(
            Text(
                f"密钥在 BANGFU_KEY 里：请改为 BANGFU_KEY={keys.generate()},<原来的密钥>，再运行 bangfu keys rotate。",
                f"The keys are in BANGFU_KEY: set it to {keys.generate()},<the present keys>, "
                "then run bangfu keys rotate.",
            )
        )
    path = keys.add_to_file(os.environ)
    terminal(lang).say(
        Text(
            f"新密钥已写在 {path} 最前。接着运行 bangfu keys rotate。",
            f"A new key stands first in {path}. Now run bangfu keys rotate.",
        )
    )


@group.command("rotate")
def rotate(
    batch: Annotated[int, typer.Option(min=1, help="每批多少行 / rows a batch")] = rotation.BATCH,
    operator: As = None,
    lang: Lang = None,
) -> None:
    """用最前一把密钥重新加密所有号码；中断后再运行会接着做。 / Seal every number again with the first key; goes on after a break."""
    with working(operator, place_code=NATION, purpose="key rotation", writes=True) as by:
        pass  # whoever may not write everywhere does not come this far
    done = rotation.rotate(by=by, batch=batch)
    files = store.reseal()
    with working(operator, place_code=NATION, purpose="key rotation", writes=True) as by:
        journal.write(
            by=by,
            place_code=NATION,
            verb="keys.rotate",
            subject=f"key {keys.current().current.id.hex()}",
            after={
                "rows": done.rows,
                "tokens": done.tokens,
                "tokens_left": done.tokens_left,
                "files": files,
            },
        )
    speak = terminal(lang)
    speak.say(
        Text(
            f"已重新加密 {done.rows:,} 行、{files:,} 个文件。旧密钥现在可以从 BANGFU_KEY 或密钥文件里拿掉（旧备份仍要用它）。",
            f"{done.rows:,} rows and {files:,} files sealed again. The old key may now leave BANGFU_KEY or the key file "
            "(old backups still need it).",
        )
    )
    if done.tokens_left:
        speak.say(
            Text(
                f"名单里有 {done.tokens_left:,} 行的人不在账本里，换不了密钥：请重新导入部门名单。",
                f"{done.tokens_left:,} lines of rosters name nobody in the books and keep the old token: "
                "import the departments' rosters again.",
            )
        )
