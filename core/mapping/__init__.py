"""Which column plays which role, and the words hospitals use for it."""
