"""Profiles: which products they take, how they prepare them, who wins."""

from blueprints.profiles import overlap
from blueprints.profiles.routes import profiles_area

__all__ = ["overlap", "profiles_area"]
