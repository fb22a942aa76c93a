"""A web process that is told to end or to load itself anew, while people knock without a pause."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.engines import ROOT
from tests.servers import Door

QUESTION = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """What is served here: takes a moment, and tells which process it was."""
    time.sleep(0.02)
    body = str(os.getpid()).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@contextmanager
def served() -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """gunicorn as in the Procfile, with the app above."""
    door = Door()
    port = door.port
    door.close()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "serving.Worker",
         "--workers", "2", "--threads", "4", "--no-control-socket", "--log-level", "warning",
         "tests.test_serving:answer"],
        cwd=ROOT,
    )  # fmt: skip
    try:
        until(lambda: ask(port).isdigit())
        yield process, port
    finally:
        process.kill()
        process.wait()


def until(look: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end
        time.sleep(0.02)


def ask(port: int) -> str:
    """Whose answer came, or what happened instead: refused, reset, cut."""
    try:
        connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    except (ConnectionRefusedError, ConnectionResetError):  # a reset here comes from the queue of those not yet let in
        return "refused"
    try:
        with connection:
            connection.sendall(QUESTION)
            parts = b""
            while part := connection.recv(65536):
                parts += part
    except OSError as failure:
        return type(failure).__name__
    head, _, body = parts.partition(b"\r\n\r\n")
    return body.decode() if head.startswith(b"HTTP/1.1 200") and body else "cut"


@contextmanager
def people(port: int, count: int = 6) -> Iterator[Counter[str]]:
    got: Counter[str] = Counter()
    over = threading.Event()

    def knock() -> None:
        while not over.is_set():
            said = ask(port)
            got[said] += 1
            if said == "refused":
                time.sleep(0.005)

    threads = [threading.Thread(target=knock) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield got
    finally:
        over.set()
        for thread in threads:
            thread.join(30)


def odd(got: Counter[str]) -> set[str]:
    return {said for said in got if not said.isdigit()}


def test_told_to_end_it_answers_everybody_it_let_in() -> None:
    with served() as (process, port), people(port) as got:
        until(lambda: got.total() > 50)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        until(lambda: got["refused"] > 20)
    assert odd(got) == {"refused"}, got


def test_loading_itself_anew_it_refuses_nobody() -> None:
    with served() as (process, port), people(port) as got:
        until(lambda: got.total() > 50)
        old = {said for said in got if said.isdigit()}
        process.send_signal(signal.SIGHUP)
        until(lambda: len({said for said in got if said.isdigit()} - old) == 2)
        until(lambda: not {ask(port) for _ in range(8)} & old)
    assert odd(got) == set(), got
