"""The Hazard ratios page."""
