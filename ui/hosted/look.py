"""What a department makes its own: title, language, sample, template and style (see `docs/settings.md`)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from core.export import Style
from core.intake import read_cohort
from core.language import ENGLISH, speaking
from hosting.settings import settings

PAPER = Path(__file__).parents[2] / "sample_data" / "yang2023_synthetic.csv"


def sample_file() -> Path:
    """Return the file of the sample cohort."""
    return settings().look.sample or PAPER


def has_the_paper() -> bool:
    """Tell whether the sample is the one that reproduces the published study."""
    return settings().look.sample is None


def check() -> None:
    """Look whether the files that the settings name can be read.

    Raises
    ------
    OSError, CohortError, SettingsError
        If one cannot.
    """
    first_choices()
    if not has_the_paper():
        read_cohort(sample_file())


@lru_cache(maxsize=1)
def first_choices() -> dict[str, Any]:
    """Return what a session begins with, by its fields: style and template for its files.

    Raises
    ------
    OSError, CohortError
        If a file that the settings name cannot be read; this is looked at when the app starts.
    """
    look = settings().look
    chosen: dict[str, Any] = {}
    if look.style:
        with speaking(ENGLISH):  # a session, whose language would be asked for, may just be beginning
            chosen["style"] = Style.from_json(look.style.read_bytes())
    if look.template:
        chosen |= {"template": look.template.read_bytes(), "template_name": look.template.name}
    return chosen
