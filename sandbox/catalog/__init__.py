"""Draws up catalogs: product drafts from a seed and a size, and their pictures. Pure: no store, no clock."""

from sandbox.catalog.maker import make_catalog
from sandbox.catalog.troubles import KINDS

__all__ = ["KINDS", "make_catalog"]
