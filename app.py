"""Puts Causeway together: `app:create_app()` is what gunicorn serves and what `flask --app app` commands use."""

import sys
from collections.abc import Mapping

from flask import Flask

from config import Config, WrongSetting


def create_app(overrides: Mapping[str, object] | None = None) -> Flask:
    """The whole product. `overrides` are settings by environment name (tests)."""
    try:
        config = Config.read(overrides=overrides)
    except WrongSetting as wrong:
        sys.exit(f"causeway: {wrong}")

    app = Flask(
        "causeway", root_path=__file__.rpartition("/")[0] or ".", static_folder="static", template_folder="templates"
    )
    app.extensions["config"] = config
    from blueprints import install as install_pages
    from commands import install as install_commands
    from jobs import install as install_jobs
    from models.setup import install as install_models
    from services import install as install_services

    install_models(app, config)
    install_services(app, config)
    install_jobs(app, config)
    install_pages(app, config)
    install_commands(app)
    return app
