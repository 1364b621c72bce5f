"""What a person has chosen, without a browser: in Streamlit's tests of pages our components take no clicks."""

from streamlit.testing.v1 import AppTest

from core.cohort import Condition, Filters


def only(app: AppTest, key: str, *levels: str) -> AppTest:
    """Keep patients with these levels of a variable, beside the filters that are on."""
    return filtered(app, app.session_state["cohortscope"].filters.with_condition(key, Condition(levels=levels)))


def filtered(app: AppTest, filters: Filters) -> AppTest:
    """Put filters on, as a step."""
    app.session_state["cohortscope"].act(filters)
    return app.run()
