"""Picture files made to harm: refused by their header, or opened within bounds of time and memory; and addresses that
lead inside are never called."""

import gzip
import io
import json
import socket
import subprocess
import sys
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3
from PIL import Image

from clients.fetch import FetchFailed, fetch
from services.image_doctor import SCANS_MAX, NotAPicture, measure, treat
from services.measuring import look
from tests.clients.loopback import read_request, serving
from tests.engines import ROOT
from tests.security.bombs import BOMBS, CONVERT, UNFOLDED, gif, png_with
from tests.services.test_image_doctor import encoded, product

SCRIPT = b"<script>pwn()</script>"
JPEG = encoded(product(900, 500), "JPEG")
POLYGLOTS: dict[str, bytes] = {
    "GIF and script": b"GIF89a/*" + bytes(20) + b"*/=1;pwn();",
    "JPEG with a page behind it": JPEG + b"<html>" + SCRIPT,
    "JPEG with a page in its comment": JPEG[:2] + b"\xff\xfe" + (len(SCRIPT) + 2).to_bytes(2,
    "big") + SCRIPT + JPEG[2:],
    "PNG with an archive behind it": encoded(product(640, 400)) + b"PK\3\4" + SCRIPT,
    "PNG with script as text": png_with(b"tEXt", b"Comment\0" + SCRIPT),
    "SVG": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='pwn()'>" + SCRIPT + b"</svg>",
    "a page": b"<!doctype html>" + SCRIPT, "a document": b"%PDF-1.7 " + SCRIPT, "an archive": b"PK\3\4" + SCRIPT,
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\nshowpage", "ICO": b"\0\0\1\0\1\0" + bytes(40),
    "TIFF": b"II*\0" + bytes(40), "PSD": b"8BPS" + bytes(40), "nothing": b"", "NUL": bytes(5000), "one byte": b"\x89",
    "cut PNG": encoded(product(640, 400))[:200], "cut JPEG": JPEG[:300], "cut GIF": gif(3)[:20],
    "cut WebP": b"RIFF\xff\xff\xff\xffWEBPVP8X",
    "ImageMagick": b"push graphic-context\nfill 'url(https://127.0.0.1/\"|id\")'\npop graphic-context",
    "XBM": b"#define a_width 9",
}  # fmt: skip

PROBE = """
import json, resource, sys, time
sys.path.insert(0, ".")
from tests.security.bombs import BOMBS, gif, open_it
open_it(gif(10))  # everything imported and warm
found = {}
for name, make in BOMBS.items():
    data = make()
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    what = open_it(data)
    found[name] = (time.process_time() - started,
    (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, what)
print(json.dumps(found))
"""


def test_bombs_cost_neither_time_nor_memory() -> None:
    """In a process of its own, whose peak is its own. Unguarded, the first one takes 800 MB."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROBE], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    found: dict[str, tuple[float, float, str]] = json.loads(done.stdout or "{}")
    assert found.keys() == BOMBS.keys(), done.stderr[-500:]
    assert {name: facts for name, facts in found.items() if facts[0] > 1.0 or facts[1] > 64} == {}
    assert {name for name, facts in found.items() if facts[2] != "refused"} <= {"10,000 frames"}


def test_the_largest_picture_that_is_taken_fits_a_worker() -> None:
    """8,000 x 8,000 in 8 KB: opened, one channel at a time."""
    code = (
        "import resource, sys; sys.path.insert(0, '.')\n"
        "from tests.security.bombs import *\n"
        "data = png_header(8_000, 8_000)\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "treat(data, ImagePlan((Step.SHRINK,), 2_000, 2_000))\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert int(done.stdout) < 300, done.stderr[-500:]


def test_ordinary_layers_are_no_bomb() -> None:
    ordinary = encoded(product(900, 500), "JPEG", progressive=True)
    assert ordinary.count(b"\xff\xda") < SCANS_MAX / 5 and treat(ordinary, CONVERT)[1] == "JPEG"


@pytest.mark.parametrize("name", POLYGLOTS)
def test_what_is_two_things_at_once_becomes_a_picture_or_is_refused(name: str) -> None:
    try:
        measure(POLYGLOTS[name])
        content, form = treat(POLYGLOTS[name], CONVERT)
    except NotAPicture as no:
        assert str(no).endswith(".") and "Traceback" not in str(no)
        return
    assert form == "JPEG" and b"pwn" not in content and b"PK" not in content[-40:]
    with Image.open(io.BytesIO(content)) as opened:
        opened.load()


# Addresses

INSIDE = (
    "http://127.0.0.1/", "http://127.0.0.1:8000/s/ours1/", "http://127.1/", "http://0/", "http://0.0.0.0:6379/", "http://2130706433/",
    "http://017700000001/", "http://0x7f000001/", "http://0x7f.1/", "http://127.0.0.1%2f@public.test/",
    "http://[::1]/", "http://[::]/",
    "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::ffff:0:7f00:1]/", "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::7f00:1]/", "http://[2002:7f00:1::1]/", "http://[2001:0:7f00:1::80ff:fffe]/", "http://[fd00::1]/",
    "http://[fe80::1]/", "http://[fe80::1%25lo]/", "http://169.254.169.254/latest/meta-data/iam/", "http://169.254.170.2/v2/credentials",
    "http://100.100.100.200/", "http://192.168.0.1/", "http://10.1.2.3/", "http://172.31.255.254/", "http://198.19.0.1/",
    "http://metadata.google.internal/", "http://inside.test/", "http://localhost/", "http://LOCALHOST:80/", "http://a.localhost/",
    "http://localhost\u3002/", "http://\u2460\u2461\u2466.0.0.1/", "http://public.test:6379/", "http://public.test:25/",
    "http://public.test:0/", "http://public.test:65536/", "https://public.test:22/", "http://user:word@public.test/",
    "http://public.test@127.0.0.1/", "http://public.test\\@127.0.0.1/", "http:///127.0.0.1/",
    "file:///etc/passwd", "file://localhost/etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "ftp://public.test/x", "dict://127.0.0.1:11211/",
    "ldap://127.0.0.1/", "data:image/png;base64,iVBORw0KGgo=", "javascript:alert(1)", "//127.0.0.1/", "/s/ours1/",
    "\\\\127.0.0.1\\x",
    "http://public.test\r\nHost: 127.0.0.1/", "http://[::1", "http://", "unix:///var/run/docker.sock", "jar:http://127.0.0.1!/",
)  # fmt: skip


class Names:
    """A name server of our own, and every connection that was tried; none is made but to `door`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: dict[str, Iterator[str]] = {}
        self.asked: list[str] = []
        self.tried: list[str] = []
        self.doors: dict[str, tuple[str, int]] = {}
        self.connect = urllib3.util.connection.create_connection
        monkeypatch.setattr(socket, "getaddrinfo", self.resolve)
        monkeypatch.setattr(urllib3.util.connection, "create_connection", self.open)

    def resolve(self, host: Any, port: Any, *_: Any, **__: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        self.asked.append(name)
        fixed = {
            "localhost": "127.0.0.1",
            "inside.test": "10.0.0.5",
            "public.test": "8.8.8.8",
            "metadata.google.internal": "169.254.169.254",
        }
        found = next(self.answers[name]) if name in self.answers else fixed.get(name)
        if found is None:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET6 if ":" in found else socket.AF_INET, 1, 6, "", (found, port))]

    def open(self, address: tuple[str, int], *args: Any, **options: Any) -> Any:
        self.tried.append(address[0])
        if address[0] in self.doors:
            door = socket.socket()
            door.connect(self.doors[address[0]])
            return door
        raise ConnectionRefusedError


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


