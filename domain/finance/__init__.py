"""Money: what settlements consist of, whether they close, and how they agree with the books of the store."""
