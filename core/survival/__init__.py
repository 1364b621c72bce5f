"""Kaplan-Meier, tests of the log-rank family, estimates off a curve, competing risks."""
