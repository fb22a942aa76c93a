"""Settings: shops, warehouses, profile, configuration."""
