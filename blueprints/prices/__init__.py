"""Prices: what each SKU costs and why, the rules that make it, trials, incidents."""

from blueprints.prices import rule_pages
from blueprints.prices.routes import prices

__all__ = ["prices", "rule_pages"]
