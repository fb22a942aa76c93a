"""Fetching from addresses that strangers typed: nothing inside is reached, nothing large or slow holds a worker."""

import gzip
import socket
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import urllib3

from clients import fetch as fetching
from clients.addresses import is_public, place
from clients.fetch import FetchFailed, fetch
from tests.clients.loopback import read_request, serving
from tests.clients.test_transport_tls import certificate, wrapped

__all__ = ["certificate"]

NAMES = {
    "inside.test": ["10.0.0.5"], "meta.test": ["169.254.169.254"], "mixed.test": ["8.8.8.8", "127.0.0.1"],
    "six.test": ["::1"], "mapped.test": ["::ffff:127.0.0.1"], "localhost": ["127.0.0.1"],
    "box.localhost": ["127.0.0.1"], "public.test": ["8.8.8.8"], "public6.test": ["2606:4700::1111"], "empty.test": [],
}  # fmt: skip

INSIDE = [
    "http://127.0.0.1/", "http://127.0.0.1:80/x", "http://127.8.8.8/", "http://localhost/", "http://localhost./",
    "http://LOCALHOST/", "http://box.localhost/", "http://0.0.0.0/", "http://0/", "http://10.0.0.1/", "http://172.16.3.4/",
    "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://100.100.100.200/",
    "http://192.0.0.192/", "http://198.18.0.1/", "http://224.0.1.1/", "http://240.0.0.1/", "http://255.255.255.255/",
    "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:a9fe:a9fe]/", "http://[::127.0.0.1]/",
    "http://[fe80::1]/", "http://[fe80::1%25eth0]/", "http://[fc00::1]/", "http://[fd00:ec2::254]/", "http://[fec0::1]/",
    "http://[ff02::1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[2001:db8::1]/",
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://127.1/",
    "http://127.0.0.1./", "http://①②⑦.⓪.⓪.①/", "http://inside.test/", "http://meta.test/", "http://mixed.test/",
    "http://six.test/", "http://mapped.test/", "http://public.test@127.0.0.1/", "http://public.test\\@127.0.0.1/",
    "http://user:word@public.test/", "http://public.test:22/", "http://public.test:6379/", "https://public.test:8443/",
    "file:///etc/passwd", "gopher://public.test/", "ftp://public.test/", "//public.test/", "http:///x", "http://public.test:x/",
    "http://empty.test/", "data:image/png;base64,AAAA", "",
]  # fmt: skip


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A name server of our own; the names it was asked for, in order."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def answer(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        text = host.decode() if isinstance(host, bytes) else host
        if text not in NAMES:
            if text.replace(".", "").isdigit() or ":" in text:
                return real(host, port, *args, **options)
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        asked.append(text)
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, port)) for one in NAMES[text]]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every connection tried; none is made."""
    tried: list[tuple[str, int]] = []

    def refuse(address: tuple[str, int], *_args: Any, **_options: Any) -> Any:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(urllib3.util.connection, "create_connection", refuse)
    return tried


def failed(url: str, **options: Any) -> FetchFailed:
    with pytest.raises(FetchFailed) as failure:
        fetch(url, **options)
    return failure.value


def answering(*parts: bytes) -> Callable[[socket.socket], None]:
    def handle(connection: socket.socket) -> None:
        read_request(connection)
        for part in parts:
            connection.sendall(part)

    return handle


def ok(body: bytes, *headers: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in (f"Content-Length: {len(body)}", "Connection: close", *headers))
    return f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode() + body


@pytest.mark.parametrize("url", INSIDE)
def test_nothing_inside_is_called(url: str, names: list[str], connections: list[tuple[str, int]]) -> None:
    assert failed(url).temporary is False
    assert connections == []


def test_a_name_is_resolved_once_and_that_address_is_called(
    names: list[str], connections: list[tuple[str, int]]
) -> None:
    assert failed("http://public.test/a.jpg").temporary
    assert names == ["public.test"] and connections == [("8.8.8.8", 80)]
    assert failed("https://public6.test/a.jpg").temporary
    assert connections[1:] == [("2606:4700::1111", 443)]


def test_an_unknown_name_is_a_lasting_fault(names: list[str]) -> None:
    assert failed("http://nowhere.test/a.jpg").temporary is False


@pytest.mark.parametrize(("address", "public"), [
    ("8.8.8.8", True), ("2606:4700::1111", True), ("::ffff:8.8.8.8", True), ("64:ff9b::808:808", True),
    ("::ffff:10.0.0.1", False), ("2002:a00:1::", False), ("192.88.99.1", False), ("64:ff9b:1::1", False),
])  # fmt: skip
def test_public_addresses(address: str, public: bool) -> None:
    import ipaddress

    assert is_public(ipaddress.ip_address(address)) is public


def test_only_the_exempt_origin_may_be_inside() -> None:
    origin = "http://127.0.0.1:8100"
    for same in ("http://localhost:8100/a", "http://127.0.0.1:8100/a", "http://tiktok.localhost:8100/a"):
        assert place(same, origin).addresses == ("127.0.0.1",)
    for other in (
        "http://127.0.0.1:8000/", "http://localhost/", "https://127.0.0.1:8100/", "http://10.0.0.1:8100/", "http://127.0.0.2:8100/",
        "http://localhost.evil.test:8100/", "http://127.0.0.1:8100@10.0.0.1/", "http://[::1]:8100/",
    ):  # fmt: skip
        assert failed(other, exempt_origin=origin).temporary is False
    # A public exempt origin opens no loopback name.
    assert failed("http://localhost:8100/a", exempt_origin="http://8.8.8.8:8100").temporary is False


def test_a_picture_comes_with_its_type_and_no_cookies_or_credentials() -> None:
    requests: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        requests.append(read_request(connection))
        connection.sendall(ok(b"x" * 100_000, "Content-Type: image/png", "Set-Cookie: a=b"))

    with serving(handle) as base:
        for _ in range(2):
            found = fetch(f"{base}/büro/a b.png?c=1&d=%20", exempt_origin=base)
            assert (len(found.data), found.content_type, found.whole) == (100_000, "image/png", True)
    head = requests[1].decode()
    assert head.startswith("GET /b%C3%BCro/a%20b.png?c=1&d=%20 HTTP/1.1\r\n")
    assert f"Host: {base.removeprefix('http://')}\r\n" in head
    assert "cookie" not in head.lower() and "authorization" not in head.lower()


def test_redirects_are_followed_three_times_and_checked_each_time() -> None:
    hits: list[bytes] = []

    def inner(connection: socket.socket) -> None:
        hits.append(read_request(connection))
        connection.sendall(ok(b"secret"))

    def outer(connection: socket.socket) -> None:
        line = read_request(connection).split(b" ")[1].decode()
        step = line.rpartition("/")[2]
        goal = {"inside": inside, "meta": "http://169.254.169.254/", "file": "file:///etc/passwd"}.get(step)
        if step == "0":
            connection.sendall(ok(b"picture"))
        else:
            goal = goal or (f"/{int(step) - 1}" if step.isdigit() else "/round")
            connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {goal}\r\nContent-Length: 0\r\n\r\n".encode())

    with serving(inner) as inside, serving(outer) as base:
        assert fetch(f"{base}/3", exempt_origin=base).data == b"picture"
        for path in ("4", "round", "inside", "meta", "file"):
            assert failed(f"{base}/{path}", exempt_origin=base).temporary is False
    assert hits == []


@pytest.mark.parametrize(("status", "temporary"), [(404, False), (403, False), (410, False), (204, False), (304, False),
                                                   (429, True), (408, True), (500, True), (503, True)])  # fmt: skip
def test_statuses(status: int, temporary: bool) -> None:
    with serving(answering(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())) as base:
        failure = failed(base, exempt_origin=base)
    assert failure.temporary is temporary and str(status) in failure.text


def test_a_compressed_bomb_stops_at_the_cap() -> None:
    bomb = gzip.compress(bytes(300_000_000), 9)
    with serving(answering(ok(bomb, "Content-Encoding: gzip"))) as base:
        tracemalloc.start()
        failure = failed(base, exempt_origin=base, max_bytes=1_000_000)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert failure.temporary is False and peak < 16_000_000


def test_a_size_that_is_announced_too_large_is_not_read() -> None:
    with serving(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")) as base:
        assert failed(base, exempt_origin=base, max_bytes=1000).temporary is False


def test_a_body_without_length_stops_at_the_cap() -> None:
    with serving(answering(b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 1000] * 50)) as base:
        assert failed(base, exempt_origin=base, max_bytes=20_000).temporary is False
        assert len(fetch(base, exempt_origin=base, max_bytes=50_000).data) == 50_000


@pytest.mark.parametrize("drip", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_the_deadline_holds_against_a_slow_server(drip: bytes) -> None:
    def handle(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(drip)
        for _ in range(100):
            connection.sendall(b"x")
            time.sleep(0.05)

    with serving(handle) as base:
        started = time.monotonic()
        assert failed(base, exempt_origin=base, deadline=0.4).temporary
    assert time.monotonic() - started < 1.5


def test_a_broken_connection_is_no_picture() -> None:
    with serving(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b"x" * 100)) as base:
        assert failed(base, exempt_origin=base).temporary
    assert failed(base, exempt_origin=base).temporary  # nobody listens any more


def test_the_first_bytes_tell_the_length_of_the_rest() -> None:
    with serving(answering(ok(b"x" * 500_000))) as base:
        head = fetch(base, exempt_origin=base, first_bytes=65_536, max_bytes=100_000)
        assert (len(head.data), head.length, head.whole) == (65_536, 500_000, False)
    with serving(answering(ok(b"x" * 500))) as base:
        assert fetch(base, exempt_origin=base, first_bytes=65_536).whole


def test_the_certificate_is_checked_for_the_name_and_not_for_the_address(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, names: list[str]
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    fetching._tls.cache_clear()
    seen: list[str | None] = []

    def handle(connection: socket.socket) -> None:
        with wrapped(connection, certificate) as secure:
            read_request(secure)
            secure.sendall(ok(b"picture"))
            seen.append(secure.version())

    with serving(handle) as base:
        origin = base.replace("http:", "https:")
        assert fetch(origin, exempt_origin=origin).data == b"picture"
        # The same server under a name that its certificate does not carry.
        assert failed(origin.replace("127.0.0.1", "localhost"), exempt_origin=origin).temporary is False
    assert len(seen) == 1
    fetching._tls.cache_clear()
