"""The figure of missing data."""

import io

from core import missing_data, read_cohort
from core.charts import (
    missing_figure,
)


def test_missing_data_are_drawn_and_their_patterns_counted():
    text = "id,arm,OS_months,OS_event,age,size,pvtt\n" + "".join(
        ",".join([f"p{i}", "ab"[i % 2], str(i + 1), str(int(i % 3 > 0)), "" if i % 4 == 0 else str(40 + i),
                  "" if i % 8 == 0 else f"{3 + i / 9:.1f}", ["Vp2", "Vp3"][i % 2]]) + "\n" for i in range(40))
    cohort = read_cohort(io.BytesIO(text.encode()))
    result = missing_data(cohort)
    rows = result.rows.set_index(["variable", "arm"])
    assert rows.loc[("Age", "a"), "n_missing"] == 10 and rows.loc[("Age", "b"), "n_missing"] == 0
    assert rows.loc[("Tumour size", "a"), "rate"] == 0.25
    assert result.complete == 30
    assert dict(zip(result.patterns.variables, result.patterns.n, strict=True)) == {
        "": 30, "Age": 5, "Age, Tumour size": 5}
    figure = missing_figure(cohort, result)
    bars = [b["text"] for b in figure.chart["datasets"]["bars"] if b["variable"] == "Age"]
    assert bars == ["10 of 20, a", "0 of 20, b"]
    assert missing_data(cohort.filter({"arm": {"in": ["b"]}})).complete == 20
