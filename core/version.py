"""The version that stands on everything the app makes."""

__version__ = "0.1.0"
