"""`bangfu serve`: the site with its workers. `bangfu work`: a worker alone."""

from __future__ import annotations

import gc
import http.client
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from typing import Annotated

import typer
from django.conf import settings
from django.db import connections
from granian import Granian
from granian.constants import Interfaces

from bangfu.books.jobs.worker import work as run_worker
from bangfu.cli import sample_operators, sampling
from bangfu.cli.options import Lang
from bangfu.cli.terminal import Terminal, terminal
from bangfu.core.errors import UsageError
from bangfu.core.language import Text
from bangfu.site import clock
from bangfu.site.start import setup_django, setup_web, stop_unused_database
from bangfu.site.workers import GRACE_SECONDS, READY, beside


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("serve")(serve)
    app.command("work")(work)


def serve(
    host: Annotated[str, typer.Option(help="监听地址 / address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口 / port")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="进程数 / processes")] = 2,
    threads: Annotated[
        int,
        typer.Option(min=1, help="每个进程同时办理几个请求 / requests at a time in each process"),
    ] = 4,
    jobs: Annotated[
        int,
        typer.Option(min=0, help="后台进程数，0 为另行启动 / background workers; 0: run elsewhere"),
    ] = 1,
    sample: Annotated[
        bool, typer.Option(help="账本为空时装入示例县 / load the sample into empty books")
    ] = True,
    lang: Lang = None,
) -> None:
    """打开网站。 / Open the site."""
    speak = terminal(lang)
    asked = _asked_to_end()
    failures: list[str] = []
    try:
        _check_address(host, port)
        _load(speak, sample=sample)
        # Started afresh: loading the sample leaves threads here, and a forked process waits for ever
        # for one of them as soon as a page computes.
        multiprocessing.set_start_method("spawn", force=True)
        site = Granian(
            "bangfu.site.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads,
            # A process that was told to end before it could listen to that is not waited for.
            workers_kill_timeout=GRACE_SECONDS,
            log_enabled=settings.PRODUCTION,
        )
        site.on_startup(lambda: _announce(speak, host, port))
        with beside(jobs, failed=lambda: _give_up(failures)):
            if asked:  # an interrupt that fell into a destructor has interrupted nothing
                raise KeyboardInterrupt
            site.serve()
    except KeyboardInterrupt:
        asked.append(True)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what follows is the end already
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # A connection in the making, kept by the interrupt that struck it, counts as somebody's use.
        gc.collect()
        stop_unused_database()
    if failures:
        raise UsageError(
            Text(
                "后台进程没有启动，原因见上面；网站已关闭。",
                "The background worker did not start; its reason stands above. The site is closed.",
            )
        )
    if asked:
        raise KeyboardInterrupt


def _asked_to_end() -> list[bool]:
    """Take signals until the server has its own handlers: one ends what has been started, not this
    process alone. What is given holds something once a signal has come."""
    asked: list[bool] = []

    def end(number: int, frame: object) -> None:
        asked.append(True)
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return asked


def _check_address(host: str, port: int) -> None:
    """UsageError for an address at which this machine cannot listen."""
    try:
        socket.create_server((host, port)).close()
    except OSError as refused:
        raise UsageError(
            Text(
                f"不能在 {host}:{port} 打开网站：{refused.strerror or refused}。请换 --host 或 --port。",
                f"The site cannot open at {host}:{port}: {refused.strerror or refused}. "
                "Take another --host or --port.",
            )
        ) from refused


def _load(speak: Terminal, *, sample: bool) -> None:
    setup_web()
    if sample and not settings.PRODUCTION and sampling.is_empty():
        with speak.steps() as steps:
            sampling.load(steps)
        speak.say(
            Text(
                f"示例账号和密码见 {sample_operators.OPERATORS}。",
                f"The sample's accounts and their password are in {sample_operators.OPERATORS}.",
            )
        )
    # Nothing here reads the books again until the site ends.
    connections.close_all()


def _announce(speak: Terminal, host: str, port: int) -> None:
    """Tell the address as soon as the site answers there."""
    threading.Thread(target=_tell_when_open, args=(speak, host, port), daemon=True).start()


def _tell_when_open(speak: Terminal, host: str, port: int) -> None:
    while not _answers("127.0.0.1" if host == "0.0.0.0" else host, port):
        time.sleep(0.1)
    speak.say(Text(f"网站：http://{host}:{port}/", f"The site: http://{host}:{port}/"))


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        connection.request("HEAD", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _give_up(failures: list[str]) -> None:
    failures.append("worker")
    os.kill(os.getpid(), signal.SIGTERM)


def work(
    attached: Annotated[
        bool, typer.Option(hidden=True, help="随标准输入结束 / end when standard input does")
    ] = False,
) -> None:
    """后台进程：导入、排查、打印。 / A worker in the background: imports, screening, printing."""
    setup_django()
    if attached:
        sys.stdout.write(READY + "\n")
        sys.stdout.flush()
        threading.Thread(target=_end_with_input, daemon=True).start()
    run_worker(clock.now)


def _end_with_input() -> None:
    # By the descriptor: Python waits at its end for whoever holds the lock of a buffered stream.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
