"""Puts the sandbox together: the box and the pages and endpoints of both platforms."""

import os
from pathlib import Path
from typing import Any

from flask import Flask

from sandbox import bigcommerce, control, faults, mailbox, tiktok, tour
from sandbox.box import Sandbox
from sandbox.settings import Settings


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """The sandbox as a WSGI app. Each platform's package registers itself by `register(app, box)`."""
    settings = settings or Settings.from_environment(os.environ)
    for name, value in overrides.items():
        setattr(settings, name, value)
    app = Flask(
        "sandbox",
        root_path=str(Path(__file__).parent),
        template_folder="templates",
        static_folder="static",
        static_url_path="/sandbox-static",
    )
    box = Sandbox(settings)
    app.extensions["sandbox"] = box
    tiktok.register(app, box)
    bigcommerce.register(app, box)
    control.register(app, box)
    faults.register(app, box)
    tour.register(app, box)
    mailbox.register(app, box)
    if settings.run_timers:
        box.timers.start()
    return app
