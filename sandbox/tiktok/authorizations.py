"""Grants of sellers to the app: codes, access tokens and refresh tokens (reference 2.2)."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.box import Sandbox
from sandbox.tiktok.fixtures import SELLERS
from sandbox.tiktok.refusal import Refusal
from sandbox.tiktok.scopes import ALL_SCOPES

Document = dict[str, Any]

CODE_LIFE = 30 * 60
ACCESS_LIFE = 7 * 24 * 3600
AUTHORIZATION_LIFE = 365 * 24 * 3600


class Authorizations:
    """One living authorization per seller; a new consent replaces the old one's refresh token."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        self.codes = box.state.collection("tiktok_codes")
        self.grants = box.state.collection("tiktok_authorizations")
        self.tokens = box.state.collection("tiktok_tokens")

    def prefix(self, seller: Document) -> str:
        return "TTP" if seller["region"] == "US" else "ROW"

    def issue_code(self, seller_id: str) -> str:
        """An auth code that works once within 30 minutes."""
        code = f"{self.prefix(SELLERS[seller_id])}_{secrets.token_urlsafe(48)}"
        self.codes[code] = {"seller_id": seller_id, "issued": self.box.clock.now(), "used": False}
        return code

    def exchange(self, code: str) -> Document:
        """The token answer for a code; 36004004 when used, old or unknown."""
        with self.box.state.lock:
            row = self.codes.get(code)
            if row is None or row["used"] or self.box.clock.now() - row["issued"] > CODE_LIFE:
                raise Refusal(36004004, "The auth code is used, expired or invalid")
            self.codes[code] = {**row, "used": True}
            seller = SELLERS[row["seller_id"]]
            grant: Document = {
                "id": secrets.token_hex(8),
                "seller_id": seller["id"],
                "status": "active",
                "scopes": list(ALL_SCOPES),
                "refresh_token": self._secret(seller),
                "created": self.box.clock.now(),
                "refresh_expires": int(self.box.clock.now()) + AUTHORIZATION_LIFE,
            }
            for old in self.living(seller["id"]):
                self.grants[old["id"]] = {**old, "status": "replaced"}
            self.grants[grant["id"]] = grant
            return self._answer(grant)

    def refresh(self, refresh_token: str, rotate: bool) -> Document:
        """New access token; the authorization's own end does not move."""
        with self.box.state.lock:
            grant = next((row for row in self.grants.values() if row["refresh_token"] == refresh_token), None)
            if grant is None or grant["status"] != "active":
                raise Refusal(36004005, "No authorization record for this refresh token")
            if self.box.clock.now() >= grant["refresh_expires"]:
                raise Refusal(36004001, "The refresh token is expired")
            if rotate:
                grant = {**grant, "refresh_token": self._secret(SELLERS[grant["seller_id"]])}
                self.grants[grant["id"]] = grant
            return self._answer(grant)

    def check(self, access_token: str, scope: str) -> Document:
        """The grant behind an access token: it lives, belongs to a seller and has the scope."""
        token = self.tokens.get(access_token)
        if token is None:
            raise Refusal(36009004, "The access token is not valid", 401)
        grant = self.grants[token["grant_id"]]
        if grant["status"] == "deauthorized":
            raise Refusal(105001, "The seller has withdrawn the authorization", 401)
        if self.box.clock.now() >= token["expires"]:
            raise Refusal(105002, "The access token is expired", 401)
        if SELLERS[grant["seller_id"]]["user_type"] != 0:
            raise Refusal(101000, "The token belongs to another type of user", 401)
        if scope not in grant["scopes"]:
            raise Refusal(105005, f"The scope {scope} is not granted", 403)
        return grant

    def living(self, seller_id: str) -> list[Document]:
        return [row for row in self.grants.values() if row["seller_id"] == seller_id and row["status"] == "active"]

    def is_authorized(self, seller_id: str) -> bool:
        now = self.box.clock.now()
        return any(row["refresh_expires"] > now for row in self.living(seller_id))

    def deauthorize(self, seller_id: str) -> int:
        """The seller withdraws: every token of the seller is refused from now on."""
        with self.box.state.lock:
            found = [
                row for row in self.grants.values() if row["seller_id"] == seller_id and row["status"] != "deauthorized"
            ]
            for row in found:
                self.grants[row["id"]] = {**row, "status": "deauthorized"}
            return len(found)

    def expire_access(self, seller_id: str) -> int:
        """Let the seller's access tokens end now; the refresh token still works."""
        with self.box.state.lock:
            grants = {row["id"] for row in self.grants.values() if row["seller_id"] == seller_id}
            found = [(key, row) for key, row in self.tokens.items() if row["grant_id"] in grants]
            for key, row in found:
                self.tokens[key] = {**row, "expires": min(row["expires"], int(self.box.clock.now()))}
            return len(found)

    def expire_authorization(self, seller_id: str) -> int:
        """Let the whole authorization period end now."""
        with self.box.state.lock:
            found = self.living(seller_id)
            for row in found:
                self.grants[row["id"]] = {**row, "refresh_expires": int(self.box.clock.now())}
            self.expire_access(seller_id)
            return len(found)

    def set_scopes(self, seller_id: str, scopes: list[str]) -> int:
        with self.box.state.lock:
            found = self.living(seller_id)
            for row in found:
                self.grants[row["id"]] = {**row, "scopes": scopes}
            return len(found)

    def _secret(self, seller: Document) -> str:
        return f"{self.prefix(seller)}_{secrets.token_urlsafe(54)}"

    def _answer(self, grant: Document) -> Document:
        seller = SELLERS[grant["seller_id"]]
        access, expires = self._secret(seller), int(self.box.clock.now()) + ACCESS_LIFE
        expires = min(expires, grant["refresh_expires"])
        self.tokens[access] = {"grant_id": grant["id"], "expires": expires}
        return {
            "access_token": access,
            "access_token_expire_in": expires,
            "refresh_token": grant["refresh_token"],
            "refresh_token_expire_in": grant["refresh_expires"],
            "open_id": f"open-{seller['id']}",
            "seller_name": seller["name"],
            "seller_base_region": seller["region"],
            "user_type": seller["user_type"],
            "granted_scopes": grant["scopes"],
        }
