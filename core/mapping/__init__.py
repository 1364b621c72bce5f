"""Which column plays which role, and the words hospitals use for it."""

from core.mapping import dictionary
from core.mapping.adjustment import adjusted_first
from core.mapping.column_mapping import ColumnMapping, factor_json
from core.mapping.dictionary import (
    AE_FILE_NAMES,
    CONTROL_WORDS,
    DICTIONARY,
    NO_WORDS,
    YES_WORDS,
    Entry,
    ae_category,
    ae_term,
    dictionary_entry,
    fold,
    legend_in,
    time_unit_in,
    unit_in,
)
from core.mapping.endpoint_names import ENDPOINT_NAMES, HAPPENS, WITHOUT_DEATH, HeaderMeaning, header_meaning
from core.mapping.outcome_names import known_later
from core.mapping.response_levels import category_of, meaning_of
from core.mapping.roles import (
    ALBI,
    DATE,
    FORMULAS,
    MEANING_WORDS,
    MEANINGS,
    ArmRole,
    EndpointRole,
    EventFileRole,
    FactorRole,
    Meaning,
    PopulationRole,
    RowRule,
    SafetyRole,
)

__all__ = [
    "AE_FILE_NAMES",
    "ALBI",
    "CONTROL_WORDS",
    "DATE",
    "DICTIONARY",
    "ENDPOINT_NAMES",
    "FORMULAS",
    "HAPPENS",
    "MEANINGS",
    "MEANING_WORDS",
    "NO_WORDS",
    "WITHOUT_DEATH",
    "YES_WORDS",
    "ArmRole",
    "ColumnMapping",
    "EndpointRole",
    "Entry",
    "EventFileRole",
    "FactorRole",
    "HeaderMeaning",
    "Meaning",
    "PopulationRole",
    "RowRule",
    "SafetyRole",
    "adjusted_first",
    "ae_category",
    "ae_term",
    "category_of",
    "dictionary",
    "dictionary_entry",
    "factor_json",
    "fold",
    "header_meaning",
    "known_later",
    "legend_in",
    "meaning_of",
    "time_unit_in",
    "unit_in",
]
