"""The Cohort page: files, how they were read, questions, the mapping, missing values, baseline."""
