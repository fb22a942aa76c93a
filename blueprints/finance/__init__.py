"""Money: orders in both books, statements and payouts, where the money went."""
