"""The signed token BigCommerce adds to load, uninstall and remove_user (reference 1.3)."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt

LARGEST = 8 * 1024  # characters
LEEWAY = 10.0  # seconds
REQUIRED = ("aud", "iss", "iat", "nbf", "exp", "jti", "sub", "user", "owner")
SUBJECT = re.compile(r"stores/([A-Za-z0-9]{1,64})")
INSIDE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")  # a path of our own, never another site


class LaunchRefused(Exception):
    """The token proves nothing. `code`: size, signature, expired, early, claims, unconfigured."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    email: str
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Launch:
    """Who opens which store. `jti` is to be remembered until `expires_at`, because the token travels in an address."""

    store_hash: str
    user: Person
    owner: Person
    url: str
    channel_id: int | None
    jti: str
    issued_at: datetime
    expires_at: datetime


def read_launch(token: str, client_id: str, client_secret: str, now: datetime) -> Launch:
    """The launch this token proves at `now`, or LaunchRefused. HS256 only, whatever the token says of itself."""
    if not client_id or not client_secret:
        raise LaunchRefused("unconfigured")  # with an empty key anybody could sign
    if not token or len(token) > LARGEST:
        raise LaunchRefused("size")
    claims = _claims(token, client_id, client_secret)
    moment = now.timestamp()
    if _seconds(claims["exp"]) + LEEWAY <= moment:
        raise LaunchRefused("expired")
    if max(_seconds(claims["nbf"]), _seconds(claims["iat"])) - LEEWAY > moment:
        raise LaunchRefused("early")
    store = SUBJECT.fullmatch(claims["sub"]) if isinstance(claims["sub"], str) else None
    channel = claims.get("channel_id")
    if store is None or not isinstance(claims["jti"], str) or not claims["jti"]:
        raise LaunchRefused("claims")
    if channel is not None and (not isinstance(channel, int) or isinstance(channel, bool)):
        raise LaunchRefused("claims")
    url = claims.get("url")
    return Launch(
        store[1],
        _person(claims["user"]),
        _person(claims["owner"]),
        url if isinstance(url, str) and INSIDE.fullmatch(url) else "/",
        channel,
        claims["jti"],
        datetime.fromtimestamp(_seconds(claims["iat"]), UTC),
        datetime.fromtimestamp(_seconds(claims["exp"]), UTC),
    )


def _claims(token: str, client_id: str, client_secret: str) -> dict[str, Any]:
    options: Any = {
        "require": list(REQUIRED),
        "strict_aud": True,
        "verify_exp": False,
        "verify_nbf": False,
        "verify_iat": False,
    }  # times are compared with the caller's clock
    code = "signature"
    try:
        return jwt.decode(token, client_secret, algorithms=["HS256"], audience=client_id, issuer="bc", options=options)
    except (jwt.InvalidAudienceError, jwt.InvalidIssuerError, jwt.MissingRequiredClaimError):
        code = "claims"
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        pass
    raise LaunchRefused(code)


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise LaunchRefused("claims")
    if not 0 <= value < 2**33:
        raise LaunchRefused("claims")
    return float(value)


def _person(value: Any) -> Person:
    if not isinstance(value, dict):
        raise LaunchRefused("claims")
    number, email, locale = value.get("id"), value.get("email"), value.get("locale")
    if not isinstance(number, int) or isinstance(number, bool):
        raise LaunchRefused("claims")
    return Person(number, email if isinstance(email, str) else "", locale if isinstance(locale, str) else "")
