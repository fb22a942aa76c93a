"""The two databases under a stack: a file, or a PostgreSQL that may be killed and started again on its data."""

import contextlib
import os
import signal
import time
from pathlib import Path

import psycopg

from tests.postgresql import Server, Unavailable

# What was committed must survive a kill -9: the write-ahead log reaches the operating system at each commit. Only a
# power cut could lose it, and nobody pulls that plug here.
FLAGS = ("fsync=off", "listen_addresses=", "max_connections=150", "shared_buffers=64MB",
         "log_min_messages=warning")  # fmt: skip
RETRY_SECONDS = 20.0


class File:
    """SQLite: nothing to kill."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'causeway.db'}"

    def kill(self) -> bool:
        return False

    def watch(self) -> None:
        """Nothing can have happened to it."""

    def stop(self) -> None:
        """Nothing runs."""


class Cluster:
    """A PostgreSQL of our own; `watch` starts it again when it is down."""

    def __init__(self) -> None:
        self.server = Server(FLAGS)
        self.url = self.server.create("causeway").replace("+psycopg", "")
        self.starts = 1

    @property
    def up(self) -> bool:
        return self.server.process is not None and self.server.process.poll() is None

    def kill(self) -> bool:
        """kill -9 of the server; its backends notice and leave."""
        if self.server.process is None or not self.up:
            return False
        self.server.process.kill()
        return True

    def kill_backend(self) -> bool:
        """kill -9 of one connection's process: the server throws everybody out and recovers."""
        query = "SELECT pid FROM pg_stat_activity WHERE datname = 'causeway' ORDER BY random() LIMIT 1"
        try:
            with psycopg.connect(f"host={self.server.folder / 'data'} user=postgres dbname=postgres") as connection:
                row = connection.execute(query.encode()).fetchone()
        except psycopg.OperationalError:
            return False
        if row is None:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(row[0], signal.SIGKILL)
            return True
        return False

    def watch(self) -> None:
        """Until the backends of a killed server have gone, its successor refuses to start."""
        until = time.monotonic() + RETRY_SECONDS
        while not self.up:
            try:
                self.server.launch()
                self.starts += 1
            except (Unavailable, OSError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def stop(self) -> None:
        self.server.stop()
