"""The Listings workspace: what still keeps a product from being sold, and the way there."""

from blueprints.listings import bulk, editing, publishing, routes, single, twins
from blueprints.listings.area import listings

__all__ = ["bulk", "editing", "listings", "publishing", "routes", "single", "twins"]
