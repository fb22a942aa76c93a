"""The gateway, the token host and webhook addresses: one change to a sound call, exactly this answer
(reference 11.1, 11.2, and of 11.5 what the sandbox has)."""

from __future__ import annotations

import hashlib
import hmac
import io
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sandbox.tiktok import gateway
from sandbox.tiktok.platform import Platform
from sandbox.tiktok.rate import SlidingWindow
from tests.sandbox.tiktok.conftest import GB, US, Document, picture
from tests.sandbox.tiktok.must_reject import CREATE, NO_BODY, SEARCH, SHOPS, UPLOAD, Act, Case, World, prove

SELLER, CREATOR = "7494000000000000101", "7494000000000000107"
WAREHOUSES = "/logistics/202309/warehouses"
BODY = b'{"status":"ALL"}'


def search(**options: Any) -> Act:
    return lambda world: world.search(**options)


def sound_query(world: World) -> Document:
    return {
        "app_key": world.shared.box.settings.tiktok_app_key,
        "timestamp": str(world.shared.now()),
        "shop_cipher": world.us.row["cipher"],
        "page_size": "10",
    }


def signature(world: World, path: str, pairs: list[tuple[str, str]], body: bytes) -> str:
    """The documented signature over exactly these pairs, whichever they are."""
    secret = world.shared.box.settings.tiktok_app_secret.encode()
    text = path + "".join(key + value for key, value in sorted(pairs))
    return hmac.new(secret, secret + text.encode() + body + secret, hashlib.sha256).hexdigest()


def signed_as(
    *, path: str = SEARCH, body: bytes = BODY, sent: Document | None = None, pairs: Document | None = None
) -> Act:
    """Send the sound search (with the parameters `sent`), signed as if it had this path, body and these parameters."""

    def act(world: World) -> TestResponse:
        query = {**sound_query(world), **(sent or {})}
        sign = signature(world, path, list({**query, **(pairs or {})}.items()), body)
        answer: TestResponse = world.us.send("POST", SEARCH, BODY, query=query, after={"sign": sign})
        return answer

    return act


def upper_case(world: World) -> TestResponse:
    query = sound_query(world)
    sign = signature(world, SEARCH, list(query.items()), BODY).upper()
    answer: TestResponse = world.us.send("POST", SEARCH, BODY, query=query, after={"sign": sign})
    return answer


def signed_multipart(world: World) -> TestResponse:
    """The body of an upload is no part of the signature; here it is."""
    body = b'--x\r\nContent-Disposition: form-data; name="use_case"\r\n\r\nMAIN_IMAGE\r\n--x--\r\n'
    answer: TestResponse = world.us.send(
        "POST", UPLOAD, body, cipher=False, content_type="multipart/form-data; boundary=x"
    )
    return answer


def stamped(seconds: int) -> Act:
    """A timestamp so many seconds away from the server's clock, which stands still."""

    def act(world: World) -> TestResponse:
        world.patch.setattr(world.shared.box.clock, "now", lambda: 1_800_000_000.5)
        return world.search(query={"timestamp": str(1_800_000_000 + seconds)})

    return act


def milliseconds(world: World) -> TestResponse:
    return world.search(query={"timestamp": str(world.shared.now() * 1000)})


def no_method(world: World) -> TestResponse:
    answer: TestResponse = world.us.send("GET", SEARCH)
    return answer


def upload_of_json(world: World) -> TestResponse:
    answer: TestResponse = world.us.send("POST", UPLOAD, {"data": "x"}, cipher=False)
    return answer


def expired(world: World) -> TestResponse:
    world.shared.authorizations.expire_access(world.us.row["seller_id"])
    return world.search()


def week_old(world: World) -> TestResponse:
    assert world.us.token
    world.shared.box.clock.advance(7 * 86_400 + 1)
    return world.search()


def deauthorized(world: World) -> TestResponse:
    world.shared.authorizations.deauthorize(world.us.row["seller_id"])
    return world.search()


def creator(world: World) -> TestResponse:
    grants = world.shared.authorizations
    token = grants.exchange(grants.issue_code(CREATOR))["access_token"]
    answer: TestResponse = world.us.send("GET", SHOPS, cipher=False, token=token)
    return answer


def foreign_cipher(world: World) -> TestResponse:
    return world.search(query={"shop_cipher": world.shared.shops[GB]["cipher"]})


def needless_cipher(world: World) -> TestResponse:
    answer: TestResponse = world.us.send("GET", SHOPS)
    return answer


def no_scope(world: World) -> TestResponse:
    world.shared.authorizations.set_scopes(world.us.row["seller_id"], ["seller.authorization.info"])
    return world.search()


def too_fast(world: World) -> TestResponse:
    world.shared.rate = SlidingWindow(clock=lambda: 100.0)
    for _ in range(50):
        assert world.search().status_code == 200
    return world.search()


def hour_used_up(world: World) -> TestResponse:
    """The quota that development shops have, over all endpoints of the shop."""
    world.shared.turn(hourly_quota=2)
    assert world.search().status_code == world.us.send("GET", WAREHOUSES).status_code == 200
    return world.search()


