"""Orders: the list, one order, deadlines, what keeps orders from BigCommerce, and how they are taken."""

from blueprints.orders import actions, packages, packing, single
from blueprints.orders.area import orders
from blueprints.orders.routes import index
from blueprints.orders.settings import order_settings

__all__ = ["actions", "index", "order_settings", "orders", "packages", "packing", "single"]
