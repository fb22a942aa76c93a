"""Both sides of a shop compared, listing by listing, with an exception list that is repaired by one press."""
