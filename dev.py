"""Causeway on one laptop: environment, packages, front-end files, database, start. Standard library only."""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import itertools
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - the reader of this line may have an older one
    sys.exit(f"Causeway needs Python 3.11 or later; this is {sys.version.split()[0]}. Try: make run PYTHON=python3.12")

import launcher
from installer import DATA, ROOT, VENDOR, VENV, Stop, assets, call, install, install_rival

HEALTHY_SECONDS = 60.0


def environment() -> dict[str, str]:
    """Every value of a development run. What the caller's environment sets stays as it is."""
    web, box = os.environ.get("WEB_PORT", "8000"), os.environ.get("SANDBOX_PORT", "8100")
    platforms = f"http://127.0.0.1:{box}"
    path = os.pathsep.join([str(VENV / "bin"), os.environ.get("PATH", os.defpath)])
    return {
        "CAUSEWAY_ENV": "development",
        "WEB_PORT": web,
        "SANDBOX_PORT": box,
        "APP_URL": f"http://127.0.0.1:{web}",
        "DATABASE_URL": f"sqlite:///{DATA / 'causeway.db'}",
        "REDIS_URL": f"unix://{redis_socket()}",
        "FRAME_ANCESTORS": f"http://localhost:{box}",
        "BIGCOMMERCE_CLIENT_ID": "sandbox-client-id",
        "BIGCOMMERCE_APP_ID": "1",
        "BIGCOMMERCE_API_URL": platforms,
        "BIGCOMMERCE_LOGIN_URL": platforms,
        "TIKTOK_APP_KEY": "sandboxkey01",
        "TIKTOK_SERVICE_ID": "7000000000000000009",
        "TIKTOK_API_URL": platforms,
        "TIKTOK_AUTH_URL": platforms,
        "TIKTOK_CONSENT_URL": f"http://tiktok.localhost:{box}",
        "SEMI_CONSIGNMENT_URL": f"{platforms}/control/api/semi-consignment",
        "DATA_FOLDER": str(DATA),
        "SANDBOX_URL": platforms,
        "SANDBOX_MAIL_PORT": str(int(box) + 25),
        "SMTP_URL": f"smtp://127.0.0.1:{int(box) + 25}",
        "SANDBOX_PATH": str(DATA / "sandbox.db"),
        "PYTHONUNBUFFERED": "1",
        **generated_secrets(),
        **os.environ,
        "PATH": path,
        "VIRTUAL_ENV": str(VENV),
        "CAUSEWAY_DATA": str(DATA),
    }


def generated_secrets() -> dict[str, str]:
    """Secrets made once for this checkout, in a file only its owner may read."""
    path = DATA / "secrets.env"
    if not path.exists():
        DATA.mkdir(mode=0o700, exist_ok=True)
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "BIGCOMMERCE_CLIENT_SECRET": secrets.token_hex(32),
            "TIKTOK_APP_SECRET": secrets.token_hex(20),
        }
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in made.items())
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)


def redis_socket() -> Path:
    """In the data folder; in a short one where the path would pass the system's limit of about 107 bytes."""
    path = DATA / "redis.sock"
    if len(os.fsencode(path)) <= 100:
        return path
    folder = Path(f"/tmp/causeway-{os.getuid()}-{hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:8]}")  # noqa: S108
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o077:
        raise Stop(f"{folder} belongs to someone else or is open to others. Remove it, or check out at a shorter path.")
    return folder / "redis.sock"


def refuse_leftovers() -> None:
    """Name what an earlier start left running, before anything is touched."""
    found = launcher.running(DATA)
    numbers = " ".join(map(str, found.values()))
    if "dev" in found:
        raise Stop(f"Causeway is already running here (process {found['dev']}): open http://localhost:"
                   f"{os.environ.get('SANDBOX_PORT', '8100')}/ or stop it with: kill {found['dev']}")  # fmt: skip
    if found:
        names = ", ".join(f"{name} ({pid})" for name, pid in found.items())
        raise Stop(f"An earlier run was killed and left these behind: {names}.\nStop them with: kill {numbers}")


def refuse_taken_ports() -> None:
    for variable, port in (("WEB_PORT", "8000"), ("SANDBOX_PORT", "8100")):
        number = os.environ.get(variable, port)
        if not number.isdigit() or not 0 < int(number) < 65536:
            raise Stop(f"{variable}={number} is not a port number.")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", int(number)))
            except OSError as error:
                raise Stop(f"Port {number} cannot be used{owner(int(number))}: {error.strerror}. Stop what uses it, "
                           f"or choose another: make run {variable}={int(number) + 1}") from None  # fmt: skip


