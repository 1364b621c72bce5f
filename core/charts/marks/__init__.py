"""Marks that know no cohort: panes of curves, steps, their labels, forests."""
