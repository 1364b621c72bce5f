"""Files become a Cohort: validated by a mapping, typed, one row per patient."""

from core.intake.build import make_cohort, read_cohort
from core.intake.event_list import NEEDED
from core.intake.loading import Loading, fits, load_files
from core.intake.review import SECTIONS, ReviewLine, Section, review
from core.intake.session_file import SessionFile, is_session

__all__ = ["NEEDED", "SECTIONS", "Loading", "ReviewLine", "Section", "SessionFile", "fits", "is_session", "load_files",
           "make_cohort", "read_cohort", "review"]
