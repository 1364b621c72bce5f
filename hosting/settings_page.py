"""The page that lists all settings: `python -m hosting.settings_page > docs/settings.md`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from hosting.settings import Settings

_BEGIN = """# Settings

`hosting/settings_page.py` writes this page (`python -m hosting.settings_page > docs/settings.md`). The app and a
department's server read the TOML file that COHORTSCOPE_SETTINGS names; a variable of the environment counts more:
`COHORTSCOPE_LIMITS__UPLOAD_MB=50` is `upload_mb` of the table `limits`. There a list is written as `["staff"]`.
Without any, the app is that of one laptop. A name that is not listed here, and a value that does not fit, keep the app
from starting and are said.
"""


def page() -> str:
    """Return the page in Markdown: a table for each table of settings."""
    return "\n".join([_BEGIN, *(_table(name, field.annotation) for name, field in Settings.model_fields.items())])


def _table(name: str, table: Any) -> str:
    assert issubclass(table, BaseModel)
    head = [f"## [{name}]", "", (table.__doc__ or "").strip(), "", "| setting | default | meaning |",
            "|---|---|---|"]
    lines = [*head, *(f"| `{key}` | {_value(field.default)} | {field.description} |"
                      for key, field in table.model_fields.items())]
    return "\n".join([*lines, ""])


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value in (None, "", ()) or isinstance(value, SecretStr):
        return "none"
    if isinstance(value, str | Path):
        return f'`"{value}"`'
    return f"`{json.dumps(value)}`" if isinstance(value, tuple) else f"`{value}`"


if __name__ == "__main__":
    print(page(), end="")
