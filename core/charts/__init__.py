"""Results become Figures. A template is built once per kind and options; data are swapped in."""

from core.charts.adverse_events import adverse_events_figure
from core.charts.composition import bars_figure, histogram_figure
from core.charts.kaplan_meier import km_figure
from core.charts.missing import missing_figure

__all__ = ["adverse_events_figure", "bars_figure", "histogram_figure", "km_figure", "missing_figure"]
