"""Stock: the ledger, what shops are told of it, and how quickly they know."""
