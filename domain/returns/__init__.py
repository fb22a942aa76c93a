"""Requests after the sale: cancellations, refunds, returns, replacements."""
