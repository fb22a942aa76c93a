"""The Listings workspace: what still keeps a product from being sold, and the way there."""

from blueprints.listings import actions, bulk, editing, explain, publishing, routes, single, twins
from blueprints.listings.area import listings

__all__ = ["actions", "bulk", "editing", "explain", "listings", "publishing", "routes", "single", "twins"]
