"""Files become a Cohort: validated by a mapping, typed, one row per patient."""
