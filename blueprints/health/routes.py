"""/healthz for the load balancer: without the database there is no service; without Redis work waits."""

import redis
from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from models import db
from services import setup

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> tuple[Response, int]:
    database = _database()
    return jsonify(
        status="ok" if database == "ok" else "down", database=database, redis=_redis()
    ), 200 if database == "ok" else 503


def _database() -> str:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return "away"
    return "ok"


def _redis() -> str:
    try:
        with redis.Redis.from_url(setup.config().redis_url, socket_timeout=1, socket_connect_timeout=1) as connection:
            connection.ping()
    except (redis.RedisError, OSError):
        return "away"
    return "ok"
