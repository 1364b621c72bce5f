"""Printed tables checked from themselves, and the figures of one paper beside a cohort."""
