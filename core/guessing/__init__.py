"""Which column plays which role, guessed from names and values, with the questions that remain."""
