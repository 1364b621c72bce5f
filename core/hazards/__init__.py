"""Cox models and what is asked of them: subgroups, proportional hazards, weighting."""
