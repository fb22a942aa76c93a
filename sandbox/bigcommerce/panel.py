"""Placeholder."""

from flask import Blueprint

panel = Blueprint("bigcommerce_panel", __name__, url_prefix="/manage")
