"""A real browser on a real server: Debian's Chromium, headless, against the pages of one process.

The server runs in a thread of the test process, so that a test can move the clock
(`clock.travel(days=6)`). The books hold some of the sample county; each test works on its own copy.
"""

from __future__ import annotations

import io
import itertools
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import override_settings
from PIL import Image
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)
from psycopg import Connection, sql
from tests.browser import county, public_day
from tests.integration.conftest import (  # noqa: F401  the same server and database machinery
    TEMPLATE,
    _use_database,
    django_db_setup,
    serving,
)
from tests.lib.page_list import PAGE_LIST, page_list
from tests.lib.postgres import copy_cluster, migrated, once

from bangfu.books.jobs.worker import work
from bangfu.books.walls import roles
from bangfu.cli import operator
from bangfu.site import clock as clock_door
from bangfu.site import embedded

SAMPLE = "bangfu_sample_template"
PASSWORD = "bangfu-sample-2026"
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}
PICTURE: ViewportSize = {"width": 1120, "height": 780}  # of a desk in a document
# Milliseconds that a page may take on a machine with other work.
WAITS = 60_000
# Passwords that everybody may know need no strong hash, which takes half a second of a log-in.
FAST_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
COLOURS = 80  # of a picture
BAD, UNPROCESSABLE, FAULT = 400, 422, 500  # HTTP statuses
if os.environ.get("BANGFU_PICTURES"):
    PAGE_LIST.write_text(page_list(), "utf-8")
# Pictures that documents show, as "zh/household.png".
SHOWN = {
    name
    for document in PICTURES.parent.glob("**/*.md")
    for name in re.findall(r"pictures/(\w\w/[\w-]+\.png)", document.read_text("utf-8"))
}
_numbers = itertools.count()
# Playwright keeps an event loop in the test's thread, where Django would refuse to touch a database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium, installed from Debian where this run may do so."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found and shutil.which("apt-get") and os.geteuid() == 0:
        for command in (["update"], ["install", "-y", "chromium", "fonts-noto-cjk"]):
            subprocess.run(["apt-get", "-qq", *command], stdout=subprocess.DEVNULL, check=False)
        found = shutil.which("chromium")
    if not found:
        pytest.skip("no Chromium: install Debian's package chromium (apt install chromium)")
    return found


# For a module, not for the run: while it lives, its event loop is that of every test in the process.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=WAITS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(django_db_blocker) -> Iterator[embedded.Server]:
    """A server with some of the sample county and its operators, to be copied for each test."""

    def fill(folder: Path) -> None:
        with serving(migrated) as scratch:
            _fill(scratch, django_db_blocker)
            embedded.stop(scratch.data)
            copy_cluster(scratch.data.parent, folder)

    with serving(lambda folder: copy_cluster(once("sample", fill), folder)) as server:
        yield server


def _fill(server: embedded.Server, blocker) -> None:
    with server.connect() as admin:
        clone(admin, TEMPLATE, SAMPLE)
    with blocker.unblock(), pytest.MonkeyPatch.context() as patched:
        _use_database(server, SAMPLE)
        # The books are up already, in the test's own database and under the test's own key.
        patched.setattr(operator, "setup_django", lambda: None)
        patched.setattr(clock_door, "now", lambda: county.FILLED)
        with override_settings(PASSWORD_HASHERS=FAST_HASHERS):
            county.fill()
        connections.close_all()


@pytest.fixture
def books(server, django_db_blocker) -> Iterator[str]:
    """This test's own copy of the sample county."""
    name = f"bangfu_pages_{os.getpid()}_{next(_numbers)}"
    with server.connect() as admin:
        clone(admin, SAMPLE, name)
    with django_db_blocker.unblock():
        _use_database(server, name)
        yield name
        connections.close_all()
    with server.connect() as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def clone(admin, template: str, name: str) -> None:
    """Make a database that begins as another stands, with the rights of the site."""
    admin.execute(
        sql.SQL("create database {} template {} owner {} strategy file_copy").format(
            *map(sql.Identifier, (name, template, roles.OWNER))
        )
    )
    rights = "grant connect, temporary on database {} to {}, {}"
    admin.execute(sql.SQL(rights).format(*map(sql.Identifier, (name, roles.WEB, roles.PUBLIC))))


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """The test tells what matters."""


@pytest.fixture
def site(books) -> Iterator[str]:
    """The address of the running pages."""
    httpd = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet, connections_override=None)
    httpd.set_app(get_wsgi_application())
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    with override_settings(PASSWORD_HASHERS=FAST_HASHERS):
        yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()
    thread.join()


