"""Secrets stay where they belong: planted ones are looked for in everything that a journey full of failures left."""

import base64
import logging
import pickle
import sqlite3
import uuid
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography.fernet import Fernet
from flask import Flask
from rq import Queue
from sqlalchemy import select

from jobs.setup import redis_client
from models import Authorization, Store, db
from models.tenancy import tenant
from services import clock, logs, secrets
from tests.conftest import CREDENTIALS, LiveSandbox
from tests.engines import close
from tests.journeys.reading import Reading
from tests.journeys.road import HARBOR, Merchant
from tests.security.books import Books
from tests.security.scan import Lines, found, redis_values, rows
from tests.security.world import Side
from tests.servers import Processes

IN_ADDRESSES = ("code", "state", "signed_payload_jwt", "access_token", "app_secret")


class Watched(Merchant):
    """A merchant whose every answer from the app is kept, and every secret that travelled."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.answers: list[tuple[str, str]] = []
        self.secrets: dict[str, str] = {
            name: CREDENTIALS[name]
            for name in ("SECRET_KEY", "ENCRYPTION_KEYS", "BIGCOMMERCE_CLIENT_SECRET", "TIKTOK_APP_SECRET")
        }

    def _send(self, method: str, address: str, data: list[tuple[str, str]]) -> requests.Response:
        answer = super()._send(method, address, data)
        for name, values in parse_qs(urlsplit(address).query).items():
            if name in IN_ADDRESSES and "/manage" not in address:
                self.secrets[f"{name} {len(self.secrets)}"] = values[0]
        if address.startswith(self.app.extensions["config"].app_url):
            kept = {name: value for name, value in answer.headers.items() if name.lower() != "set-cookie"}
            self.answers.append((f"answer {method} {urlsplit(address).path}", f"{kept} {answer.text}"))
            for line in answer.raw.headers.getlist("Set-Cookie"):
                value = line.split("; ")[0].partition("=")[2]
                if value:
                    self.secrets[f"cookie {len(self.secrets)}"] = value
        return answer

    def learn(self, when: str) -> None:
        """The tokens as the rows hold them now, opened."""

        def opened() -> dict[str, str]:
            store = db.session.scalars(select(Store).where(Store.hash == self.store)).one()
            told = {"store token": store.token, "hook secret": store.hook_secret}
            for grant in db.session.scalars(select(Authorization)):
                told |= {
                    f"access token {grant.id}": grant.access_token,
                    f"refresh token {grant.id}": grant.refresh_token,
                }
            return {f"{name} {when}": secrets.unseal(value) for name, value in told.items() if value}

        self.secrets |= self.rows(opened)


@pytest.fixture
def sandbox_settings() -> dict[str, object]:
    return {"products": 8, "review_seconds": 0.5}


@pytest.fixture
def merchant(
    app: Flask, live_app: str, sandbox: LiveSandbox, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Watched]:
    monkeypatch.setattr(clock, "_offset", clock._Offset())
    for process in ("live", "bulk"):
        processes.start("-m", "jobs.worker", process)
    processes.start("-m", "jobs.clock")
    yield Watched(app, sandbox, processes)


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Everything this process logs, at every level, as it is written."""
    handler = Lines()
    root = logging.getLogger()
    ours = next((one for one in root.handlers if isinstance(one, logs.OurHandler)), None)
    if ours is not None:
        handler.setFormatter(ours.formatter)
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.DEBUG)
    yield handler
    root.setLevel(level)
    root.removeHandler(handler)


