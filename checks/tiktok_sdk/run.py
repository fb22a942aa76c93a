"""Starts the sandbox with its lenient-cipher switch, a receiver for webhooks, and one client after another."""

import base64
import contextlib
import io
import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests
from PIL import Image

from checks.ground import APP_KEY, APP_SECRET, FOLDER, Missing, Report, npm_folder, program, sandbox, with_our_programs

HERE = Path(__file__).resolve().parent
SELLER, GLOBAL_SELLER = "7494000000000000101", "7494000000000000105"
TYPESCRIPT_SDK, COMPILER = "tiktok-shop-sdk@1.0.3", "typescript@5.8.3"
PHP_REPOSITORY, PHP_COMMIT = "github.com/EcomPHP/tiktokshop-php", "dbbec213d9d118c443576d613571993090a843a5"


@contextlib.contextmanager
def receiver() -> Iterator[str]:
    """Takes every webhook and tells what it heard at /heard: path, authorization and body (base64) of each."""
    heard: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            signature = self.headers.get("Authorization", "")
            heard.append({"path": self.path, "authorization": signature, "body": base64.b64encode(body).decode()})
            self.answer(b"")

        def do_GET(self) -> None:
            self.answer(json.dumps(heard).encode())

        def answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: only the calls are of interest."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def code(address: str, seller: str) -> str:
    """What the consent page would hand out."""
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(f"{address}/control/api/tiktok/code", json={"seller_id": seller}, timeout=20)
        return str(answer.json()["code"])


def walk(name: str, command: list[str], report: Report, **more: str) -> None:
    """Run a driver and take its lines as findings."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    picture, paper = FOLDER / "picture.png", FOLDER / "paper.pdf"
    image = io.BytesIO()
    Image.new("RGB", (800, 800), "teal").save(image, "PNG")
    picture.write_bytes(image.getvalue())
    paper.write_bytes(b"%PDF-1.4\n%%EOF\n")
    with receiver() as hooks, sandbox(name, hooks, SANDBOX_LENIENT_CIPHER="1") as address:
        process = subprocess.Popen(  # noqa: S603
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=HERE,
            env=with_our_programs(
                SANDBOX_URL=address, RECEIVER=hooks, APP_KEY=APP_KEY, APP_SECRET=APP_SECRET, PICTURE=str(picture),
                PDF=str(paper), AUTH_CODE=code(address, SELLER), GLOBAL_AUTH_CODE=code(address, GLOBAL_SELLER), **more,
            ),
        )  # fmt: skip
        assert process.stdout is not None  # noqa: S101
        other = []
        for line in process.stdout:
            if line.startswith("  ok    "):
                report.passed(line[8:].rstrip())
            elif line.startswith("  WRONG "):
                report.failed(line[8:].rstrip())
            else:
                other.append(line)
                print(line, end="", flush=True)
        if process.wait() not in (0, 1) or (process.returncode and not report.faults) or not report.checked:
            report.failed(f"the driver ended with {process.returncode}: {''.join(other)[-500:]}")


def typescript(report: Report) -> None:
    """The npm package `tiktok-shop-sdk`, its hosts rewritten by wrapping the global `fetch`."""
    folder = npm_folder(TYPESCRIPT_SDK, COMPILER)
    print(f"{TYPESCRIPT_SDK}, answers held against its declared types by {COMPILER}", flush=True)
    command = [program("node"), str(HERE / "driver.cjs"), str(folder / "node_modules")]
    walk("typescript", command, report, NODE_PATH=str(folder / "node_modules"))


def php(folder: str, report: Report) -> None:
    """A checkout of ecomphp/tiktokshop-php, its API host given as an option and its token host by reflection."""
    if not folder or not (Path(folder) / "src" / "Client.php").is_file():
        raise Missing(
            f"A checkout of the PHP client is needed ({PHP_REPOSITORY}, commit {PHP_COMMIT} was checked) with its "
            "dependency Guzzle, either in its vendor folder or on PHP's include path (Debian: php-guzzlehttp-guzzle, "
            "php-cli, php-curl). Say: make conformance PHP_SDK=<the checkout>"
        )
    print(f"{PHP_REPOSITORY} in a checkout of its own", flush=True)
    walk("php", [program("php"), str(HERE / "driver.php"), str(Path(folder).resolve())], report)
