"""Orders of the sandbox's buyers: how they come about, move and are read (reference 5)."""
