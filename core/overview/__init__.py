"""What several rooms say of the same patients, put side by side."""

from core.overview.benefit_risk import GAIN, RATIO, BenefitRisk, benefit_risk, sentence

__all__ = ["GAIN", "RATIO", "BenefitRisk", "benefit_risk", "sentence"]