class Clock:
    """The clock of the pages, and of the public site in its database: it stands still until a test moves it."""

    def __init__(self, admin: Connection) -> None:
        self._now, self._admin = county.BEGINS, admin
        public_day.take_over(admin)
        public_day.stand_at(admin, self._now)

    def __call__(self) -> datetime:
        return self._now

    def travel(self, *, days: int) -> None:
        self._now += timedelta(days=days)
        public_day.stand_at(self._admin, self._now)


@pytest.fixture
def clock(monkeypatch, server, books) -> Iterator[Clock]:
    """The one door to the clock, in the test's hand."""
    with server.connect(database=books) as admin:
        moved = Clock(admin)
        monkeypatch.setattr(clock_door, "now", moved)
        yield moved


@pytest.fixture
def run_jobs(clock) -> Callable[[], None]:
    """Work through the queue, beside the event loop that Playwright keeps in the test's thread."""

    return lambda: work_through(clock)


def work_through(moment: Callable[[], datetime]) -> None:
    """Work through the queue of the database in use, beside the event loop of the test's thread."""

    def working() -> None:
        try:
            work(moment, wait=False)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as beside:
        beside.submit(working).result()


@pytest.fixture
def come_in(browser, site, clock) -> Iterator[Callable[..., Page]]:
    """A page of the site, logged in as a sample operator: `come_in("cunji", lang="en", width=PHONE)`.

    Anything the browser complains about (a refused script, a fault of the server) fails the test; a page
    in `trouble` meets faults of the server on purpose.
    """
    opened = []
    complaints: list[str] = []

    def opener(
        username: str = "",
        *,
        lang: str = "zh",
        size: ViewportSize = DESKTOP,
        trouble: bool = False,
    ) -> Page:
        context = browser.new_context(viewport=size, base_url=site, locale="zh-CN")
        opened.append(context)
        language = "en" if lang == "en" else "zh-hans"
        context.add_cookies([{"name": "language", "value": language, "url": site}])
        page = context.new_page()
        page.set_default_timeout(WAITS)
        page.on("console", lambda m: complaints.append(m.text) if _is_fault(m) else None)
        page.on(
            "response",
            lambda r: (
                complaints.append(f"{r.status} {r.url}") if _is_refused(r) and not trouble else None
            ),
        )
        if username:
            page.goto("/log-in/")
            page.fill("[name=username]", username)
            page.fill("[name=password]", PASSWORD)
            page.click(".form-footer button[type=submit]")
            page.wait_for_load_state()
        return page

    yield opener
    for context in opened:
        context.close()
    assert complaints == []


def _is_fault(message: ConsoleMessage) -> bool:
    """Something the browser complains about, but for what did not load: `_is_refused` judges that."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


def _is_refused(answer: Response) -> bool:
    """A fault of the server, or a part of a page that is not there; a page may say no, a form 422."""
    of_a_page = answer.request.resource_type != "document" and answer.status != UNPROCESSABLE
    return answer.status >= FAULT or (of_a_page and answer.status >= BAD)


def keep(page: Page, name: str, lang: str, size: ViewportSize | None) -> None:
    """The page's picture, if a document shows it, in few colours, so that documents stay small."""
    if f"{lang}/{name}.png" not in SHOWN:
        return
    before = page.viewport_size
    if size:
        page.set_viewport_size(size)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    if size and before:
        page.set_viewport_size(before)
    path = PICTURES / lang / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    # The most frequent colours as they are: a quantiser would mix the few of a badge with others.
    found = sorted(picture.getcolors(picture.width * picture.height) or (), reverse=True)
    few = Image.new("P", (1, 1))
    few.putpalette([part for _, colour in found[:COLOURS] for part in colour])
    picture.quantize(palette=few, dither=Image.Dither.NONE).save(path, optimize=True)


def _serious(page: Page) -> list[tuple[str, str]]:
    """What axe finds serious on a page: its rule, and the first mark that breaks it."""
    return [
        (found["id"], found["nodes"][0]["html"])
        for found in Axe().run(page).response["violations"]
        if found["impact"] in ("serious", "critical")
    ]


def too_wide(page: Page) -> int:
    """By how many pixels a page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.fixture
def look() -> Callable[..., None]:
    """Check a page as a person with a keyboard or a screen reader meets it, and keep its picture.

    Pictures are written only when BANGFU_PICTURES is set (make pictures): they are those of documents,
    as the page stands or, with `picture`, in that size.
    """

    def looked(
        page: Page,
        name: str,
        lang: str = "zh",
        *,
        axe: bool = True,
        picture: ViewportSize | None = None,
    ) -> None:
        if axe:
            assert _serious(page) == [], name
        assert too_wide(page) <= 0, f"{name} is {too_wide(page)} px wider than the screen"
        if os.environ.get("BANGFU_PICTURES"):
            keep(page, name, lang, picture)

    return looked
