"""Prices: the rules of shops and listings, what shops are told, and steps by sales."""
