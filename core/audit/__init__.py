"""Printed tables checked from themselves, and the figures of one paper beside a cohort."""

from core.audit.audit import Audit, audit_file
from core.audit.finding import AGREES, DIFFERS, IMPOSSIBLE, VERDICTS
from core.audit.yang2023 import NOT_HERE, Comparison, compare
from core.audit.yang2023_figures import CITATION
from core.audit.yang2023_recompute import published_covariates

__all__ = ["AGREES", "CITATION", "DIFFERS", "IMPOSSIBLE", "NOT_HERE", "VERDICTS", "Audit", "Comparison", "audit_file",
           "compare", "published_covariates"]
