"""The Published page: a paper beside the cohort, and the audit of a printed table."""
