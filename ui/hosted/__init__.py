"""The app behind a department's address: who is here, what is told to them, what is noted."""
