"""Settlements: transactions, daily statements, payments (reference 8)."""
