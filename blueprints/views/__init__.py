"""Saved filters and columns of the lists."""
