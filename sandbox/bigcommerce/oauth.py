"""POST /oauth2/token and the signed payload of load, uninstall and remove_user (reference 1.2, 1.3).

Tokens that carry a time are stamped with real time: their readers compare with a clock the sandbox does not move.
"""

import time
import uuid

import jwt
from flask import Blueprint, Response, jsonify, request

from sandbox.bigcommerce.platform import bigcommerce
from sandbox.box import Sandbox
from sandbox.state import Document

oauth = Blueprint("bigcommerce_oauth", __name__)
FAULTS = ("expired", "audience", "issuer", "none", "signature", "claims")


@oauth.post("/oauth2/token")
def token() -> Response:
    """Exchange a one-time code; every field must be what the code was issued for."""
    platform = bigcommerce()
    given = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    given = given if isinstance(given, dict) else {}
    settings = platform.box.settings
    if (given.get("client_id"), given.get("client_secret")) != (
        settings.bigcommerce_client_id,
        settings.bigcommerce_client_secret,
    ):
        return error(401, "invalid_client", "The client id or the client secret is wrong.")
    if given.get("grant_type") != "authorization_code":
        return error(400, "unsupported_grant_type", "grant_type must be authorization_code.")
    with platform.box.state.lock:
        code = platform.codes.get(str(given.get("code")))
        if code is None or code["used"] or code["at"] + 600 < platform.box.clock.now():
            return error(400, "invalid_grant", "The code is unknown, used or expired.")
        for name, issued in (
            ("redirect_uri", code["redirect_uri"]),
            ("context", f"stores/{code['hash']}"),
            ("scope", code["scope"]),
        ):
            if given.get(name) != issued:
                return error(400, "invalid_grant", f"The {name} is not the one the code was issued for.")
        code["used"] = True
        platform.codes.save(str(given["code"]))
        return jsonify(grant(code))


def grant(code: Document) -> Document:
    """A fresh store-level token; the one before it stops working."""
    platform = bigcommerce()
    store = platform.store(code["hash"])
    platform.revoke(store["hash"])
    access = uuid.uuid4().hex[:31]
    platform.tokens[access] = {"hash": store["hash"], "scope": code["scope"], "client_id": code["client_id"]}
    store["needs_auth"], store["installed"] = False, True
    platform.stores.save(store["hash"])
    owner = next(user for user in store["users"] if user["owner"])
    user = next(user for user in store["users"] if user["id"] == code["user"])
    return {
        "access_token": access,
        "scope": code["scope"],
        "user": person(user),
        "owner": person(owner),
        "context": f"stores/{store['hash']}",
        "account_uuid": store["account_uuid"],
    }


def person(user: Document) -> Document:
    return {"id": user["id"], "username": user["email"], "email": user["email"]}


def error(status: int, code: str, description: str) -> Response:
    answer = jsonify({"error": code, "error_description": description})
    answer.status_code = status
    return answer


def signed_payload(box: Sandbox, store: Document, user: Document, url: str = "/", fault: str | None = None) -> str:
    """The JWT with all claims; `fault` (one of FAULTS) makes it one that an app must refuse."""
    now = int(time.time())
    owner = next(user for user in store["users"] if user["owner"])
    claims: Document = {
        "aud": box.settings.bigcommerce_client_id,
        "iss": "bc",
        "iat": now,
        "nbf": now - 5,
        "exp": now + 86400,
        "jti": str(uuid.uuid4()),
        "sub": f"stores/{store['hash']}",
        "user": {"id": user["id"], "email": user["email"], "locale": "en-US"},
        "owner": {"id": owner["id"], "email": owner["email"]},
        "url": url,
        "channel_id": None,
    }
    secret = box.settings.bigcommerce_client_secret
    if fault == "expired":
        claims.update(iat=now - 172800, nbf=now - 172805, exp=now - 86400)
    elif fault == "audience":
        claims["aud"] = "another-client-id"
    elif fault == "issuer":
        claims["iss"] = "somebody"
    elif fault == "claims":
        claims.pop("exp")
    elif fault == "signature":
        secret = "another-secret-0123456789-0123456789"
    if fault == "none":
        return jwt.encode(claims, "", algorithm="none")
    return jwt.encode(claims, secret, algorithm="HS256")
