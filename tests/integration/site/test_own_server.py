"""A PostgreSQL server of the county's own, as docs/how-to/run-on-a-server.md tells to set it up.

The server is an embedded one whose roles and database were taken away: to the site it is an address.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from tests.lib.postgres import FAST, folder_of_server

from bangfu.books.walls import keys
from bangfu.books.walls.roles import OWNER, PUBLIC, WEB
from bangfu.site import embedded
from bangfu.site.server import Found, unfit

# A free port is asked for of the machine itself.
pytestmark = pytest.mark.enable_socket
GUIDE = Path(__file__).parents[3] / "docs" / "how-to" / "run-on-a-server.md"
BEHIND_PROXY = {
    "Host": "books.test",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "203.0.113.7",
    "Referer": "https://books.test/log-in/",
}
PASSWORD = "Yangtze-2027-upstream"


@dataclass(frozen=True)
class Own:
    """A server somebody else runs."""

    server: embedded.Server
    folder: Path
    key: str

    def url(self, user: str, database: str = "bangfu") -> str:
        return f"postgresql://{user}:x@/{database}?host={self.server.socket}"

    def environ(self, **more: str) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("BANGFU")}
        return inherited | {
            "DATABASE_URL": self.url(WEB),
            "BANGFU_KEY": self.key,
            "BANGFU_UPLOADS": str(self.folder / "uploads"),
            "BANGFU_DATA": str(self.folder / "none"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            **more,
        }

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bangfu.cli.__main__", "--lang", "en", *arguments],
            env=self.environ(**more),
            capture_output=True,
            check=False,
            text=True,
        )

    def refused(self, *arguments: str, **more: str) -> str:
        """The sentence with which a command ends; it holds no password and no traceback."""
        done = self.run(*arguments, **more)
        assert done.returncode == 2, (done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stderr.replace("\n", " ")


def free_port() -> str:
    """A port at which nobody listens: another site of this machine may have the usual one."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return str(asked.getsockname()[1])


@pytest.fixture(scope="module")
def own() -> Iterator[Own]:
    with folder_of_server() as folder:
        server = embedded.start(folder / "postgres", FAST)
        with server.connect() as connection:
            connection.execute(f"drop database {embedded.DATABASE}")
            for role in (OWNER, WEB, PUBLIC):
                connection.execute(f"drop role {role}")
            connection.execute("create database bare")
        yield Own(server, folder, keys.generate())


