"""The start page of a store."""
