"""Adoption: products that a shop holds already become listings of ours; nothing is made a second time."""
