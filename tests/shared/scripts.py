"""The figures whose scripts R has run: `python -m tests.shared.scripts`, then `Rscript tests/reference/scripts.R`."""

from core import read_cohort
from core.charts import CurveOptions
from core.cohort import SELECTION, Cohort, against_rest, landmark
from core.export import table_bytes
from core.figure import Recipe, recipe
from core.hazards import CoxOptions, forest_factors
from core.scripts.r_script import r_script
from core.summaries import BaselineOptions, EventOptions, ResponseOptions
from core.survival import TestOptions
from tests.conftest import REFERENCE, SAMPLE

FOLDER = REFERENCE / "scripts"


def figures(sample: Cohort) -> list[tuple[str, Recipe]]:
    """Return titles and recipes: every kind that R has, with filters of every form."""
    few = sample.filter({"pvtt": {"in": ["Vp3", "Vp4"]}, "tumor_size": {"gt": 5}})
    odd = sample.filter({"afp": {"not": {"gt": 400}}, "age": {"lt": 50, "or": [{"ge": 60}]}, "sex": {"missing": False}})
    late = landmark(sample, endpoint="OS", at=3).cohort
    curves = {"conf_type": "log-log", "behind": True, "options": CurveOptions()}
    events = {"by": "arm", "options": EventOptions(single=True), "terms": sample.worst_grades.terms, "heads": False}
    return [
        ("门静脉癌栓 \"Vp3\"", recipe(few, "curves", endpoint="OS", by="arm", **curves)),
        ("One curve", recipe(odd, "curves", endpoint="PFS", by=None, **curves)),
        ("By a number", recipe(odd, "curves", endpoint="OS", by="tumor_size", **curves)),
        ("Against the rest", recipe(against_rest(few), "curves", endpoint="OS", by=SELECTION, **curves)),
        ("From a landmark", recipe(late, "curves", endpoint="OS", by="n_stage", **curves)),
        ("A plot per level", recipe(sample, "panes", endpoint="OS", by="arm", panes_by="sex", **curves)),
        ("A test", recipe(few, "test", endpoint="OS", by="arm", test=TestOptions(weight="Peto", stratify_by=("sex",)))),
        ("A model", recipe(few, "model", endpoint="OS", covariates=("arm", "pvtt", "age"),
                           options=CoxOptions.of(stratify_by=("sex",)))),
        ("Firth", recipe(few, "model", endpoint="PFS", covariates=("arm", "age"), options=CoxOptions.of(firth=True))),
        ("Subgroups", recipe(odd, "subgroups", endpoint="OS", factors=forest_factors(sample), sort="as mapped")),
        ("Along a number", recipe(few, "along", endpoint="OS", key="age")),
        ("Baseline", recipe(odd, "baseline", by="arm", options=BaselineOptions(), p=False)),
        ("Response", recipe(odd, "response", by="arm", options=ResponseOptions())),
        ("Adverse events", recipe(few, "butterfly", **events)),
        ("Not in R", recipe(few, "failure", by="arm", test="Fisher exact", difference="Miettinen-Nurminen")),
        ("A spline", recipe(few, "model", endpoint="OS", covariates=("arm", "age"),
                            options=CoxOptions.of(forms={"age": "spline"})))]


if __name__ == "__main__":
    whole = read_cohort(SAMPLE)
    code, files = r_script(whole, figures(whole))
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "analysis.R").write_text(code, encoding="utf-8")
    for patients in files:
        (FOLDER / patients.file).write_bytes(table_bytes(patients.table()))
