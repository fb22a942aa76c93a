"""Copying listings from one shop of the store to another: looked at field by field, then staged there (S4-31)."""

KIND = "copy_listings"
WHERE = "/listings/"
