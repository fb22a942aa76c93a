"""Global sellers: the publishing model of each of their shops, and the products of the global store, looked at."""

WHERE = "/global-store/"
