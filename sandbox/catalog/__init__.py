"""Draws up catalogs: product drafts from a seed and a size, and their pictures. Pure: no store, no clock."""

from sandbox.catalog.maker import make_catalog, stream_catalog
from sandbox.catalog.plan import ALL_MIX, CLEAN, EVERYDAY_MIX, ONE_OF_EACH, Mix
from sandbox.catalog.troubles import EVERYDAY, KINDS

__all__ = [
    "ALL_MIX", "CLEAN", "EVERYDAY", "EVERYDAY_MIX", "KINDS", "ONE_OF_EACH", "Mix", "make_catalog", "stream_catalog",
]  # fmt: skip
