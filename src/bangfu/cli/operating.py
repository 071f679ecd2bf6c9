"""`bangfu operator`: who works with the books, and in which role where."""

from __future__ import annotations

from typing import Annotated

import typer

from bangfu.books.accounts import actions
from bangfu.cli.operator import As, working
from bangfu.cli.options import Lang, day
from bangfu.cli.terminal import terminal
from bangfu.core import places
from bangfu.core.language import Text
from bangfu.site import clock

group = typer.Typer(no_args_is_help=True, help="操作员 / operators")
Username = Annotated[str, typer.Argument(help="用户名 / user name")]
At = Annotated[str, typer.Option("--place", help="地方代码 / place code")]


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="operator")


@group.command("add")
def add(
    username: Username,
    name: Annotated[str, typer.Option(help="姓名 / display name")],
    role: Annotated[str, typer.Option(help="角色代码，如 village_clerk / role code")],
    place: At,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    operator: As = None,
    lang: Lang = None,
) -> None:
    """新增操作员，授予一个角色 / Add an operator with one role."""
    with working(operator, place_code=places.NATION, purpose="operators", writes=True) as by:
        actions.add_operator(by=by, username=username, display_name=name, place_code=place)
        actions.set_password(by=by, username=username, password=password, place_code=place)
        actions.grant_role(
            by=by, username=username, role=role, place_code=place, valid_from=clock.today()
        )
    terminal(lang).say(
        Text(
            f"已新增操作员 {username}（{role}，{place}）。", f"Added {username} ({role}, {place})."
        )
    )


@group.command("grant")
def grant(
    username: Username,
    role: Annotated[str, typer.Option(help="角色代码 / role code")],
    place: At,
    until: Annotated[str | None, typer.Option(help="到哪天为止 / until, YYYY-MM-DD")] = None,
    operator: As = None,
    lang: Lang = None,
) -> None:
    """再授予一个角色 / Grant one more role."""
    with working(operator, place_code=places.NATION, purpose="operators", writes=True) as by:
        actions.grant_role(
            by=by,
            username=username,
            role=role,
            place_code=place,
            valid_from=clock.today(),
            valid_to=day(until, clock.today()) if until else None,
        )
    terminal(lang).say(
        Text(f"已授予 {username}：{role}，{place}。", f"Granted {username}: {role}, {place}.")
    )


@group.command("password")
def password(
    username: Username,
    new: Annotated[
        str,
        typer.Option("--password", prompt=True, hide_input=True, confirmation_prompt=True),
    ],
    operator: As = None,
    lang: Lang = None,
) -> None:
    """设置密码 / Set a password."""
    with working(operator, place_code=places.NATION, purpose="operators", writes=True) as by:
        actions.set_password(by=by, username=username, password=new, place_code=places.NATION)
    terminal(lang).say(Text(f"已设置 {username} 的密码。", f"The password of {username} is set."))
