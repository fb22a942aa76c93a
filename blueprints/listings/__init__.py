"""The Listings workspace: what still keeps a product from being sold, and the way there."""

from blueprints.listings import actions, bulk, editing, publishing, routes, single, twins
from blueprints.listings.area import listings

__all__ = ["actions", "bulk", "editing", "listings", "publishing", "routes", "single", "twins"]
