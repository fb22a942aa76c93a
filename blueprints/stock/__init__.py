"""Stock: every SKU's numbers, push rules, lag and incidents."""

from blueprints.stock import lag_pages, rule_pages
from blueprints.stock.routes import stock

__all__ = ["lag_pages", "rule_pages", "stock"]
