"""No one gets in: every route, every trick, and nothing that a stranger wrote runs or leaks."""
