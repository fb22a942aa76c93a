"""Packages: shipping, splitting, combining, labels, tracking (reference 6)."""
