"""People of a store: their roles, and the log of what they changed."""
