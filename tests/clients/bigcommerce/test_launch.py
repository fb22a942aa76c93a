"""The signed launch: one that is good, and every way of not being so (fault 36)."""

import base64
import json
import warnings
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest

from clients.bigcommerce.launch import LaunchRefused, read_launch

CLIENT, SECRET = "client-id", "sandbox-client-secret-0123456789abcdef"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
AT = int(NOW.timestamp())
CLAIMS: dict[str, Any] = {
    "aud": CLIENT,
    "iss": "bc",
    "iat": AT,
    "nbf": AT - 5,
    "exp": AT + 86400,
    "jti": "j1",
    "sub": "stores/abc123",
    "user": {"id": 9, "email": "u@x.test", "locale": "en-US"},
    "owner": {"id": 1, "email": "o@x.test"},
    "url": "/products?tab=live",
    "channel_id": None,
}


def token(secret: str = SECRET, algorithm: str = "HS256", drop: str = "", **changes: Any) -> str:
    claims = {name: value for name, value in (CLAIMS | changes).items() if name != drop}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jwt.encode(claims, secret, algorithm)


def code(signed: str, client_id: str = CLIENT, secret: str = SECRET) -> str:
    with pytest.raises(LaunchRefused) as caught:
        read_launch(signed, client_id, secret, NOW)
    return caught.value.code


def test_a_good_launch() -> None:
    launch = read_launch(token(), CLIENT, SECRET, NOW)
    assert (launch.store_hash, launch.user.id, launch.user.locale, launch.owner.id) == ("abc123", 9, "en-US", 1)
    assert (launch.url, launch.channel_id, launch.jti) == ("/products?tab=live", None, "j1")
    assert launch.expires_at == datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("drop", ["aud", "iss", "iat", "nbf", "exp", "jti", "sub", "user", "owner"])
def test_every_claim_is_required(drop: str) -> None:
    assert code(token(drop=drop)) == "claims"


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "other"},
        {"aud": [CLIENT, "other"]},
        {"iss": "evil"},
        {"sub": "stores/../x"},
        {"sub": "abc123"},
        {"user": {"email": "x"}},
        {"user": 9},
        {"owner": None},
        {"exp": 1e300},
        {"channel_id": "1"},
        {"user": {"id": True, "email": ""}},
    ],
)
def test_wrong_claims(change: Any) -> None:
    assert code(token(**change)) in ("claims", "signature")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"exp": AT - 10}, "expired"),
        ({"exp": AT - 9}, None),
        ({"nbf": AT + 11}, "early"),
        ({"iat": AT + 11}, "early"),
        ({"nbf": AT + 10, "iat": AT + 10}, None),
    ],
)
def test_times_by_the_given_clock(change: Any, expected: str | None) -> None:
    signed = token(**change)
    if expected:
        assert code(signed) == expected
    else:
        assert read_launch(signed, CLIENT, SECRET, NOW).jti == "j1"


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_other_algorithms(algorithm: str) -> None:
    assert code(token(secret=SECRET * 2, algorithm=algorithm), secret=SECRET * 2) == "signature"


def test_no_algorithm() -> None:
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "none", "typ": "JWT"}, CLAIMS)
    )
    assert code(f"{head}.{body}.") == "signature"


def test_other_secret_and_changed_bytes() -> None:
    assert code(token(secret="another-secret-0123456789-0123456789")) == "signature"
    head, body, signature = token().split(".")
    assert code(f"{head}.{body[:-2]}AA.{signature}") == "signature"


@pytest.mark.parametrize("signed", ["", "x" * 9000, "a" * 1_000_000])
def test_size(signed: str) -> None:
    assert code(signed) == "size"


@pytest.mark.parametrize(
    "signed",
    [
        "a.b.c",
        "é.é.é",
        "..",
        base64.urlsafe_b64encode(b"[" * 5000).decode().rstrip("=") + ".e30.x",
    ],
)
def test_nonsense(signed: str) -> None:
    assert code(signed) == "signature"


def test_an_empty_secret_opens_nothing() -> None:
    assert code(token(secret="x"), secret="") == "unconfigured"
    assert code(token(), client_id="") == "unconfigured"


@pytest.mark.parametrize("url", ["//evil.test", "/\\evil.test", "https://evil.test", "", "/a\nb", None, 5])
def test_only_paths_of_our_own_are_followed(url: Any) -> None:
    assert read_launch(token(url=url), CLIENT, SECRET, NOW).url == "/"
