"""Documents of listings: certificates and labels, until when they hold, which listings wait for one."""
