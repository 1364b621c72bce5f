"""Scripts with all that they read, as a zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from core.cohort import Cohort
from core.errors import NotEstimable
from core.export import table_bytes
from core.figure import Recipe
from core.scripts.python_script import python_script
from core.scripts.r_script import r_script


def scripts_zip(whole: Cohort, figures: Sequence[tuple[str, Recipe]], names: Sequence[str], session: bytes) -> bytes:
    """Return analysis.R with the patients' columns that it reads, analysis.py and the session that it reads.

    Parameters
    ----------
    figures : titles and recipes
    names : of the files that the cohort was read from
    session : a session's file, by which these are read

    Raises
    ------
    NotEstimable
        If there is no figure.
    """
    if not figures:
        raise NotEstimable("There is no figure that a script could make.", "Add one to the slides.")
    code, files = r_script(whole, figures)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("analysis.R", code.encode("utf-8", "replace"))
        for patients in files:
            packed.writestr(patients.file, table_bytes(patients.table()))
        packed.writestr("analysis.py", python_script(whole, figures, names).encode("utf-8", "replace"))
        packed.writestr("session.json", session)
    return out.getvalue()
