"""Launch tokens as BigCommerce signs them, and every way of not being one."""

import base64
import hmac
import json
import time
import warnings
from collections.abc import Iterator
from typing import Any

import jwt

from tests.conftest import CREDENTIALS

SECRET, CLIENT = CREDENTIALS["BIGCOMMERCE_CLIENT_SECRET"], CREDENTIALS["BIGCOMMERCE_CLIENT_ID"]
OWNER = {"id": 7, "email": "owner@example.com", "locale": "en-US"}
DAY = 86_400
KEY = "-----BEGIN " + "PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKx1\n-----END PUBLIC KEY-----\n"


def claims(store_hash: str = "ours1", drop: str = "", **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    found = {
        "aud": CLIENT, "iss": "bc", "iat": now, "nbf": now - 5, "exp": now + DAY, "jti": f"j{time.monotonic_ns()}",
        "sub": f"stores/{store_hash}", "user": OWNER, "owner": OWNER, "url": "/", "channel_id": None,
    }  # fmt: skip
    return {name: value for name, value in (found | changes).items() if name != drop}


def signed(store_hash: str = "ours1", *, secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # short keys are the point here
        return jwt.encode(claims(store_hash, **changes), secret, algorithm)


def raw(head: Any, body: Any, key: bytes | None = SECRET.encode(), digest: str = "sha256") -> str:
    """A token made by hand: any header, any body, signed over both or with an empty signature."""
    parts = [_b64(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in (head, body)]
    text = ".".join(parts)
    return f"{text}.{_b64(hmac.new(key, text.encode(), digest).digest()) if key is not None else ''}"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forgeries() -> Iterator[tuple[str, str]]:
    """(what is wrong, token)."""
    now, good = int(time.time()), signed()
    head, body, signature = good.split(".")
    yield "nothing", ""
    for text in (
        ".",
        "..",
        "...",
        "a.b.c",
        "null",
        "{}",
        good + ".",
        "." + good,
        f"{head}.{body}",
        f"{head}..{signature}",
    ):
        yield f"shape {text[:12]}", text
    for name in ("none", "None", "NONE", "nOnE", "", "HS256 ", "hs256", None, 1, ["HS256"]):
        yield f"alg {name!r} without signature", raw({"alg": name, "typ": "JWT"}, claims(), None)
        yield f"alg {name!r} signed", raw({"alg": name, "typ": "JWT"}, claims())
    yield "no alg", raw({"typ": "JWT"}, claims())
    yield "HS512", raw({"alg": "HS512"}, claims(), digest="sha512")
    yield "HS384", raw({"alg": "HS384"}, claims(), digest="sha384")
    yield "RS256 name over an HMAC", raw({"alg": "RS256"}, claims())
    for key in ("", "x", CLIENT, KEY, "test-client-secret", SECRET.upper(), SECRET + " ", CREDENTIALS["SECRET_KEY"]):
        yield f"key {key[:12]!r}", raw({"alg": "HS256", "typ": "JWT"}, claims(), key.encode())
    yield "key from its header", raw({"alg": "HS256", "jwk": {"kty": "oct", "k": "eHg"}}, claims(), b"xx")
    yield "kid path", raw({"alg": "HS256", "kid": "../../../dev/null"}, claims(), b"")
    yield "jku", raw({"alg": "HS256", "jku": "http://127.0.0.1:1/k"}, claims(), b"x")
    yield "unencoded", raw({"alg": "HS256", "b64": False, "crit": ["b64"]}, claims())
    yield "critical", raw({"alg": "HS256", "crit": ["exp"]}, claims())
    for place in (0, len(signature) // 2):
        swapped = "A" if signature[place] != "A" else "B"
        yield "changed signature", f"{head}.{body}.{signature[:place]}{swapped}{signature[place + 1 :]}"
    yield "cut signature", f"{head}.{body}.{signature[:-4]}"
    yield "another body under the signature", f"{head}.{_b64(json.dumps(claims('other1')).encode())}.{signature}"
    yield (
        "legacy signed_payload",
        f"{_b64(json.dumps({'user': OWNER, 'store_hash': 'ours1'}).encode())}.{_b64(b'0' * 64)}",
    )
    for name in ("aud", "iss", "iat", "nbf", "exp", "jti", "sub", "user", "owner"):
        yield f"without {name}", signed(drop=name)
        yield f"empty {name}", raw({"alg": "HS256"}, claims() | {name: None})
    wrong: list[dict[str, Any]] = [
        {"exp": now - 60}, {"iat": now - 2 * DAY, "nbf": now - 2 * DAY, "exp": now - DAY}, {"nbf": now + 600},
        {"iat": now + 600}, {"exp": "never"}, {"exp": -1}, {"exp": True}, {"nbf": "0"},
        {"aud": "someone-else"}, {"aud": [CLIENT]}, {"aud": [CLIENT, "x"]}, {"aud": CLIENT.upper()}, {"aud": ""},
        {"iss": "BC"}, {"iss": "https://bigcommerce.com"}, {"iss": ["bc"]},
        {"sub": "ours1"}, {"sub": "stores/"}, {"sub": "stores/ours1/"}, {"sub": "stores/ours1\n"},
        {"sub": ["stores/ours1"]},
        {"sub": "stores/../ours1"}, {"sub": "stores/ours1 "}, {"sub": "stores/öurs1"}, {"sub": "stores/" + "a" * 65},
        {"user": {}}, {"user": {"id": "7"}}, {"user": {"id": 7.0}}, {"user": [7]}, {"user": {"id": True}},
        {"owner": {}},
        {"jti": 5}, {"jti": ""}, {"channel_id": {}},
    ]  # fmt: skip
    for changes in wrong:
        yield f"claim {changes}", raw({"alg": "HS256"}, claims() | changes)
    yield "a body that is no object", raw({"alg": "HS256"}, [1, 2])
    yield "a deep body", raw({"alg": "HS256"}, b'{"a":' * 1500 + b"1" + b"}" * 1500)
    yield "a broken body", raw({"alg": "HS256"}, b"\xff\xfe{}")
    yield "unicode", "é\u202e\U0001f600.\u0661.x"
    yield "NUL", good.replace(".", "\0.")
    yield "long", raw({"alg": "HS256"}, claims(pad="x" * 6400))
