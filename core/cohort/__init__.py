"""The patients, the filters that are on, their strata and counts, and what was known when."""
