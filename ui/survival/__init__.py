"""The Survival page."""