def test_no_secret_is_in_rows_logs_answers_or_redis(
    merchant: Watched, environment: dict[str, str], processes: Processes, lines: Lines
) -> None:
    """Install, connect, import, publish; with one call in five failing, tokens ended, a consent withdrawn."""
    merchant.install()
    merchant.enter()
    merchant.connect()
    merchant.learn("at first")
    merchant.map_warehouses()
    merchant.imported()
    merchant.choose_profile()
    merchant.finish_wizard()
    merchant.stage_all()
    merchant.control("weather", name="bad_day")
    merchant.control("tiktok/authorization", seller_id=HARBOR, action="expire_access")
    merchant.publish()
    merchant.until("something was sent", lambda: any(one.done or one.working for one in merchant.activities("publish")))
    trouble(merchant)
    merchant.until("it went on", lambda: any(one.done for one in merchant.activities("publish")))
    merchant.learn("later")
    merchant.control("quiet")
    merchant.control("tiktok/authorization", seller_id=HARBOR, action="deauthorize")
    merchant.control("bigcommerce/revoke", store=merchant.store)
    merchant.open("/products/")
    merchant.press("Import products again")
    visit(merchant)
    merchant.until("the store's token is refused", lambda: merchant.rows(state_of) == "needs_reinstall")
    logs_seen = [("log of a process", processes.output()), ("log of the web process", "\n".join(lines.written))]
    path = environment["DATABASE_URL"].removeprefix("sqlite:///")
    planted = merchant.secrets
    assert len(planted) >= 12 and len({name.split()[0] for name in planted}) >= 8, sorted(planted)
    told = len(merchant.answers), len(processes.output()), len(lines.written)
    assert told[0] > 30 and told[1] and told[2] > 1, told
    everywhere = [*rows(path), *redis_values(redis_of(merchant.app)), *logs_seen]
    faults = found(planted, iter(everywhere))
    assert faults == []
    # A page links to TikTok with its state, and forms carry tokens made from a secret; nothing else of these leaves.
    shown = {name: secret for name, secret in planted.items() if not name.startswith(("state", "cookie"))}
    assert found(shown, iter(merchant.answers)) == []


def state_of() -> str:
    return str(db.session.scalars(select(Store.state).order_by(Store.id)).first())


def redis_of(app: Flask) -> Any:
    with app.app_context():
        return redis_client()


def trouble(merchant: Watched) -> None:
    """Codes and links that are used again or made up, and a grant that nobody started."""
    base, used = merchant.app.extensions["config"].app_url, merchant.secrets
    for name, value in list(used.items()):
        if name.startswith("code"):
            merchant._send("GET", f"{base}/bigcommerce/auth?code={value}&context=stores/{merchant.store}&scope=s", [])
            merchant._send("GET", f"{base}/tiktok/callback?code={value}", [])
        if name.startswith("state"):
            merchant._send("GET", f"{base}/tiktok/callback?code=TTP_planted_code_0001&state={value}", [])
        if name.startswith("signed"):
            merchant._send("GET", f"{base}/bigcommerce/load?signed_payload_jwt={value}x", [])


def visit(merchant: Watched) -> list[Reading]:
    """The pages that speak of what happened."""
    paths = [
        "/",
        "/activities/",
        "/notices/",
        "/settings/authorization",
        "/settings/warehouses",
        "/listings/?tab=all",
        "/no/such",
    ]
    pages = [merchant.open(path) for path in paths]
    for activity in merchant.activities():
        pages.append(merchant.open(f"/activities/{activity.id}"))
        items = [address for _, address in merchant.here.links if "/items/" in address]
        pages += [merchant.get(address) for address in items[:6]]
    return pages


# The scanner itself


def test_the_scanner_finds_what_is_there(tmp_path: Path, redis: Any) -> None:
    planted = {"token": "ROW_2f3e9a/0c", "other": "not-there-at-all"}
    connection = sqlite3.connect(tmp_path / "x.db")
    connection.execute("CREATE TABLE t (a, b)")
    connection.execute("INSERT INTO t VALUES (?, ?)", ("x", zlib.compress(b'{"t": "ROW_2f3e9a/0c"}')))
    connection.commit()
    connection.close()
    redis.hset("rq:job:1", "data", zlib.compress(b"ROW_2f3e9a/0c"))
    redis.rpush("list", "?x=ROW_2f3e9a%2F0c")
    assert found(planted, rows(str(tmp_path / "x.db"))) == ["table t: token"]
    assert sorted(found(planted, redis_values(redis))) == ["redis list: token", "redis rq:job:1: token"]


# At rest


