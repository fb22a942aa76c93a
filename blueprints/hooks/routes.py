"""Webhooks: verify the raw body, store one row, answer 200. A worker applies it."""

from flask import Blueprint, Response, request

from blueprints.guard import accepts
from jobs.launch import ring_once
from models import db
from services import webhooks

hooks = Blueprint("hooks", __name__, url_prefix="/hooks")


@hooks.post("/tiktok")
@accepts(webhooks.LARGEST)
def tiktok() -> Response:
    """Signed with the app secret in the Authorization header; 401 when it is not (reference 9.2)."""
    try:
        fresh = webhooks.from_tiktok(request.get_data(cache=False), request.headers.get("Authorization", ""))
    except webhooks.NotSigned:
        return Response(status=401)
    return _stored(fresh)


@hooks.post("/bigcommerce")
@accepts(webhooks.LARGEST)
def bigcommerce() -> Response:
    """Carries the store's own secret header, and a signature where BigCommerce sends one (reference 7.3)."""
    try:
        fresh = webhooks.from_bigcommerce(request.get_data(cache=False), dict(request.headers))
    except webhooks.NotSigned:
        return Response(status=401)
    return _stored(fresh)


def _stored(fresh: bool) -> Response:
    db.session.commit()
    if fresh:
        ring_once("live", "jobs.inbox.fold")
    return Response(status=200)
