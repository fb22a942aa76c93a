"""Pages for people who are not signed in."""

from typing import Any

from flask import Response, make_response, render_template

from models import db


def standalone(template: str, status: int, **data: Any) -> Response:
    """A whole page without the top bar; nothing that was begun is kept."""
    db.session.rollback()
    return make_response(render_template(template, **data), status)