def test_sealed_secrets_open_during_and_after_a_rotation(environment: dict[str, str]) -> None:
    from app import create_app

    old, new = environment["ENCRYPTION_KEYS"], Fernet.generate_key().decode()
    sealed: dict[str, str] = {}
    for step, keys in (("old", old), ("both", f"{new},{old}"), ("new", new)):
        app = create_app(environment | {"ENCRYPTION_KEYS": keys})
        with app.app_context():
            if step == "old":
                sealed = {"kept": secrets.seal("access-token-1"), "moved": secrets.seal("access-token-2")}
            elif step == "both":
                assert [secrets.unseal(value) for value in sealed.values()] == ["access-token-1", "access-token-2"]
                sealed["moved"] = secrets.reseal(sealed["moved"])
            else:
                assert secrets.unseal(sealed["moved"]) == "access-token-2"
                with pytest.raises(secrets.SealBroken) as broken:
                    secrets.unseal(sealed["kept"])
                assert "access-token" not in str(broken.value) and new not in str(broken.value)
        close(app)
    assert not any("access-token" in value for value in sealed.values())


def test_a_sealed_secret_that_was_touched_does_not_open(app: Flask) -> None:
    with app.app_context():
        sealed = secrets.seal("access-token-1")
        raw = bytearray(base64.urlsafe_b64decode(sealed))
        for place in range(0, len(raw), 7):
            changed = bytes(raw[:place]) + bytes([raw[place] ^ 1]) + bytes(raw[place + 1 :])
            with pytest.raises(secrets.SealBroken):
                secrets.unseal(base64.urlsafe_b64encode(changed).decode())


def test_the_database_alone_signs_nobody_in(app: Flask, ours: Side, books: Books) -> None:
    """Whoever copied the database has digests of sessions, not sessions."""
    for value in books.connection.execute("SELECT digest FROM web_session").fetchall():
        client = app.test_client()
        client.set_cookie(ours.cookie_name, value[0], secure=True)
        assert client.get(f"/s/{ours.hash}/notices/").status_code == 401


def test_an_error_of_the_database_quotes_no_values(app: Flask, ours: Side) -> None:
    """Statements carry sealed tokens, e-mail addresses and short codes as parameters; tracebacks are logged."""
    from sqlalchemy.exc import IntegrityError

    with app.app_context(), tenant(ours.store_id), pytest.raises(IntegrityError) as broken:
        db.session.add(Authorization(open_id="o-secret-value", seller_name="planted-secret-value", scopes=[],
                                     connected_at=datetime.now(UTC), access_token="planted-token-value"))  # fmt: skip
        db.session.flush()
    assert "planted" not in str(broken.value)


# In Redis


class Explosive:
    """Runs when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (open, (self.path, "w"))


def test_a_pickled_job_is_not_run(
    app: Flask, redis: Any, processes: Processes, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Whoever can write to Redis must not thereby run code of theirs in a worker."""
    import time

    from rq.serializers import JSONSerializer

    target = tmp_path / "exploded"
    number, now = str(uuid.uuid4()), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    redis.hset(f"rq:job:{number}", mapping={
        "data": zlib.compress(pickle.dumps(("os.system", None, [Explosive(str(target))], {}))), "created_at": now,
        "enqueued_at": now, "status": "queued", "origin": "bulk", "description": "x", "timeout": 60,
    })  # fmt: skip
    redis.sadd("rq:queues", "rq:queue:bulk")
    redis.rpush("rq:queue:bulk", number)
    processes.start("-m", "jobs.worker", "bulk")
    until = time.monotonic() + 60
    while time.monotonic() < until and redis.llen("rq:queue:bulk"):
        time.sleep(0.1)
    # A worker that still answers has left the job behind it.
    bells = Queue("bulk", connection=redis, serializer=JSONSerializer)
    bells.enqueue("jobs.rechecks.run", 10**6, job_timeout=60)
    while time.monotonic() < until and redis.llen("rq:queue:bulk"):
        time.sleep(0.1)
    assert redis.llen("rq:queue:bulk") == 0 and not target.exists()
