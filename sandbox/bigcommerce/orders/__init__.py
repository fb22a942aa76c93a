"""A store's orders: lines from the catalog or free ones, addresses, shipments, refunds, and the stock they move
(reference 4.4 and 5)."""
