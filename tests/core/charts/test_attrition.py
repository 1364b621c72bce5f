"""The flow chart of the filters."""

from core.charts.attrition import attrition_figure
from core.summaries import attrition
from tests.shared.files import from_text


def test_boxes_say_who_is_left_and_who_does_not_meet_a_condition(sample):
    cohort = sample.filter({"pvtt": {"not": {"in": ["Vp3"]}}, "afp": {"gt": 400}})
    figure = attrition_figure(cohort, attrition(cohort, endpoint="OS"))
    texts = [row["text"] for row in figure.drawing["datasets"]["texts"]]
    assert texts[0] == "82 patients" and texts[1] == "47 TACE+IMRT + 35 TACE+IMRT+sorafenib"
    assert [r["text"] for r in figure.drawing["datasets"]["removed"]][:2] == ["38 do not meet", "PVTT grade not (Vp3)"]
    assert figure.table.iloc[-1].tolist()[:3] == ["AFP > 400 ng/mL", "28", "16"]


def test_long_arms_are_numbers_in_the_boxes_and_names_in_the_table():
    text = "id,arm,OS_months,OS_event,age\n" + "".join(
        f"p{i},{'a very long name of an arm ' * 2}{i % 3},{i + 1},{i % 2},{40 + i}\n" for i in range(30))
    cohort = from_text(text).filter({"age": {"ge": 50}})
    figure = attrition_figure(cohort, attrition(cohort, endpoint=""))
    assert figure.drawing["datasets"]["texts"][1]["text"] == "10 + 10 + 10"
    assert figure.table.shape == (2, 6)
