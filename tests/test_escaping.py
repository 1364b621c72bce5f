"""Text from the data reaches Streamlit through one function: Markdown would make it a picture, a link or an icon."""

import ast
import re

import pytest

from tests.conftest import ROOT
from ui.shell.escape import plain

SOURCES = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py")), *sorted((ROOT / "ui").rglob("*.py"))]
# Elements whose label is Markdown; where it stands among the arguments, beside the keyword.
LABELLED = {name: 0 for name in (
    "button", "checkbox", "download_button", "expander", "file_uploader", "multiselect", "number_input",
    "pills", "popover", "radio", "segmented_control", "selectbox", "select_slider", "slider", "text_area", "text_input",
    "toggle", "dialog", "spinner", "status", "caption", "markdown", "write", "success", "info", "warning", "error",
    "metric", "header", "subheader", "title", "toast", "tabs")} | {"progress": 1, "page_link": None}
OPTIONS = {"pills", "segmented_control", "radio", "select_slider"}  # whose options are Markdown, too
VERBATIM = {"selectbox", "multiselect"}  # whose options are shown as they are: an escape would be seen
# Functions of ours that hand a text on to such an element: place of the text.
HANDED_ON = {"_numbers_in": 0, "_override": 1, "column": 0, "level_names": 0, "apart": 0, "_offer": 6}
BRAND = ("Cohort", "scope")
SHOWN = {*LABELLED, *HANDED_ON, "note", "heading"}
TEXTS = ("label", "help", "text", "caption", "show_spinner", "body")
SAFE_CALLS = {"plain", "plural", "number", "exact", "fixed", "percent", "shortest", "megabytes", "len", "int", "min",
              "meaning_words"}


def is_safe(node: ast.AST, names: set[str]) -> bool:
    """Tell whether an expression can hold nothing of the data, or holds it escaped."""
    if isinstance(node, ast.Name):
        return node.id == "plain" or node.id.lstrip("_").isupper() or node.id in names
    if isinstance(node, ast.FormattedValue) and node.format_spec and ast.unparse(node.format_spec) == "f','":
        return True  # a number with its thousands
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        inside = (*node.args, *(k.value for k in node.keywords))  # of `say`: a text of the app, and what is put into it
        return called in SAFE_CALLS or (called in ("get", "__getitem__") and is_safe(node.func.value, names)) or (
            called == "say" and all(is_safe(v, names) for v in inside))
    if isinstance(node, ast.Attribute):
        return ast.unparse(node) == "str.capitalize" or (node.attr == "__getitem__" and is_safe(node.value, names))
    parts = {ast.Constant: [], ast.JoinedStr: ["values"], ast.FormattedValue: ["value"], ast.BinOp: ["left", "right"],
             ast.IfExp: ["body", "orelse"], ast.BoolOp: ["values"], ast.Lambda: ["body"], ast.Subscript: ["value"]}
    if type(node) not in parts:
        return False
    inner = [getattr(node, name) for name in parts[type(node)]]
    return all(is_safe(v, names) for part in inner for v in (part if isinstance(part, list) else [part]))


def parameters(tree: ast.AST, call: ast.Call) -> set[str]:
    """Return the parameters of the functions of ours that hand a text on, inside of which a call stands."""
    out: set[str] = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name in HANDED_ON and \
                any(inner is call for inner in ast.walk(function)):
            place = HANDED_ON[function.name]
            arguments = [a.arg for a in function.args.args if a.arg != "self"]
            out |= {"help"} | (set(arguments) if place is None else set(arguments[place:place + 1]))
    return out


def faults(source: str) -> list[str]:
    """Return the places where text from the data could reach Markdown, or an escape a place that shows it."""
    tree, found = ast.parse(source), []
    for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name == "column" and not ast.unparse(call.func).startswith("self."):
            continue
        if name not in LABELLED and name not in HANDED_ON and name not in ("vega_lite_chart",):
            continue
        names = parameters(tree, call)
        place = LABELLED.get(name, HANDED_ON.get(name))
        texts = [k.value for k in call.keywords if k.arg in TEXTS]
        if place is not None and len(call.args) > place:
            texts.append(call.args[place])
        options = [k.value for k in call.keywords if k.arg == "format_func"]
        if name in OPTIONS:
            texts += options
            if not options and len(call.args) > 1:
                texts.append(call.args[1])
        found += [f"line {t.lineno}: {ast.unparse(t)}" for t in texts if not is_safe(t, names)]
        if name in VERBATIM:
            seen = [ast.unparse(o) for o in options]
            found += [f"line {call.lineno}: shown as it is: {o}" for o in seen if "plain" in o]
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.name)
def test_no_text_from_the_data_is_read_as_markdown(path):
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("source", [
    "st.selectbox(f'Reference of {variable.label}', levels)", "st.button(name)", "st.toggle('x', help=role.label)",
    "left.pills('x', levels)", "st.pills('x', levels, format_func=lambda v: v)",
    "st.progress(0.5, f'Reading {file.name}')",
    "st.selectbox('x', levels, format_func=plain)", "bar.progress(1.0, words)", "st.expander(said)",
    "st.button(say('Reference of {label}', label=variable.label))",
    "st.button(say(variable.label))", "st.pills('x', levels, format_func=say)"])
