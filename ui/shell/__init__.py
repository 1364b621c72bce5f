"""What every page stands in: menu and bar, the session, filters, caches, displays, exports."""
