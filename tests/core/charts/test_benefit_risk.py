"""Benefit and risk as a table."""

from core.charts.benefit_risk import benefit_risk_figure
from core.hazards import treatment_effect
from core.overview import benefit_risk
from tests.shared.files import from_text

THREE = from_text("id,arm,OS_months,OS_event,age\n" + "".join(
    f"p{i},{'ABC'[i % 3]},{(i * 7) % 60 + 1},{int(i % 4 > 0)},{40 + i % 30}\n" for i in range(120)))


def test_a_row_holds_the_same_comparison_in_both_columns():
    part = THREE.filter({"arm": {"not": {"in": ["A"]}}})
    figure = benefit_risk_figure(part, benefit_risk(part), benefit_risk(THREE), "OS")
    whole = treatment_effect(THREE, endpoint="OS", by="arm").terms
    for name, selected, every in figure.table.to_numpy().tolist():
        if name.startswith("OS hazard ratio"):
            ratio = whole[whole.level == name.rpartition(", ")[2]]
            same = len(ratio) and ratio.reference.iloc[0] == benefit_risk(part).rows.reference.iloc[0]
            assert every.startswith(f"{ratio.hazard_ratio.iloc[0]:.2f}") if same else every == "–"
            assert selected != ""


def test_nobody_selected_has_no_number_beside_another_measure(sample):
    nobody = sample.filter({"pvtt": {"in": ["Vp2"]}, "afp": {"lt": 0.5}})
    assert nobody.n == 0
    figure = benefit_risk_figure(nobody, benefit_risk(nobody), benefit_risk(sample), "OS")
    for name, _, every in figure.table.to_numpy().tolist():
        assert ("months" in every) == ("mean gain" in name and every != "–")
        assert ("points" in every) == ("response" in name or "dverse" in name)
