"""How orders leave: shipments told to the other side, packages, carriers, routing, marks and gifts."""