@pytest.fixture(scope="module")
def made(own: Own) -> Own:
    """The guide's statements have been run."""
    [block] = re.findall(r"```sql\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    with own.server.connect() as connection:
        for statement in block.strip().split(";\n"):
            connection.execute(statement.replace("…", "x"))
        connection.execute(f"create database empty owner {OWNER}")
        connection.execute("create database foreign_owned")
    return own


@pytest.fixture(scope="module")
def migrated(made: Own) -> Own:
    done = made.run("migrate", "--keeper", "wang", BANGFU_OWNER_URL=made.url(OWNER))
    assert done.returncode == 0, done.stderr
    assert "wang keeps the books" in done.stdout
    return made


def test_a_server_without_the_roles(own: Own):
    told = own.refused("migrate", BANGFU_OWNER_URL=own.url("postgres", "bare"))
    assert all(role in told for role in (OWNER, WEB, PUBLIC))
    assert GUIDE.name in told


def test_migrating_without_the_owner(made: Own):
    assert "BANGFU_OWNER_URL" in made.refused("migrate")


def test_an_owner_whom_no_wall_would_hold(made: Own):
    assert "is postgres" in made.refused("migrate", BANGFU_OWNER_URL=made.url("postgres"))


@pytest.mark.parametrize(
    ("give", "take"),
    [
        (f"alter role {WEB} bypassrls", f"alter role {WEB} nobypassrls"),
        (f"grant {OWNER} to {WEB}", f"revoke {OWNER} from {WEB}"),
    ],
)
def test_a_web_role_that_goes_round_the_walls(made: Own, give: str, take: str):
    with made.server.connect() as connection:
        connection.execute(give)
        told = made.refused("migrate", BANGFU_OWNER_URL=made.url(OWNER))
        connection.execute(take)
    assert WEB in told
    assert "row-level security" in told


def test_a_database_of_somebody_else(made: Own):
    told = made.refused("migrate", BANGFU_OWNER_URL=made.url(OWNER, "foreign_owned"))
    assert "must own the database" in told


# No server that sorts otherwise can be had here: the embedded one knows the order of code points alone.
@pytest.mark.parametrize(
    ("changed", "told"),
    [({"by_code_point": False}, "code point"), ({"version": 14}, "too old"), ({}, "")],
)
def test_what_a_server_says_of_itself(changed: dict[str, object], told: str):
    fit = Found(18, OWNER, True, [], [], True)
    wrong = unfit(replace(fit, **changed))
    assert told in (wrong.en if wrong else "")
    assert bool(wrong) == bool(told)


def test_a_site_before_its_database_was_migrated(made: Own):
    settings = {"BANGFU_SECRET_KEY": "s" * 60, "BANGFU_HOSTS": "books.test"}
    told = made.refused(
        "serve", "--port", free_port(), DATABASE_URL=made.url(WEB, "empty"), **settings
    )
    assert "bangfu migrate" in told


def test_migrating_again_changes_nothing(migrated: Own):
    again = migrated.run("migrate", "--keeper", "wang", BANGFU_OWNER_URL=migrated.url(OWNER))
    assert again.returncode == 0, again.stderr
    assert "up to date" in again.stdout
    assert "there already" in again.stdout


@pytest.mark.parametrize("user", [OWNER, "postgres"])
def test_a_site_that_the_walls_would_not_hold(migrated: Own, user: str):
    settings = {"BANGFU_SECRET_KEY": "s" * 60, "BANGFU_HOSTS": "books.test"}
    told = migrated.refused(
        "serve", "--port", free_port(), DATABASE_URL=migrated.url(user), **settings
    )
    assert WEB in told
    assert user in told


def test_public_pages_that_the_walls_would_not_hold(migrated: Own):
    settings = {"BANGFU_SECRET_KEY": "s" * 60, "BANGFU_HOSTS": "books.test"}
    told = migrated.refused(
        "serve", "--port", free_port(), BANGFU_PUBLIC_URL=migrated.url(WEB), **settings
    )
    assert "BANGFU_PUBLIC_URL" in told
    assert PUBLIC in told


@pytest.mark.parametrize("name", ["BANGFU_SECRET_KEY", "BANGFU_HOSTS"])
def test_a_site_without_a_setting_that_keeps_it_safe(migrated: Own, name: str):
    settings = {"BANGFU_SECRET_KEY": "s" * 60, "BANGFU_HOSTS": "books.test", name: ""}
    assert name in migrated.refused("serve", "--port", free_port(), **settings)


def test_the_first_operator_logs_in(migrated: Own):
    set_password = ("operator", "password", "wang", "--as", "wang", "--password", PASSWORD)
    assert migrated.run(*set_password).returncode == 0
    port = free_port()
    settings = {"BANGFU_SECRET_KEY": "s" * 60, "BANGFU_HOSTS": "books.test"}
    command = ["serve", "--port", port, "--workers", "1", "--threads", "1"]
    site = subprocess.Popen(
        [sys.executable, "-m", "bangfu.cli.__main__", *command],
        env=migrated.environ(**settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        assert "wang" in _home_after_log_in(port, site)
    finally:
        site.terminate()
        site.communicate(timeout=120)


def _home_after_log_in(port: int, site: subprocess.Popen[bytes]) -> str:
    """The page that follows the log-in, as a browser behind the county's proxy gets it."""
    # The proxy's side of the line is plain, so cookies for TLS alone go over it.
    jar = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
    browser = build_opener(HTTPCookieProcessor(jar))
    address = f"http://127.0.0.1:{port}/log-in/"
    for _ in range(600):
        try:
            form = browser.open(Request(address, headers=BEHIND_PROXY)).read().decode()
            break
        except URLError as refused:
            assert isinstance(refused.reason, ConnectionError), refused
            assert site.poll() is None, site.communicate()
            time.sleep(0.1)
    [token] = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form))
    sent = {"csrfmiddlewaretoken": token, "username": "wang", "password": PASSWORD}
    asked = Request(address, urlencode(sent).encode(), BEHIND_PROXY)
    return str(browser.open(asked).read().decode())