def calling_from(address: str) -> Act:
    """The test client calls from 127.0.0.1."""

    def act(world: World) -> TestResponse:
        world.shared.turn(ip_allow=[address])
        return world.search()

    return act


def failing(amount: int) -> Act:
    def act(world: World) -> TestResponse:
        rule = {"platform": "tiktok", "match": "GET logistics/warehouses", "kind": "error_before", "amount": amount}
        assert world.http.post("/control/api/faults", json=rule).status_code == 200
        answer: TestResponse = world.us.send("GET", WAREHOUSES)
        return answer

    return act


def too_large(world: World) -> TestResponse:
    world.patch.setattr(gateway, "UPLOAD_MAXIMUM", 100)
    files = {"data": (io.BytesIO(picture()), "a.png")}
    answer: TestResponse = world.us.send("POST", UPLOAD, cipher=False, files=files)
    return answer


def inactive(world: World) -> TestResponse:
    world.shared.change_shop(US, status="INACTIVE")
    return world.search()


def inactive_create(world: World) -> TestResponse:
    body = world.mug
    world.shared.change_shop(US, status="INACTIVE")
    answer: TestResponse = world.us.send("POST", CREATE, body)
    return answer


GATEWAY = (
    Case("11.1-1", "unknown path", "36009009", search(path="/product/202502/nothing/here"), 404),
    Case("11.1-2", "wrong method", "36009010", no_method, 405),
    Case("11.1-3", "retired version", "36009014", search(path="/product/202212/products/search")),
    Case("11.1-4", "body is a form", "36009022", search(body=b"status=ALL")),
    Case("11.1-4", "body is a list", "36009022", search(body=[1])),
    Case("11.1-4", "content type", "36009022", search(content_type="text/plain")),
    Case("11.1-4", "upload of JSON", "36009023", upload_of_json),
    Case("11.1-5", "no sign", "36009004", search(after={"sign": None}), 401),
    Case("11.1-6", "no app_key", "36009004", search(query={"app_key": None}), 401),
    Case("11.1-6", "unknown app_key", "36009004", search(query={"app_key": "someoneelse"}), 401),
    Case("11.1-6", "malformed app_key", "36009004", search(query={"app_key": "<?>"}), 401),
    Case("11.1-7", "no timestamp", "36009004", search(query={"timestamp": None}), 401),
    Case("11.1-7", "timestamp below zero", "36009004", search(query={"timestamp": "-5"}), 401),
    Case("11.1-7", "301 seconds old", "36009004", stamped(-301), 401),
    Case("11.1-7", "300 seconds old", "0", stamped(-300)),
    Case("11.1-7", "31 seconds ahead", "36009004", stamped(31), 401),
    Case("11.1-7", "30 seconds ahead", "0", stamped(30)),
    Case("11.1-7", "milliseconds", "36009004", milliseconds, 401),
    Case("11.1-8", "another sign", "106001", search(after={"sign": "0" * 64}), 401),
    Case("11.1-8", "parameter changed after signing", "106001", search(after={"page_size": "11"}), 401),
    Case("11.1-8", "parameter added after signing", "106001", search(after={"page_token": ""}), 401),
    Case("11.1-8", "one byte of the body", "106001", signed_as(body=BODY.replace(b"ALL", b"ALl")), 401),
    Case("11.1-8", "blank in the body", "106001", signed_as(body=BODY.replace(b":", b": ")), 401),
    Case("11.1-8", "another path", "106001", signed_as(path="/product/202309/products/search"), 401),
    Case(
        "11.1-8",
        "percent-encoded values",
        "106001",
        signed_as(sent={"page_token": "b2Zmc2V0PTA="}, pairs={"page_token": quote("b2Zmc2V0PTA=")}),
        401,
    ),
    Case("11.1-8", "the same decoded", "0", signed_as(sent={"page_token": "b2Zmc2V0PTA="})),
    Case("11.1-8", "signed access_token", "106001", signed_as(sent={"access_token": "anything"}), 401),
    Case("11.1-8", "signed multipart body", "106001", signed_multipart, 401),
    Case("11.1-8", "upper-case sign", "106001", upper_case, 401),
    Case("11.1-9", "no token", "36009004", search(token=""), 401),
    Case("11.1-9", "malformed token", "36009004", search(token="abc"), 401),
    Case("11.1-9", "unknown token", "36009004", search(token="TTP_" + "x" * 60), 401),
    Case("11.1-10", "token made to expire", "105002", expired, 401),
    Case("11.1-10", "token after seven days", "105002", week_old, 401),
    Case("11.1-11", "deauthorized", "105001", deauthorized, 401),
    Case("11.1-12", "token of a creator", "101000", creator, 401),
    Case("11.1-12", "cipher of another seller", "101000", foreign_cipher, 401),
    Case("11.1-12", "unknown cipher", "101000", search(query={"shop_cipher": "TTP_unknown"}), 401),
    Case("11.1-13", "no cipher", "106013", search(cipher=False)),
    Case("11.1-14", "cipher for the seller", "36009004", needless_cipher),
    Case("11.1-15", "scope not granted", "105005", no_scope, 403),
    Case("11.1-16", "address not on the list", "36009033", calling_from("203.0.113.0/24"), 403),
    Case("11.1-16", "address on the list", "0", calling_from("127.0.0.0/8")),
    Case("11.1-17", "51st call in a second", "36009002", too_fast, 429),
    Case("11.1-17", "third of two in an hour", "36009002", hour_used_up, 429),
    Case("11.1-18", "time-out", "36009007", failing(36009007)),
    Case("11.1-18", "internal error", "36009003", failing(36009003)),
    Case("11.1-18", "overload", NO_BODY, failing(503), 503),
    Case("11.1-19", "upload too large", "36009021", too_large),
    Case("11.1-20", "inactive shop searches", "12052700", inactive),
    Case("11.1-20", "inactive shop lists", "12052700", inactive_create),
)


