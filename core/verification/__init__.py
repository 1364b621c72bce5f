"""The same figures by lifelines, and R code for them."""

from core.verification.lifelines_cox import cox_opinion, cox_r_code
from core.verification.lifelines_survival import second_opinion
from core.verification.r_code import RCode, described, quoted, r_code, surv_of

__all__ = ["RCode", "cox_opinion", "cox_r_code", "described", "quoted", "r_code", "second_opinion", "surv_of"]
