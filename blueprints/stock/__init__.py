"""Stock: every SKU's numbers, push rules, lag and incidents."""

from blueprints.stock import foresight_pages, lag_pages, promotion_pages, rule_pages
from blueprints.stock.routes import stock

__all__ = ["foresight_pages", "lag_pages", "promotion_pages", "rule_pages", "stock"]
