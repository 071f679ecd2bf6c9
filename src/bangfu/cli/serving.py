"""`bangfu serve`: the site."""

from __future__ import annotations

from typing import Annotated

import typer
from django.conf import settings
from granian import Granian
from granian.constants import Interfaces

from bangfu.cli import sampling
from bangfu.cli.options import Lang
from bangfu.cli.terminal import terminal
from bangfu.core.language import Text
from bangfu.site.start import setup_web


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("serve")(serve)


def serve(
    host: Annotated[str, typer.Option(help="监听地址 / address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口 / port")] = 8000,
    workers: Annotated[int, typer.Option(help="进程数 / processes")] = 2,
    sample: Annotated[
        bool, typer.Option(help="账本为空时装入示例县 / load the sample into empty books")
    ] = True,
    lang: Lang = None,
) -> None:
    """打开网站。 / Open the site."""
    speak = terminal(lang)
    setup_web()
    if sample and not settings.PRODUCTION and sampling.is_empty():
        with speak.steps() as steps:
            sampling.load(steps)
        speak.say(
            Text(
                f"示例账号和密码见 {sampling.OPERATORS}。",
                f"The sample's accounts and their password are in {sampling.OPERATORS}.",
            )
        )
    speak.say(Text(f"网站：http://{host}:{port}/", f"The site: http://{host}:{port}/"))
    Granian(
        "bangfu.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        log_enabled=settings.PRODUCTION,
    ).serve()