def owner(port: int) -> str:
    """Who listens on the port, as far as the system tells us: ` (process 12, python …)` or nothing."""
    with contextlib.suppress(OSError, IndexError):
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        inodes = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}
        for link in Path("/proc").glob("[0-9]*/fd/*"):
            with contextlib.suppress(OSError):
                if os.readlink(link) in inodes:
                    words = Path(f"/proc/{link.parts[2]}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                    return f" (process {link.parts[2]}, {words.strip()[:60]})"
    return ""


def run(_arguments: list[str]) -> int:
    refuse_leftovers()
    refuse_taken_ports()
    install()
    values = environment()
    launcher.note("dev", os.getpid(), DATA)
    flask = str(VENV / "bin" / "flask")
    call([flask, "--app", "app", "db", "upgrade"], "The database could not be migrated.", **values)
    lines = [line.split(":")[0] for line in (ROOT / "Procfile.dev").read_text().splitlines() if ":" in line]
    if "REDIS_URL" in os.environ:
        lines.remove("redis")
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: asked.append(received))
    # Its own session, so that one Ctrl-C reaches it once and through us.
    honcho = subprocess.Popen(
        [str(VENV / "bin" / "honcho"), "-e", os.devnull, "-f", "Procfile.dev", "start", *lines],
        cwd=ROOT, env=values, start_new_session=True,
    )  # fmt: skip
    launcher.note("honcho", honcho.pid, DATA)
    began, told, passed_on = time.monotonic(), False, False
    while honcho.poll() is None:
        if asked and not passed_on:
            honcho.terminate()
            passed_on = True
        if not asked and not told:
            told = announce(values, time.monotonic() - began)
        time.sleep(0.2)
    (DATA / "processes" / "dev").unlink(missing_ok=True)
    for pid in launcher.running(DATA).values():  # honcho itself was killed and could not end them
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    if asked:
        print("\nStopped. The data is kept in .data/ and the next start takes seconds.")
        return 0
    print("\nA process ended by itself, so all were stopped; its last words are above.", file=sys.stderr)
    return 1


def announce(values: dict[str, str], waited: float) -> bool:
    """Print the address once the app and the sandbox answer; True when there is nothing more to say."""
    web, box = f"{values['APP_URL']}/healthz", f"http://localhost:{values['SANDBOX_PORT']}/"
    silent = [address for address in (web, box) if not responds(address)]
    if not silent:
        print(f"\n  Causeway is ready after {waited:.0f} s. Open  {box}\n"
              "  It is the sandbox's BigCommerce control panel: install Causeway there and follow the pages. "
              "Ctrl-C stops.\n", flush=True)  # fmt: skip
    elif waited > HEALTHY_SECONDS:
        print(f"\n  No answer yet from {' and '.join(silent)} after {waited:.0f} s; the lines above may say why.\n",
              flush=True)  # fmt: skip
    return not silent or waited > HEALTHY_SECONDS


def responds(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with contextlib.suppress(OSError, ValueError), opener.open(address, timeout=2):
        return True
    return False


def test(arguments: list[str]) -> int:
    install()
    parallel = [] if any(word.startswith(("-n", "--pdb")) for word in arguments) else ["-n", "3"]
    return subprocess.call([str(VENV / "bin" / "python"), "-m", "pytest", *parallel, *arguments], cwd=ROOT)


def lint(_arguments: list[str]) -> int:
    install()
    return max(subprocess.call([str(VENV / "bin" / tool), *words], cwd=ROOT)
               for tool, *words in (["ruff", "check", "."], ["mypy"]))  # fmt: skip


def bench(arguments: list[str]) -> int:
    """Every benchmark in bench/, or the named ones; each prints its own ratios. Words after the names are theirs."""
    install()
    found = sorted(path.stem for path in (ROOT / "bench").glob("[!_]*.py"))
    named = list(itertools.takewhile(lambda word: word in found, arguments))
    words = arguments[len(named) :]
    chosen = named or found
    if not chosen or (words and not named):
        raise Stop(f"Benchmarks to choose from: {', '.join(found) or 'none yet'}.")
    if "pages" in chosen:
        install_rival()
    python = str(VENV / "bin" / "python")
    return max(subprocess.call([python, "-m", f"bench.{name}", *words], cwd=ROOT, env=environment()) for name in chosen)


def soak(arguments: list[str]) -> int:
    """The long proof: without arguments the tests that take minutes; then `python -m soak` (--help tells options)."""
    install()
    python = str(VENV / "bin" / "python")
    tested = 0 if arguments else subprocess.call([python, "-m", "pytest", "-n", "0", "-m", "long"], cwd=ROOT)
    return subprocess.call([python, "-m", "soak", *arguments], cwd=ROOT) or tested


def clean(_arguments: list[str]) -> int:
    refuse_leftovers()
    for path in (DATA, VENV, VENDOR, ROOT / "node_modules", *(ROOT / f".{tool}_cache" for tool in CACHES)):
        if path.exists():
            shutil.rmtree(path)
            print(f"removed {path.relative_to(ROOT)}/")
    return 0


CACHES = ("pytest", "ruff", "mypy")
COMMANDS = {"run": run, "test": test, "lint": lint, "bench": bench, "soak": soak, "clean": clean}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__)
    parser.add_argument("command", choices=[*COMMANDS, "install", "assets"])
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command in ("install", "assets"):
            return (install if chosen.command == "install" else assets)() or 0
        return COMMANDS[chosen.command](chosen.arguments)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
