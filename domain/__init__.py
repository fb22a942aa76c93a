"""Pure rules: standard library only. Time, settings and facts are arguments."""
