"""`bangfu operator`: who works with the books, and in which role where."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from bangfu.books.accounts import actions, tokens
from bangfu.books.accounts.queries import grants_of
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


@group.command("token")
def token(
    operator: As,
    until: Annotated[str, typer.Option(help="最后一天，如 2027-06-30 / the last day")],
    name: Annotated[str, typer.Option(help="用途 / what it is for")],
    reads_only: Annotated[
        bool, typer.Option("--reads-only", help="只读 / it writes nothing")
    ] = False,
    lang: Lang = None,
) -> None:
    """为自己的账号新建一个接口令牌，只显示这一次 / Make a token of the API for the own account; it is shown once."""
    today = clock.today()
    with working(
        operator, place_code=places.NATION, purpose="token", classes=(), writes=True
    ) as by:
        held = grants_of(by, on=today)
        made = tokens.make_token(
            by=by,
            name=name,
            grants=[grant.pk for grant in held],
            reads_only=reads_only,
            valid_to=day(until, today) + timedelta(days=1),
            today=today,
            now=clock.now(),
            place_code=held[0].place_code,
        )
    terminal(lang).say(
        Text("令牌只显示这一次，请妥善保存：", "The token is shown this once; keep it safe:")
    )
    typer.echo(made)
