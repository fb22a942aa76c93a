"""Connects the jobs to a Flask app: one Redis client a process, the rate budget, the handlers."""

from typing import Any, cast

import redis
from flask import Flask, current_app
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from config import Config


def install(app: Flask, config: Config) -> None:
    connection = connect(config.redis_url)
    app.extensions["redis"] = connection
    from jobs.budget import RedisBudget

    app.extensions["budget"] = RedisBudget(connection, config.publish_rate)


def connect(url: str, **options: Any) -> redis.Redis:
    """A lazy client: nothing is opened before the first command, so forked children open their own."""
    # redis-py's own limit of 100 connections turns into errors; a worker with neighbours has some 400 threads.
    # And its own patience is four seconds a command: a page must not wait for a Redis that is away.
    retry = Retry(ExponentialBackoff(cap=0.2, base=0.05), 2)
    defaults: dict[str, Any] = {
        "socket_timeout": 30,
        "socket_connect_timeout": 2,
        "max_connections": 512,
        "retry": retry,
    }
    if not url.startswith("unix:"):
        defaults["socket_keepalive"] = True
    return redis.Redis.from_url(url, **(defaults | options))


def redis_client() -> redis.Redis:
    return cast(redis.Redis, current_app.extensions["redis"])
