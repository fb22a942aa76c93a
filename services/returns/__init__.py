"""Requests after the sale: read, answered, started, and what follows in BigCommerce and in stock."""
