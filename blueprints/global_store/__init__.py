"""The global store of a global seller: a view of its products, and nothing that changes them."""

from blueprints.global_store.routes import global_store

__all__ = ["global_store"]
