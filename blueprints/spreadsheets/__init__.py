"""Spreadsheets out and back, and the categories that can be taken along."""