def test_a_text_that_is_not_escaped_would_be_seen(source):
    assert faults(source)


@pytest.mark.parametrize("source", [
    "st.selectbox(f'Reference of {plain(variable.label)}', levels)", "st.button(f'Rows ({n:,})')",
    "st.pills('x', levels, format_func=lambda v: plain(v))", "st.multiselect('x', levels, format_func=str)",
    "st.button(say('Rows ({n}) of {label}', n=f'{n:,}', label=plain(variable.label)))", "st.toggle(say('x'))"])
def test_an_escaped_text_is_no_fault(source):
    assert faults(source) == []


def unsaid(source: str) -> list[str]:
    """Return the texts that an element shows as they stand in the code: `say` would find them in other languages."""
    found = []
    for call in (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name not in SHOWN or (name == "column" and not ast.unparse(call.func).startswith("self.")):
            continue
        place = (LABELLED | HANDED_ON).get(name, 0)
        shown = [k.value for k in call.keywords if k.arg in (*TEXTS, "placeholder")]
        shown += [call.args[place]] if place is not None and len(call.args) > place else []
        found += [f"line {t.lineno}: {ast.unparse(t)}" for t in shown if re.search(r"[A-Za-z]{3,}", _literal(t))
                  and _literal(t) != "Language, 语言"]  # for those who cannot read the page
    return found


def bare_in_html(source: str) -> list[str]:
    """Return the texts between the tags of a page's HTML that stand in the code."""
    return [f"line {node.lineno}: {text}" for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)
            for text in re.findall(r">([^<>{}]*[A-Za-z]{3,}[^<>{}]*)<", str(node.value)) if text not in BRAND]


def _literal(node: ast.expr) -> str:
    """Return what of an expression stands in the code as text."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return " ".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))
    if isinstance(node, ast.IfExp):
        return f"{_literal(node.body)} {_literal(node.orelse)}"
    return _literal(node.args[0]) if isinstance(node, ast.Call) and node.args and \
        getattr(node.func, "id", "") == "plain" else ""


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.name)
def test_texts_are_said_through_the_catalogue(path):
    assert unsaid(path.read_text(encoding="utf-8")) == [] == bare_in_html(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("source", ["st.button('Undo')", "note(f'{n} patients')", "heading('Baseline')",
                                    "st.toggle(say('x'), help='Why it is so')", "note('One' if a else b)",
                                    "st.text_input(plain('Title'))"])
def test_a_text_that_is_not_said_would_be_seen(source):
    assert unsaid(source)


@pytest.mark.parametrize("source", ["st.button(say('Undo'))", "note(say('{n} patients', n=n))", "heading(figure.title)",
                                    "st.markdown(plain(f'{i}. {title}'))", "st.toggle('95% CI')"])
def test_a_text_that_is_said_is_no_fault(source):
    assert unsaid(source) == []


@pytest.mark.parametrize("name", ["Age (years)", "Age ≥", "AFP <", "AFP, from: sign", "pvtt_grade", "TACE+IMRT",
                                  "Vp3 · 38/38", "≥ 10 cm", "A & B", "年龄（岁）", "50 %", "I-II"])
def test_names_of_every_day_stay_as_they_are(name):
    """An element's accessible name is the text with its escapes."""
    assert plain(name) == name


@pytest.mark.parametrize(("name", "escaped"), [
    ("![i](x)", r"!\[i\](x)"), ("__proto__", r"\_\_proto\_\_"), ("<b>", r"\<b>"), ("R&lt;", r"R\&lt;"),
    ("$x$", r"\$x\$"),
    ("1. Arm", r"1\. Arm"), ("# 1", r"\# 1"), (":red[r]", r"\::color[]red\[r\]"), ("http://x", r"http\::color[]//x"),
    ("a@b.org", "a:color[]@b.org"), ("www.b.org", "www:color[].b.org"), ("a\n\n# b", "a # b")])
def test_what_would_be_markdown_is_not(name, escaped):
    assert plain(name) == escaped
