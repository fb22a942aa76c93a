"""Puts the sandbox together: state, clock, timers and the blueprints of both platforms."""

import os
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app

from sandbox.clock import Clock, Timers
from sandbox.settings import Settings
from sandbox.state import State


class Sandbox:
    """What every endpoint of the sandbox reaches through `sandbox()`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.state = State(settings.path)
        self.clock = Clock(self.state)
        self.timers = Timers(self.state, self.clock)


def sandbox() -> Sandbox:
    return cast(Sandbox, current_app.extensions["sandbox"])


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """The sandbox as a WSGI app. Each platform's package registers itself by `register(app, box)`."""
    settings = settings or Settings.from_environment(os.environ)
    for name, value in overrides.items():
        setattr(settings, name, value)
    app = Flask("sandbox", root_path=str(Path(__file__).parent), template_folder="templates", static_folder="static",
                static_url_path="/sandbox-static")
    box = Sandbox(settings)
    app.extensions["sandbox"] = box

    from sandbox import bigcommerce, control, tiktok

    tiktok.register(app, box)
    bigcommerce.register(app, box)
    control.register(app, box)
    if settings.run_timers:
        box.timers.start()
    return app
