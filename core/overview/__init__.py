"""What several rooms say of the same patients, put side by side."""

from core.overview.benefit_risk import GAIN, RATIO, BenefitRisk, benefit_risk, sentence
from core.overview.record import Question, Record, question

__all__ = ["GAIN", "RATIO", "BenefitRisk", "Question", "Record", "benefit_risk", "question", "sentence"]
