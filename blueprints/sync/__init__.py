"""In step: the switches that act by themselves, what they did, and both sides compared."""

from blueprints.sync.routes import sync

__all__ = ["sync"]
