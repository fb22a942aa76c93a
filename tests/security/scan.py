"""Looks for secrets in everything the product writes: rows, Redis, logs, answers."""

import logging
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

import redis


def forms(secret: str) -> set[str]:
    """A secret as it may be written: plain, in an address, in JSON."""
    return {secret, quote(secret, safe=""), quote_plus(secret), secret.replace("/", "\\/")}


def found(secrets: Mapping[str, str], texts: Iterator[tuple[str, str]]) -> list[str]:
    """`where: which` of each secret that stands in a text."""
    needles = {name: forms(secret) for name, secret in secrets.items() if len(secret) >= 8}
    return [
        f"{where}: {name}"
        for where, text in texts
        for name, ways in needles.items()
        if any(way in text for way in ways)
    ]


def rows(path: str) -> Iterator[tuple[str, str]]:
    """Every value of every table, compressed ones unpacked as well."""
    connection = sqlite3.connect(path)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for name in names:
        for row in connection.execute(f"SELECT * FROM {name}"):  # noqa: S608 - names of our own tables
            yield f"table {name}", " ".join(_readable(value) for value in row)
    connection.close()


def redis_values(client: "redis.Redis") -> Iterator[tuple[str, str]]:
    """Every key and what it holds, whatever its type."""
    read: dict[bytes, Any] = {
        b"string": client.get, b"hash": client.hgetall, b"set": client.smembers,
        b"stream": lambda key: client.xrange(key),
        b"list": lambda key: client.lrange(key, 0, -1), b"zset": lambda key: client.zrange(key, 0, -1),
    }  # fmt: skip
    keys: Any = client.keys("*")
    for key in keys:
        kind: Any = client.type(key)
        yield (
            f"redis {key.decode(errors='replace')}",
            f"{_readable(key)} {_readable(read[kind](key) if kind in read else b'')}",
        )


def _readable(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{_readable(key)} {_readable(one)}" for key, one in value.items())
    if isinstance(value, list | tuple | set):
        return " ".join(map(_readable, value))
    if not isinstance(value, bytes):
        return str(value)
    try:
        return zlib.decompress(value).decode(errors="replace")
    except zlib.error:
        return value.decode(errors="replace")


class Lines(logging.Handler):
    """What this process logs, formatted as it is written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(self.format(record))
