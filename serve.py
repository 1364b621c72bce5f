"""Start the app with its libraries loaded and its chart templates built: the first visitor waits for
neither. `streamlit run app.py` starts the same app, a second slower on the first visit.

    python serve.py [options of streamlit run]
"""

import sys
from importlib import import_module
from pathlib import Path

from streamlit.web import cli

from core import treatment_effect
from core.charts import Part, adverse_events_figure, km_figure, small_chart
from core.intake import read_cohort
from core.summaries import adverse_events
from core.survival import kaplan_meier
from ui.shell.cache import SAMPLE
from ui.shell.serving import harden


def warm_up() -> None:
    """Load what the pages import; draw each kind of chart once, of the sample."""
    for module in ("ui.explore.board", "ui.explore.composition", "ui.shell.page"):
        import_module(module)
    cohort = read_cohort(SAMPLE)
    effect = treatment_effect(cohort, endpoint="OS", by="arm")
    km_figure(Part(cohort=cohort, result=kaplan_meier(cohort, endpoint="OS", by="arm"), effect=effect))
    adverse_events_figure(cohort, adverse_events(cohort))
    small_chart(cohort, "pvtt")
    small_chart(cohort, "afp")


if __name__ == "__main__":
    harden()
    warm_up()
    sys.argv = ["streamlit", "run", str(Path(__file__).parent / "app.py"), *sys.argv[1:]]
    cli.main()
