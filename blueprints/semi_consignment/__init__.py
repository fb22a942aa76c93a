"""Semi-consignment: products of the platform's stores, publishing to them, their pairs."""

from blueprints.semi_consignment import pair_pages, publish_pages, stock_pages
from blueprints.semi_consignment.area import semi_consignment

__all__ = ["pair_pages", "publish_pages", "semi_consignment", "stock_pages"]
