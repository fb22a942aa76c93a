"""Keeping listings in step with BigCommerce's catalog."""
