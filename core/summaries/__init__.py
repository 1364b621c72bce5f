"""Tables of the arms: adverse events, response, failure, baseline, missing values."""

from core.summaries.adverse_events import (
    BANDS,
    DIFFERENCES,
    RATIOS,
    AdverseEvents,
    EventOptions,
    adverse_events,
    grouped,
    overall_tests,
)
from core.summaries.attrition import Attrition, attrition
from core.summaries.baseline import LEVEL_TESTS, RULES, Baseline, BaselineOptions, baseline
from core.summaries.burden import burden
from core.summaries.duration import duration_endpoint, duration_of_response
from core.summaries.failure import ANY, FailurePattern, failure_pattern
from core.summaries.grouped_numbers import NUMBER_TESTS, NumberTest
from core.summaries.missing import MissingData, missing_data
from core.summaries.response import (
    CONTROL,
    NOT_EVALUABLE,
    OBJECTIVE,
    Response,
    ResponseOptions,
    meanings_of,
    responding,
    response,
)

__all__ = ["ANY", "BANDS", "CONTROL", "DIFFERENCES", "LEVEL_TESTS", "NOT_EVALUABLE", "NUMBER_TESTS", "OBJECTIVE",
           "RATIOS", "RULES", "AdverseEvents", "Attrition", "Baseline", "BaselineOptions", "EventOptions",
           "FailurePattern", "MissingData", "NumberTest", "Response", "ResponseOptions", "adverse_events", "attrition",
           "baseline", "burden", "duration_endpoint", "duration_of_response", "failure_pattern", "grouped",
           "meanings_of", "missing_data", "overall_tests", "responding", "response"]
