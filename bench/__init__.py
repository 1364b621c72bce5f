"""The board's speed beside R's and plain lifelines', on the same files in one run."""
