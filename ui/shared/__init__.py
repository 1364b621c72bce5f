"""Panels that several pages have."""
