"""What is asked of one endpoint: the choices of the Survival page in one object."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from core.options import NOT_NEGATIVE, Checked, Limits
from core.survival.log_rank import TestOptions
from core.survival.product_limit import ConfType


@dataclass(frozen=True, kw_only=True)
class SurvivalOptions(Checked):
    """Which curves, and which figures of them.

    Attributes
    ----------
    by : the strata's variable, None for one curve
    times : months at which survival is read
    shares : of patients who have had the event, whose times are read
    tau : month to which restricted means run; None for the longest that all strata allow
    test : how the curves are compared
    """

    limits: ClassVar[Limits] = {"times": NOT_NEGATIVE, "shares": (0, 1), "tau": NOT_NEGATIVE}

    endpoint: str
    by: str | None = None
    conf_type: ConfType = "log-log"
    times: tuple[float, ...] = (6.0, 12.0, 24.0)
    shares: tuple[float, ...] = (0.25, 0.5, 0.75)
    tau: float | None = None
    test: TestOptions = field(default_factory=TestOptions)