def token(path: str, **query: Any) -> Act:
    """A call of the token host; a callable value is made in the world of the row."""

    def act(world: World) -> TestResponse:
        settings = world.shared.box.settings
        grant_type = "authorized_code" if path == "get" else "refresh_token"
        sound = {"app_key": settings.tiktok_app_key, "app_secret": settings.tiktok_app_secret, "grant_type": grant_type}
        made = {name: value(world) if callable(value) else value for name, value in query.items()}
        return world.http.get(f"/api/v2/token/{path}", query_string={**sound, **made})

    return act


def code(world: World) -> str:
    return world.shared.authorizations.issue_code(SELLER)


def used_code(world: World) -> str:
    given = code(world)
    world.shared.authorizations.exchange(given)
    return given


def old_code(world: World) -> str:
    given = code(world)
    world.shared.box.clock.advance(30 * 60 + 1)
    return given


def refresh_token(world: World) -> str:
    return str(world.shared.authorizations.exchange(code(world))["refresh_token"])


def ended_refresh_token(world: World) -> str:
    given = refresh_token(world)
    world.shared.authorizations.expire_authorization(SELLER)
    return given


def replaced_refresh_token(world: World) -> str:
    given = refresh_token(world)
    refresh_token(world)
    return given


def withdrawn_refresh_token(world: World) -> str:
    given = refresh_token(world)
    world.shared.authorizations.deauthorize(SELLER)
    return given


def discarded(world: World) -> TestResponse:
    form = {
        "service_id": world.shared.box.settings.tiktok_service_id,
        "state": "x",
        "account": SELLER,
        "decision": "discard",
    }
    return world.http.post("/open/authorize", data=form)


TOKENS = (
    Case("11.2-1", "code used twice", "36004004", token("get", auth_code=used_code)),
    Case("11.2-1", "code after half an hour", "36004004", token("get", auth_code=old_code)),
    Case("11.2-1", "unknown code", "36004004", token("get", auth_code="TTP_unknown")),
    Case("11.2-1", "no code", "36004004", token("get")),
    Case("11.2-2", "authorization over", "36004001", token("refresh", refresh_token=ended_refresh_token)),
    Case("11.2-3", "unknown refresh token", "36004005", token("refresh", refresh_token="unknown")),
    Case("11.2-3", "replaced refresh token", "36004005", token("refresh", refresh_token=replaced_refresh_token)),
    Case("11.2-3", "withdrawn", "36004005", token("refresh", refresh_token=withdrawn_refresh_token)),
    *(
        Case("11.2-4", f"{name} of {path}", "36009004", token(path, **{kind: value, name: "x"}))
        for path, kind, value in (("get", "auth_code", code), ("refresh", "refresh_token", refresh_token))
        for name in ("app_key", "app_secret", "grant_type")
    ),
    Case("11.2-5", "discarded", "auth_denied", discarded, 303),
)


def webhook(**changes: Any) -> Act:
    def act(world: World) -> TestResponse:
        body = {"event_type": "PRODUCT_STATUS_CHANGE", "address": "https://shop.example/hooks", **changes}
        answer: TestResponse = world.us.send("PUT", "/event/202309/webhooks", body)
        return answer

    return act


WEBHOOKS = (
    Case("11.5-17", "sound", "0", webhook()),
    Case("11.5-17", "address of 256", "36009004", webhook(address="https://shop.example/" + "x" * 235)),
    Case("11.5-17", "address of 255", "0", webhook(address="https://shop.example/" + "x" * 234)),
    Case("11.5-17", "not https", "36009004", webhook(address="http://shop.example/hooks")),
    Case("11.5-17", "IP address", "36009004", webhook(address="https://203.0.113.9/hooks")),
    Case("11.5-17", "IPv6 address", "36009004", webhook(address="https://[2001:db8::9]/hooks")),
    Case("11.5-17", "port", "36009004", webhook(address="https://shop.example:8443/hooks")),
    Case("11.5-17", "no address", "36009004", webhook(address="")),
    Case("11.5-17", "unknown event", "36009004", webhook(event_type="SOLD_OUT")),
)


@pytest.mark.parametrize("case", (*GATEWAY, *TOKENS, *WEBHOOKS), ids=str)
def test_refused(case: Case, http: FlaskClient, shared: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    prove(case, World(http, shared, monkeypatch))
