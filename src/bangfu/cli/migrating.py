"""`bangfu migrate`: bring a database up to date, and name the first operator of its books."""

from __future__ import annotations

from typing import Annotated

import typer

from bangfu.books.accounts.actions import ensure_keeper
from bangfu.cli.options import Lang
from bangfu.cli.terminal import terminal
from bangfu.core.language import Text
from bangfu.site import clock
from bangfu.site.start import setup_owner


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("migrate")(migrate)


def migrate(
    keeper: Annotated[
        str | None,
        typer.Option(help="账本的第一个操作员（系统管理员） / first operator: keeper of the books"),
    ] = None,
    lang: Lang = None,
) -> None:
    """把数据库更新到最新结构；以所有者身份（BANGFU_OWNER_URL）。 / Bring the database up to date, as its owner."""
    speak = terminal(lang)
    applied = setup_owner()
    speak.say(
        Text(f"已更新：执行了 {applied} 步。", f"Up to date: {applied} steps applied.")
        if applied
        else Text("数据库已是最新。", "The database is up to date.")
    )
    if not keeper:
        return
    if ensure_keeper(username=keeper, on=clock.today()):
        speak.say(
            Text(
                f"已设系统管理员 {keeper}。接着设密码：bangfu operator password {keeper} --as {keeper}",
                f"{keeper} keeps the books. Now a password: "
                f"bangfu operator password {keeper} --as {keeper}",
            )
        )
    else:
        speak.say(Text(f"已有操作员 {keeper}，未改动。", f"{keeper} is there already, unchanged."))
