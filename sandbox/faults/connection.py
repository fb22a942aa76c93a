"""Doing bad things to the connection itself, under werkzeug's server, under gunicorn, and in a test client."""

import contextlib
import errno
import socket
from collections.abc import Iterator
from typing import Any, NoReturn

Environ = dict[str, Any]


def socket_of(environ: Environ) -> socket.socket | None:
    """The client's connection, as either server hands it over."""
    found = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
    return found if isinstance(found, socket.socket) else None


def hang_up(environ: Environ) -> NoReturn:
    """End the connection without another byte. Both servers take the error for a client that went away."""
    connection = socket_of(environ)
    if connection is not None:
        with contextlib.suppress(OSError):  # it is gone already
            connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError(errno.ECONNRESET, "the sandbox hung up, as it was asked to")


def has_gone(environ: Environ) -> bool:
    """The client closed its side while it was kept waiting."""
    connection = socket_of(environ)
    if connection is None:
        return False
    try:
        connection.setblocking(False)
        try:
            return connection.recv(1, socket.MSG_PEEK) == b""
        finally:
            connection.setblocking(True)
    except BlockingIOError:
        return False
    except OSError:
        return True


def half(environ: Environ, body: bytes) -> Iterator[bytes]:
    """The first half of a body, then nothing more."""
    yield body[: max(1, len(body) // 2)]
    hang_up(environ)
