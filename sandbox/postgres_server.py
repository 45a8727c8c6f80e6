"""A PostgreSQL server of one's own in a temporary folder, for tests and the sandbox."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_DEBIAN: Final = Path("/usr/lib/postgresql")
_USER: Final = "grok"
_SYSTEM_USER: Final = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this user."""
_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 20.0
_LOOK_SECONDS: Final = 0.05
_LOWEST_PORT: Final = 20_000
_PORTS: Final = 12_000
_HAS_STRATEGIES: Final = 150_000
_FAST: Final = (
    # Nobody needs this data after a power cut.
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off"),
    *("wal_level=minimal", "max_wal_senders=0", "jit=off", "max_connections=100"),
    "log_error_verbosity=terse",
)


class PostgresUnavailableError(Exception):
    """No server can be started here; the text says what is missing."""


def find_programs(
    debian: Path = _DEBIAN,
    *,
    path: str | None = None,
    uid: int | None = None,
    account: str = _SYSTEM_USER,
) -> Path:
    """Return the folder of `initdb` and its like: on the PATH, or where Debian puts them.

    Raises:
        PostgresUnavailableError: They are not installed, or can't be run by this user.
    """
    found = shutil.which("initdb", path=path)
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(debian.glob("*/bin"), key=_version, reverse=True)
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "postgres", "psql")):
            if (os.geteuid() if uid is None else uid) == 0 and not _exists(account):
                raise PostgresUnavailableError(
                    f"PostgreSQL does not run as root, and there is no user {account}."
                )
            return folder
    raise PostgresUnavailableError("PostgreSQL is not installed. On Debian: apt install postgresql")


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


def _exists(account: str) -> bool:
    try:
        pwd.getpwnam(account)
    except KeyError:
        return False
    return True


class PostgresServer:
    """One server on a loopback port, with a password; its data lives as long as its folder."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._account = _SYSTEM_USER if os.geteuid() == 0 else None
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._has_strategies = False
        self.password = secrets.token_urlsafe(16)

    def url(self, database: str) -> str:
        """Return the DATABASE_URL of one database on this server."""
        address = f"127.0.0.1:{self._port}"
        return f"postgresql+asyncpg://{_USER}:{self.password}@{address}/{database}"

    def make(self) -> None:
        """Write the files of an empty server."""
        if self._account is not None:
            shutil.chown(self._folder, self._account, self._account)
        word = self._folder / "password"
        word.write_text(self.password, encoding="ascii")
        if self._account is not None:
            shutil.chown(word, self._account, self._account)
        # Sorted by bytes, as SQLite does, but with all letters known, as where it is for real.
        locale = ("--no-locale", "--lc-ctype=C.UTF-8")
        options = ("--encoding=UTF8", *locale, "--no-sync", "--auth-local=trust")
        self._run(
            "initdb",
            *("--pgdata", str(self._data), "--username", _USER, "--pwfile", str(word)),
            *("--auth-host=scram-sha-256", *options),
        )
        word.unlink()

    def start(self) -> None:
        """Start the server and return once it answers.

        Raises:
            PostgresUnavailableError: It ended, or did not answer in time.
        """
        given = (*_FAST, f"unix_socket_directories={self._folder}", f"port={self._port}")
        settings = [part for one in (*given, "listen_addresses=127.0.0.1") for part in ("-c", one)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - Debian's own program
                [self._programs / "postgres", "-D", self._data, *settings],
                cwd=self._folder,
                user=self._account,
                group=self._account,
                extra_groups=None if self._account is None else (),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise PostgresUnavailableError(f"PostgreSQL did not start: {self._last_words()}")
            time.sleep(_LOOK_SECONDS)
        # Copying files was the only way before, and is the fastest one where nothing is synced.
        self._has_strategies = int(self.execute("SHOW server_version_num")) >= _HAS_STRATEGIES

    def stop(self, patience_seconds: float = _STOP_SECONDS) -> None:
        """End the server; whoever is connected is cut off, and itself if it takes too long."""
        process, self._process = self._process, None
        if process is None:
            return
        # SIGINT is PostgreSQL's fast shutdown; SIGQUIT would leave a recovery for the next start.
        process.send_signal(signal.SIGINT)
        try:
            process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def create(self, database: str, *, template: str = "template0", encoding: str = "UTF8") -> None:
        """Make a database; with a template it begins as a copy of that one."""
        copying = " STRATEGY FILE_COPY" if self._has_strategies else ""
        # The letters of the server are those of UTF8, and no other encoding's.
        letters = "" if encoding == "UTF8" else " LC_CTYPE 'C'"
        made_like = f"TEMPLATE {template} ENCODING '{encoding}'{letters}{copying}"
        self.execute(f"CREATE DATABASE {database} {made_like}")

    def let_check_itself(self, database: str) -> None:
        """Give a database, and its copies, PostgreSQL's `amcheck`, where it is installed."""
        self.execute(
            "DO $$ BEGIN CREATE EXTENSION amcheck;"
            " EXCEPTION WHEN feature_not_supported OR undefined_file THEN NULL; END $$",
            database,
        )

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected."""
        self.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def execute(self, statement: str, database: str = "postgres") -> str:
        """Run statements as the owner of everything and return what they print."""
        local = ("--host", str(self._folder), "--port", str(self._port), "--username", _USER)
        quiet = ("--no-psqlrc", "--quiet", "--no-align", "--tuples-only")
        words = (*local, "--dbname", database, *quiet, "--command", statement)
        return self._run("psql", *words, "--set=ON_ERROR_STOP=1").strip()

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except PostgresUnavailableError:
            return False
        return True

    def _run(self, program: str, *words: str) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - Debian's own program
                [self._programs / program, *words],
                cwd=self._folder,
                user=self._account,
                group=self._account,
                extra_groups=None if self._account is None else (),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                text=True,
            )
        except OSError as error:
            raise PostgresUnavailableError(f"{program}: {error.strerror}") from error
        if done.returncode != 0:
            raise PostgresUnavailableError(f"{program}: {done.stderr.strip()}")
        return done.stdout

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return lines[-1] if lines else "it said nothing"


def _free_port() -> int:
    """Find a port below those that the system hands out, which somebody may get meanwhile."""
    while True:
        port = _LOWEST_PORT + secrets.randbelow(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def private_postgres(programs: Path | None = None) -> Iterator[PostgresServer]:
    """Run a server of one's own until the end of the block, and remove its data.

    Raises:
        PostgresUnavailableError: None can be started here; the text says why.
    """
    programs = programs or find_programs()
    with tempfile.TemporaryDirectory(prefix="grok-postgres-") as name:
        server = PostgresServer(programs, Path(name))
        try:
            server.make()
            server.start()
            yield server
        finally:
            server.stop()
