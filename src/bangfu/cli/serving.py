"""`bangfu serve`: the site with its workers. `bangfu work`: a worker alone."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Annotated

import typer
from django.conf import settings
from django.db import connections
from granian import Granian
from granian.constants import Interfaces

from bangfu.books.jobs.worker import work as run_worker
from bangfu.cli import sampling
from bangfu.cli.options import Lang
from bangfu.cli.terminal import terminal
from bangfu.core.language import Text
from bangfu.site import clock
from bangfu.site.start import setup_django, setup_web
from bangfu.site.workers import beside


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("serve")(serve)
    app.command("work")(work)


def serve(
    host: Annotated[str, typer.Option(help="监听地址 / address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口 / port")] = 8000,
    workers: Annotated[int, typer.Option(help="进程数 / processes")] = 2,
    jobs: Annotated[
        int, typer.Option(help="后台进程数，0 为另行启动 / background workers; 0: run elsewhere")
    ] = 1,
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
    # A connection opened here must not be shared with the processes that are forked next.
    connections.close_all()
    speak.say(Text(f"网站：http://{host}:{port}/", f"The site: http://{host}:{port}/"))
    site = Granian(
        "bangfu.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        log_enabled=settings.PRODUCTION,
    )
    with beside(jobs):
        site.serve()


def work(
    attached: Annotated[
        bool, typer.Option(hidden=True, help="随标准输入结束 / end when standard input does")
    ] = False,
) -> None:
    """后台进程：导入、排查、打印。 / A worker in the background: imports, screening, printing."""
    setup_django()
    if attached:
        threading.Thread(target=_end_with_input, daemon=True).start()
    run_worker(clock.now)


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
