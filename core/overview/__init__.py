"""What several rooms say of the same patients, put side by side."""

from core.overview.benefit_risk import GAIN, RATIO, BenefitRisk, benefit_risk, sentence, to_months
from core.overview.glossary import GLOSSARY, place_of, spelling
from core.overview.record import Question, Record, question, standing

__all__ = ["GAIN", "GLOSSARY", "RATIO", "BenefitRisk", "Question", "Record", "benefit_risk", "place_of", "question",
           "sentence", "spelling", "standing", "to_months"]
