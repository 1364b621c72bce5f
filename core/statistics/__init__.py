"""Arrays in, numbers out: tails of distributions, 2x2 and larger tables, intervals, adjusted p-values."""
