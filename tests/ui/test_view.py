"""The view that the address holds."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core import Filters
from tests.shared.chosen import only
from tests.shared.page_text import texts
from ui.shell import view

ROOT = Path(__file__).parents[2]


def opened(**parameters: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def state_of(app: AppTest):
    return app.session_state["cohortscope"]


def in_address(app: AppTest) -> dict[str, str]:
    return {name: values[-1] if isinstance(values, list) else values for name, values in app.query_params.items()}


def test_what_is_shown_stands_in_the_address_and_leads_back():
    app = opened()
    assert set(app.query_params) == {"language"}
    only(app, "pvtt", "Vp3")
    app.selectbox(key="by").set_value("hvtt").run()
    app.button_group(key="endpoint").set_value("PFS").run()
    address = in_address(app)
    assert set(address) == {"filters", "by", "endpoint", "language"}
    again = opened(**address)
    assert state_of(again).filters == Filters.from_json({"pvtt": {"in": ["Vp3"]}})
    assert (state_of(again).by, state_of(again).endpoint) == ("hvtt", "PFS")
    again.button(key="reset").click().run()
    assert "filters" not in again.query_params


@pytest.mark.parametrize("filters", [
    {"afp": {"not": {"gt": 400.0, "missing": True}}}, {"afp": {"lt": 5.0, "or": [{"gt": 400.0}]}, "sex": {"in": ["M"]}},
    {"ae_diarrhea": {"ge": 3.0}}])
def test_every_filter_leads_back(filters, sample):
    app = opened(filters=Filters.from_json(filters).key)
    assert state_of(app).filters == Filters.from_json(filters) and not state_of(app).misfits


def test_landmark_and_tau_lead_back():
    app = opened(landmark="3.5", tau='{"OS": 24, "PFS": 12.5}')
    assert (state_of(app).landmark, state_of(app).tau) == (3.5, {"OS": 24.0, "PFS": 12.5}) and not state_of(app).misfits
    assert json.loads(in_address(app)["tau"]) == {"OS": 24.0, "PFS": 12.5} and in_address(app)["landmark"] == "3.5"


def test_references_lead_back_and_are_against_them():
    app = opened(references='{"arm": "TACE+IMRT+sorafenib", "afp": "> 400"}')
    assert state_of(app).references == {"arm": "TACE+IMRT+sorafenib", "afp": "> 400"} and not state_of(app).misfits
    app.switch_page("pages/2_Survival.py").run()
    assert "against TACE+IMRT+sorafenib" in texts(app)
    app.selectbox(key="against-arm").select("TACE+IMRT").run()
    assert "against TACE+IMRT<" in texts(app).replace(" ·", "<").replace(",", "<").replace(".", "<")
    assert json.loads(in_address(app)["references"])["arm"] == "TACE+IMRT"


def test_a_reference_that_is_no_more_is_named_and_the_others_stay():
    app = opened()
    state_of(app).references = {"named-groups": "gone", "pvtt": "Vp4"}
    app.run()
    assert not app.exception and state_of(app).references == {"pvtt": "Vp4"} and state_of(app).misfits


@pytest.mark.parametrize("parameters", [
    {"references": "[1]"}, {"references": "{"}, {"references": '{"arm": "Placebo"}'}, {"references": '{"x": 1}'},
    {"landmark": "soon"}, {"landmark": "-1"}, {"landmark": "1e999"}, {"landmark": "nan"}, {"landmark": "1e300"},
    {"tau": "[" * 3000}, {"tau": "24"}, {"tau": "{"}, {"tau": '{"DFS": 24}'}, {"tau": '{"OS": "late"}'},
    {"tau": '{"OS": -3}'}, {"tau": '{"OS": [1]}'}])
def test_what_an_address_cannot_mean_is_named(parameters):
    app = opened(**parameters)
    assert not app.exception and state_of(app).misfits
    assert not (state_of(app).landmark or state_of(app).tau or state_of(app).references)


def test_one_curve_leads_back():
    assert state_of(opened(by="none")).by is None


@pytest.mark.parametrize(("address", "words"), [
    ({"endpoint": "DFS"}, "no endpoint 'DFS'"), ({"by": "<b>x"}, "no variable '<b>x'"),
    ({"filters": "{"}, "not valid JSON"), ({"filters": "[" * 5000}, "not valid JSON"),
    ({"filters": '{"sex":' + '{"not":' * 100 + "{}" + "}" * 101}, "is empty"),
    ({"filters": '{"sex":' + '{"not":' * 20_000 + "{}" + "}" * 20_001}, "not"),
    ({"filters": json.dumps({"pvtt": {"in": ["Vp9"]}, "sex": {"in": ["M"]}})}, "no level 'Vp9'"),
    ({"filters": json.dumps({"sex": {"in": {}}})}, "'in' is"),
])
def test_what_does_not_fit_is_named_and_the_rest_shown(address, words):
    app = opened(**address)
    assert not app.exception
    assert words in " ".join(state_of(app).misfits)
    assert state_of(app).filters == (Filters.from_json({"sex": {"in": ["M"]}}) if "Vp9" in str(address) else Filters())
    only(app, "sex", "F")
    assert not state_of(app).misfits


def test_a_view_of_a_file_waits_for_the_file(sample):
    app = opened(own="1", filters=json.dumps({"pvtt": {"in": ["Vp3"]}}))
    assert state_of(app).waiting and not state_of(app).filters
    assert view.fitting(sample, state_of(app).waiting.filters) == (Filters.from_json({"pvtt": {"in": ["Vp3"]}}), [])
