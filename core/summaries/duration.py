"""Duration of response: from the day it was known to progression or death, among responders."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core import schema
from core.cohort import Cohort
from core.errors import NotEstimable
from core.format import plural
from core.language import say
from core.schema import RESPONSE
from core.summaries.response import ResponseOptions, responding

PREFERRED = ("PFS", "EFS", "DFS", "RFS", "TTP")


@dataclass(frozen=True, kw_only=True, eq=False)
class Duration:
    """Responders whose clock for an endpoint starts at their response.

    Attributes
    ----------
    cohort : the responders; the endpoint's times run from the response
    undated : responders left out, for no date says when they responded, or it lies after the endpoint's time
    """

    cohort: Cohort
    endpoint: str
    responders: int
    undated: int

    def words(self) -> str:
        """Say who is in it and who is left out."""
        text = say("{responders}, {endpoint} from the response.", responders=plural(self.responders, 'responder'),
                   endpoint=self.endpoint)
        left_out = (say(" {responders} left out: no date of response, or no {endpoint} time after it.",
                        responders=plural(self.undated, 'responder'), endpoint=self.endpoint))
        return text + (left_out if self.undated else "")


def duration_endpoint(cohort: Cohort) -> str:
    """Return the endpoint that ends a response: progression where there is one, else the first; "" without dates."""
    if cohort.mapping.response is None or not cohort.mapping.response.when or not cohort.endpoints:
        return ""
    return next((name for name in PREFERRED if name in cohort.endpoints), cohort.endpoints[0])


def duration_of_response(cohort: Cohort, *, options: ResponseOptions | None = None) -> Duration:
    """Start the clock of progression at the response, for responders.

    Raises
    ------
    NotEstimable
        If no date says when responses were known, or nobody responded.
    """
    endpoint = duration_endpoint(cohort)
    if not endpoint:
        raise NotEstimable(say("No column gives the date of response."), say("Give its column on the Cohort page."))
    whole, column = cohort.whole, schema.time_column(endpoint)
    since = whole.table[schema.known_column(RESPONSE)].to_numpy(dtype=float)
    counted = responding(cohort, options.meanings if options else ())
    responded = whole.table[RESPONSE].isin(counted).to_numpy() & cohort.rows
    time = whole.table[column].to_numpy(dtype=float) - since
    used = responded & (time > 0)
    if not used.any():
        raise NotEstimable(say("No responder has a dated response with follow-up after it."),
                           say("Take a filter away."))
    table = whole.table.assign(**{column: np.where(used, time, np.nan)})
    started = Cohort(table=table, long_events=whole.long_events, mapping=whole.mapping, findings=whole.findings,
                     fingerprint=whole.fingerprint, name=whole.name, lines=whole.lines, rows=used,
                     filters=cohort.filters, references=whole.references)
    return Duration(cohort=started, endpoint=endpoint, responders=int(responded.sum()),
                    undated=int(responded.sum() - used.sum()))
