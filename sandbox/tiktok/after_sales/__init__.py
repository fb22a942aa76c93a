"""Cancellations, refunds and returns (reference 7)."""
