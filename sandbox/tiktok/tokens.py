"""The token host: code exchange and refresh (reference 2.2, 11.2). Unsigned, always HTTP 200."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from sandbox.tiktok.gateway import envelope
from sandbox.tiktok.platform import Platform, platform
from sandbox.tiktok.refusal import Refusal

blueprint = Blueprint("tiktok_tokens", __name__)


def _answer(grant_type: str, make: Callable[[Platform], dict[str, Any]]) -> Response:
    shared = platform()
    settings = shared.box.settings
    expected = {"app_key": settings.tiktok_app_key, "app_secret": settings.tiktok_app_secret, "grant_type": grant_type}
    try:
        for name, value in expected.items():
            if request.args.get(name) != value:
                raise Refusal(36009004, f"{name} is not valid")
        return envelope(shared, 0, "success", make(shared))
    except Refusal as refusal:
        return envelope(shared, refusal.code, refusal.message, None)


@blueprint.get("/api/v2/token/get")
def get_token() -> Response:
    return _answer("authorized_code", lambda shared: shared.authorizations.exchange(request.args.get("auth_code", "")))


@blueprint.get("/api/v2/token/refresh")
def refresh_token() -> Response:
    return _answer(
        "refresh_token",
        lambda shared: shared.authorizations.refresh(
            request.args.get("refresh_token", ""), bool(shared.knobs["rotate_refresh"])
        ),
    )
