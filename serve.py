"""Start the app with its libraries loaded and its chart templates built: the first visitor waits for
neither. `streamlit run app.py` starts the same app, a second slower on the first visit.

    python serve.py [options of streamlit run]
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware
from streamlit.config import get_option
from streamlit.starlette import App
from streamlit.web.bootstrap import load_config_options

from core import treatment_effect
from core.charts import Part, adverse_events_figure, km_figure, small_chart
from core.errors import CohortError
from core.intake import read_cohort
from core.summaries import adverse_events
from core.survival import kaplan_meier
from hosting.frame import FrameFiles
from hosting.gate import Gate
from hosting.headers import WithHeaders
from hosting.people import ID_HEADER
from hosting.process import Hosted, hosted
from hosting.settings import SettingsError, why_not_at
from hosting.sign_in import routes
from ui.hosted import look
from ui.hosted.watch import watching
from ui.shell.serving import harden, set_libraries_aside

_SCRIPT = Path(__file__).parent / "app.py"


def warm_up() -> None:
    """Load what the pages import; draw each kind of chart once, of the sample that comes with the app."""
    for module in ("ui.explore.board", "ui.explore.composition", "ui.shell.page"):
        import_module(module)
    cohort = read_cohort(look.PAPER)
    effect = treatment_effect(cohort, endpoint="OS", by="arm")
    km_figure(Part(cohort=cohort, result=kaplan_meier(cohort, endpoint="OS", by="arm"), effect=effect))
    adverse_events_figure(cohort, adverse_events(cohort))
    small_chart(cohort, "pvtt")
    small_chart(cohort, "afp")


def options(arguments: list[str], process: Hosted | None) -> dict[str, Any]:
    """Read `--server.port 8501` and `--server.port=8501` into options by their names; add those behind a gate."""
    parts = [part for argument in arguments for part in argument.split("=", 1)]
    if len(parts) % 2 or not all(name.startswith("--") for name in parts[::2]):
        raise SystemExit("Each option has a name and a value: --server.port 8600 --server.headless true")
    read: dict[str, Any] = {name.removeprefix("--"): value for name, value in zip(parts[::2], parts[1::2], strict=True)}
    if process is None:
        return read
    return read | {"server.allowedHosts": [process.settings.server.name, "localhost", "127.0.0.1"],
                   "server.trustedUserHeaders": json.dumps({ID_HEADER: "visitor"})}


def app(process: Hosted | None) -> App:
    """Return the app; that of a department's server stands behind a gate, and is watched."""
    with_headers, from_memory = Middleware(WithHeaders), Middleware(FrameFiles)
    if process is None:
        return App(_SCRIPT, middleware=[with_headers, from_memory])
    return App(_SCRIPT, middleware=[with_headers, Middleware(Gate, process=process), from_memory],
               routes=routes(process), lifespan=lambda _: watching(process))


def check(chosen: dict[str, Any]) -> None:
    """End with words where the settings are wrong, or the app would be open to everybody."""
    try:
        look.check()
        address = str(chosen.get("server.address") or get_option("server.address"))
        if why := why_not_at(address):
            raise SettingsError(f"{address}: {why}")
    except (SettingsError, CohortError, OSError) as error:
        raise SystemExit(f"Cohortscope cannot start. {error}") from None


if __name__ == "__main__":
    load_config_options({})  # before the charts are drawn: what is logged, too, is an option
    chosen_options = options(sys.argv[1:], hosted())
    check(chosen_options)
    harden()
    warm_up()
    set_libraries_aside()
    app(hosted()).run(config=chosen_options)
