"""The Response page."""
