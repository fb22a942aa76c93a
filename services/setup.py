"""What services share in one process: configuration, the HTTP transport, the rate budget."""

from typing import Any, cast

from flask import Flask, current_app

from clients.budget import Budget, NoBudget
from clients.transport import Transport
from config import Config


def install(app: Flask, config: Config) -> None:
    from services.history import keeping  # it reads this module's configuration through the clock

    keeping.install()
    app.extensions["transport"] = Transport(user_agent="Causeway/0.1")
    app.extensions.setdefault("budget", NoBudget())


def extension(name: str) -> Any:
    return current_app.extensions[name]


def config() -> Config:
    return cast(Config, extension("config"))


def transport() -> Transport:
    return cast(Transport, extension("transport"))


def budget() -> Budget:
    """Shared by all processes through Redis; jobs install it."""
    return cast(Budget, extension("budget"))
