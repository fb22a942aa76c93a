"""Adopting what a shop holds already, and deciding about what somebody else changed there."""

from blueprints.adoption import decisions, outside, pages, writing
from blueprints.adoption.area import adoption

__all__ = ["adoption", "decisions", "outside", "pages", "writing"]