@pytest.mark.parametrize("url", INSIDE)
def test_no_address_leads_inside(names: Names, url: str) -> None:
    """As the picture of a product, which anybody with the store's catalog can write."""
    seen = look(url, exempt_origin="")
    assert names.tried == [] or (names.tried == ["8.8.8.8"] and "public.test" in url)
    assert seen.measured is None and seen.fault
    assert names.tried == [], f"{url} was called at {names.tried}"


def door_of(base: str) -> tuple[str, int]:
    host, port = base.removeprefix("http://").split(":")
    return host, int(port)


def test_a_name_that_changes_its_mind_is_asked_once(names: Names) -> None:
    """Public when it is checked, inside when it would be asked again."""
    names.answers["public.test"] = iter(["8.8.8.8", "127.0.0.1", "127.0.0.1"])
    with pytest.raises(FetchFailed):
        fetch("http://public.test/a.png")
    assert names.asked == ["public.test"] and names.tried == ["8.8.8.8"]


@pytest.mark.parametrize("goal", ["http://127.0.0.1/", "http://169.254.169.254/", "//inside.test/x",
"http://[::1]:80/", "file:///etc/passwd",
                                  "http://second.test/", "gopher://8.8.8.8/", "http://u:p@public.test/",
                                  "\\\\inside.test\\x"])  # fmt: skip
def test_a_redirect_leads_nowhere_inside(names: Names, goal: str) -> None:
    """From a real public server of ours on loopback, which says to go inside; each hop is checked like the first."""
    names.answers["second.test"] = iter(["192.168.7.7"])
    served: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        served.append(read_request(connection))
        connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {goal}\r\nContent-Length: 0\r\n\r\n".encode())

    with serving(handle) as base:
        names.doors["8.8.8.8"] = door_of(base)
        seen = look("http://public.test/a.png", exempt_origin="")
    assert seen.measured is None and set(names.tried) == {"8.8.8.8"} and 1 <= len(served) <= 4


UNFOLD = """
import json, resource, sys
sys.path.insert(0, ".")
from clients.fetch import FetchFailed, fetch
base, found = sys.argv[1], {}
for number in range(int(sys.argv[2])):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        fetch(f"{base}/{number}", exempt_origin=base, max_bytes=2_000_000, deadline=20)
        found[number] = "taken"
    except FetchFailed:
        found[number] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
print(json.dumps(found))
"""
CODINGS = ("gzip", "deflate", "gzip, gzip", "deflate, gzip", "gzip, gzip, gzip", ", ".join(["gzip"] * 40))


def test_answers_that_unfold_stop_at_the_cap() -> None:
    once = {"gzip": gzip.compress(bytes(UNFOLDED), 1), "deflate": zlib.compress(bytes(UNFOLDED), 1)}

    def handle(connection: socket.socket) -> None:
        coding = CODINGS[int(read_request(connection).split(b" ")[1].lstrip(b"/"))]
        first, *others = coding.split(", ")[:3]
        body = once[first]
        for name in others:
            body = gzip.compress(body, 6) if name == "gzip" else zlib.compress(body, 6)
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)

    with serving(handle) as base:
        command = [sys.executable, "-c", UNFOLD, base, str(len(CODINGS))]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    found = json.loads(done.stdout or "{}")
    assert len(found) == len(CODINGS), done.stderr[-500:]
    assert {name: grown for name, grown in found.items() if grown == "taken" or grown > 40} == {}
