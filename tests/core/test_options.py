"""Options that do not exist are refused when they are made, wherever a choice is taken."""

import dataclasses
import importlib
import inspect
import pkgutil
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

import core
from core import CohortError
from core.errors import OptionError
from core.hazards import cox
from core.hazards.cox import CoxOptions
from core.hazards.weighting import WeightingOptions
from core.options import Checked
from core.summaries.adverse_events import EventOptions
from core.survival import kaplan_meier
from core.survival.log_rank import TestOptions as ComparedBy
from core.survival.survival_options import SurvivalOptions

MODULES = [importlib.import_module(m.name) for m in pkgutil.walk_packages(core.__path__, "core.")]


def own(kind):
    """Return what a module of core defines, by name."""
    return {f"{m.__name__}.{name}": value for m in MODULES for name, value in vars(m).items()
            if kind(value) and getattr(value, "__module__", "") == m.__name__}


def is_choice(hint) -> bool:
    return any(get_origin(h) is Literal for h in (hint, *get_args(hint)))


OPTIONS = {name: c for name, c in own(inspect.isclass).items()
           if dataclasses.is_dataclass(c) and name.endswith(("Options", "View")) and "ReadOptions" not in name}
FUNCTIONS = {name: f for name, f in own(inspect.isfunction).items() if not name.rpartition(".")[2].startswith("_")
             and any(is_choice(h) for k, h in get_type_hints(f).items() if k != "return")}


def test_there_are_options_to_check():
    assert len(OPTIONS) >= 9 and len(FUNCTIONS) >= 12


@pytest.mark.parametrize("name", OPTIONS)
def test_every_options_class_refuses_what_does_not_exist(name):
    kind = OPTIONS[name]
    assert issubclass(kind, Checked)
    needed = {f.name: ("age",) if "tuple" in str(f.type) else "OS" for f in dataclasses.fields(kind)
              if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING}
    kind(**needed)
    for field, hint in get_type_hints(kind).items():
        if is_choice(hint):
            with pytest.raises(OptionError, match="nonsense"):
                kind(**needed | {field: "nonsense"})
        if hint in (bool, float, int):
            with pytest.raises(OptionError):
                kind(**needed | {field: "nonsense"})
        if hint is float:
            with pytest.raises(OptionError):
                kind(**needed | {field: float("nan")})


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_refuses_a_choice_that_does_not_exist(name):
    for argument, hint in get_type_hints(FUNCTIONS[name]).items():
        if argument != "return" and is_choice(hint):
            with pytest.raises(OptionError, match="nonsense"):
                FUNCTIONS[name](**{argument: "nonsense"})


@pytest.mark.parametrize("make", [
    lambda: ComparedBy(weight="nonsense"), lambda: ComparedBy(p=-1.0), lambda: CoxOptions(ties="nonsense"),
    lambda: CoxOptions.of(forms={"age": "nonsense"}), lambda: CoxOptions(firth="no"),
    lambda: EventOptions(test="nonsense"), lambda: WeightingOptions(covariates=("age",), kind="nonsense"),
    lambda: SurvivalOptions(endpoint="OS", conf_type="nonsense"), lambda: SurvivalOptions(endpoint="OS", shares=(1.5,)),
    lambda: SurvivalOptions(endpoint="OS", times=(float("inf"),)), lambda: SurvivalOptions(endpoint="OS", tau=-1.0)])
def test_what_was_obeyed_in_silence(make):
    with pytest.raises(CohortError):
        make()


def test_the_error_says_what_can_be_chosen(sample):
    with pytest.raises(OptionError, match=r"'nonsense' is no conf type\. Choose one of: log-log, log, plain"):
        kaplan_meier(sample, endpoint="OS", conf_type="nonsense")
    with pytest.raises(OptionError, match="efron, breslow"):
        cox(sample, endpoint="OS", options=CoxOptions(ties="nonsense"))
