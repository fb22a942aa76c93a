"""Transport against a real socket: deadline, size cap, redirects, repetition, what was surely not applied."""

import gzip
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from clients.errors import Unreachable, Unreadable
from clients.transport import Request, Transport
from tests.clients.loopback import read_request, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def get(url: str, retries: int = 0) -> Request:
    return Request("GET", url, platform="tiktok", path="/here", retries=retries)


def test_an_answer_comes_whole_and_decoded() -> None:
    packed = gzip.compress(b"hello" * 1000)

    def handle(connection: socket.socket) -> None:
        read_request(connection)
        head = f"HTTP/1.1 207 Some\r\nX-Thing: a\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
        connection.sendall(head.encode() + packed)

    with serving(handle) as base:
        answer = Transport("agent").send(get(base))
    assert (answer.status, answer.body, answer.headers["x-thing"]) == (207, b"hello" * 1000, "a")


def test_address_body_and_agent_go_out_as_given() -> None:
    requests: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        requests.append(read_request(connection))
        connection.sendall(OK)

    with serving(handle) as base:
        Transport("agent/1").send(Request("POST", base + "/a?x=%7E~&y=1%2C2", {"X-Token": "t"}, b'{"a": 1}'))
    assert requests[0].startswith(b"POST /a?x=%7E~&y=1%2C2 HTTP/1.1\r\n")
    assert requests[0].endswith(b'\r\n\r\n{"a": 1}')
    assert b"User-Agent: agent/1\r\n" in requests[0] and b"X-Token: t\r\n" in requests[0]


def test_connections_are_kept_and_shared_between_threads() -> None:
    opened: list[int] = []

    def handle(connection: socket.socket) -> None:
        opened.append(1)
        while read_request(connection):
            connection.sendall(OK)

    transport = Transport("agent")
    with serving(handle) as base:
        for _ in range(5):
            transport.send(get(base))
        with ThreadPoolExecutor(1) as pool:
            pool.submit(transport.send, get(base)).result()
    assert len(opened) == 1


@pytest.mark.parametrize("part", ["head", "body", "chunked"])
def test_the_deadline_holds_against_one_byte_at_a_time(part: str) -> None:
    def handle(connection: socket.socket) -> None:
        read_request(connection)
        if part == "body":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
        elif part == "chunked":
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(200):
            connection.sendall(b"1")
            time.sleep(0.05)

    with serving(handle) as base:
        start = time.monotonic()
        with pytest.raises(Unreachable) as caught:
            Transport("agent", timeout=5, deadline=0.6).send(get(base))
    assert time.monotonic() - start < 1.6
    assert caught.value.unknown


def test_a_silent_server_runs_into_the_timeout() -> None:
    with serving(lambda connection: time.sleep(3)) as base, pytest.raises(Unreachable) as caught:
        Transport("agent", timeout=0.2).send(Request("POST", base, body=b"{}"))
    assert caught.value.unknown


@pytest.mark.parametrize("packed", [True, False])
def test_the_cap_counts_decoded_bytes(packed: bool) -> None:
    body = b"\0" * 20_000_000
    sent = gzip.compress(body) if packed else body
    coding = "Content-Encoding: gzip\r\n" if packed else ""

    def handle(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(f"HTTP/1.1 200 OK\r\n{coding}Content-Length: {len(sent)}\r\n\r\n".encode() + sent)

    with serving(handle) as base, pytest.raises(Unreadable) as caught:
        Transport("agent", max_bytes=1_000_000).send(get(base))
    assert caught.value.unknown and caught.value.status == 200


def test_a_redirect_is_answered_and_not_followed() -> None:
    asked: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        asked.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")

    with serving(handle) as base:
        assert Transport("agent").send(get(base)).status == 302
    assert len(asked) == 1


def test_a_refused_connection_was_surely_not_applied() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable) as caught:
        Transport("agent").send(Request("POST", f"http://127.0.0.1:{port}/", body=b"{}"))
    assert not caught.value.unknown


def test_an_unknown_host_was_surely_not_applied() -> None:
    with pytest.raises(Unreachable) as caught:
        Transport("agent").send(Request("POST", "http://no-such-host.invalid/", body=b"{}"))
    assert not caught.value.unknown


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf"])
def test_a_broken_answer_may_have_been_applied(said: bytes) -> None:
    def handle(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(said)

    with serving(handle) as base, pytest.raises(Unreachable) as caught:
        Transport("agent").send(Request("POST", base, body=b"{}"))
    assert caught.value.unknown


@pytest.mark.parametrize(("method", "retries", "calls"), [("GET", 2, 3), ("GET", 0, 1), ("POST", 2, 1)])
def test_only_asked_for_reads_are_repeated(method: str, retries: int, calls: int) -> None:
    asked: list[bytes] = []
    again: list[int] = []

    def handle(connection: socket.socket) -> None:
        while request := read_request(connection):
            asked.append(request)
            connection.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")

    with serving(handle) as base:
        answer = Transport("agent").send(Request(method, base, retries=retries, again=lambda: again.append(1)))
    assert (answer.status, len(asked), len(again)) == (503, calls, calls - 1)


def test_a_repeated_read_succeeds_after_a_reset() -> None:
    asked: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        asked.append(read_request(connection))
        if len(asked) > 1:
            connection.sendall(OK)

    with serving(handle) as base:
        assert Transport("agent").send(get(base, retries=2)).body == b"ok"
    assert len(asked) == 2


def test_no_error_holds_the_address_or_an_exception_that_does() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable) as caught:
        Transport("agent").send(get(f"http://127.0.0.1:{port}/?app_secret=marker-secret"))
    error = caught.value
    assert "marker-secret" not in f"{error} {error!r} {vars(error)}"
    assert error.__context__ is None and error.__cause__ is None


def test_a_header_that_cannot_be_sent_is_not_quoted() -> None:
    with serving(lambda connection: None) as base, pytest.raises(Unreachable) as caught:
        Transport("agent").send(Request("GET", base, {"X-Auth-Token": "marker\nsecret"}))
    assert not caught.value.unknown
    assert "marker" not in str(caught.value) and caught.value.__context__ is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_opens_connections_of_its_own() -> None:
    opened: list[int] = []
    done = threading.Event()

    def handle(connection: socket.socket) -> None:
        opened.append(1)
        if len(opened) == 2:
            done.set()
        while read_request(connection):
            connection.sendall(OK)

    transport = Transport("agent")
    with serving(handle) as base:
        transport.send(get(base))
        child = os.fork()
        if child == 0:
            good = transport.send(get(base)).body == b"ok"
            os._exit(0 if good else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert done.wait(2)
        assert transport.send(get(base)).body == b"ok"
    assert len(opened) == 2
