"""Tables of the arms: adverse events, response, failure, baseline, missing values."""
