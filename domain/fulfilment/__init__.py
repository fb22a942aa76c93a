"""How orders leave: carriers, ways to ship by market, routing, marks and gifts, files for fulfilment services."""
