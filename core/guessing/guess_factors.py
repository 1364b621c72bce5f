"""The factors among a table's columns: what is assumed of them is said, what the data do not tell is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core import schema
from core.findings import Findings
from core.format import number, plural
from core.guessing.guess_factor import MOSTLY, FactorGuess
from core.guessing.headings import heading
from core.guessing.levels import MANY, as_number, bare_grades, two_schemes
from core.guessing.questions import Answer, Questions
from core.language import say
from core.mapping import ALBI, DICTIONARY, FactorRole, factor_json, known_later, vital
from core.reading import TextTable

MANY_FACTORS = 20
_ENOUGH_KNOWN = 8  # factors of the dictionary, with which a wide file needs no others to begin with
_SENTINELS = (-9, -99, -999, 999, 9999, 99999, 999999)
_CODED_MISSING = ("9", "99", "999", "-9", "-99", "-999", "9.0", "99.0")
_FEW = 7  # codes of levels are smaller
_FAR = 3  # times as large as the next largest: a code rather than a measurement
_NAMED = 12  # spellings told in a finding
_IU_PER_NG = 1.21
# Told by size: the other unit, what turns it into the dictionary's, and the median below which it is the other.
_BY_SIZE = {"bilirubin": ("mg/dL", 17.1, 5.0), "albumin": ("g/dL", 10.0, 10.0)}


@dataclass(kw_only=True)
class Factors:
    """The factors that were found, and codes that can only mean missing."""

    roles: tuple[FactorRole, ...] = ()
    missing_in: dict[str, tuple[str, ...]] = field(default_factory=dict)


def guess_factors(table: TextTable, free: list[str], findings: Findings, questions: Questions,
                  later_rows: Sequence[str] = ()) -> Factors:
    """Make factors of the columns that are left; say what was left aside and what was assumed."""
    guesses = {c: FactorGuess(table, c, schema.MISSING) for c in free}
    known = [c for c in free if guesses[c].entry]
    others = [c for c in free if c not in known and guesses[c].may_be_factor]
    room = MANY_FACTORS - len(known) if len(known) < _ENOUGH_KNOWN or len(known) + len(others) <= MANY_FACTORS else 0
    if unused := others[max(room, 0):]:
        findings.add("assumed", say("{n} further columns are not used: {columns}.", n=len(unused),
                                    columns=", ".join(unused[:8]) + (" ..." if len(unused) > 8 else "")),
                     remedy=say("Add those you need under “Factors”."))
        others = others[:max(room, 0)]
    out = Factors()
    roles: dict[str, FactorRole] = {}
    for column in free:
        guess = guesses[column]
        if not guess.may_be_factor:
            _left_aside(guess, findings)
        elif column in known or column in others:
            key = schema.unique_key(guess.entry.key if guess.entry else schema.factor_key(column), roles)
            event = column.lower().startswith(schema.AE_PREFIX)
            later = event or known_later(heading(table, column)) or column in later_rows or vital(guess.levels)
            roles[key] = guess.role(key, known="later" if later else "baseline")
            if later and not event:
                findings.add("assumed", say("Its name suggests a value known only after time zero: not a baseline "
                                            "factor."),
                             column=column, remedy=say("Rename it if it was measured before treatment."))
            elif event:
                findings.add("assumed", say("It is named as an adverse event but holds no CTCAE grades: a factor "
                                            "known only after time zero."), column=column,
                             remedy=say("Write grades 0 to 5."))
            _say(guess, roles, key, out, findings, questions)
    _ask_codes(guesses, roles, questions)
    _add_albi(roles, findings)
    out.roles = tuple(roles.values())
    return out


def _left_aside(guess: FactorGuess, findings: Findings) -> None:
    """Say of a column that could be no factor why: empty, text, or a number but for some cells."""
    if not guess.levels:
        findings.add("assumed", say("It is not used: it holds no value."), column=guess.column)
        return
    if guess.is_date:
        findings.add("assumed", say("It is not used: it holds dates."), column=guess.column,
                     remedy=say("Choose it under “Endpoints” if a time begins or ends with it."))
        return
    odd = [v for v in guess.levels if as_number(v) is None]
    if guess.share_of_numbers >= MOSTLY and odd:
        findings.add("warning", say("It is not used: it holds numbers except for {odd}.", odd=f"{odd[0]!r}" + (
                         say(" and {n} other values", n=len(odd) - 1) if len(odd) > 1 else "")),
                     column=guess.column,
                     value=odd[0], remedy=say("Correct these cells, or add the column under “Factors”."))
    else:
        many = f"{len(guess.levels)}" if len(guess.levels) <= MANY else say("more than {many}", many=MANY)
        findings.add("assumed", say("It is not used: it holds {many} different texts.", many=many), column=guess.column,
                     remedy=say("Add it under “Factors” if it has levels."))


def _say(guess: FactorGuess, roles: dict[str, FactorRole], key: str, out: Factors, findings: Findings,
         questions: Questions) -> None:
    """Say what was assumed of a factor; ask what the data do not tell."""
    role = roles[key]
    if role.kind == "numeric":
        _missing_codes(guess, out, findings)
        _say_unit(guess, roles, role, findings, questions)
        return
    codes = [v for v in role.levels if v in _CODED_MISSING]
    rest = [as_number(v) for v in role.levels if v not in codes]
    if codes and rest and all(n is None or n < _FEW for n in rest):
        findings.add("warning", say("{codes} is unlike the other levels: a code for missing?", codes=', '.join(codes)),
                     column=guess.column, value=", ".join(codes), remedy=say("Add it to the codes that mean missing."))
    alike = [v for v, label in role.levels.items() if label != v]
    if alike:
        findings.add("assumed", say("Different spellings are read as one level: {spellings}.",
                                    spellings=', '.join(f'{v} = {role.levels[v]}' for v in alike[:_NAMED])),
                     column=guess.column,
                     value=", ".join(alike), remedy=say("Name the levels under “Factors”."))
    if guess.entry and guess.entry.key in ("pvtt", "cheng"):
        _thrombus(guess, roles, key, findings, questions)


def _missing_codes(guess: FactorGuess, out: Factors, findings: Findings) -> None:
    flags = np.isin(guess.numbers.values, _SENTINELS)
    if not flags.any():
        return
    codes_here = guess.cells.values.take(np.flatnonzero(flags)).to_pylist()
    others = guess.numbers.values[~flags]
    others = others[np.isfinite(others)]
    low, high = guess.entry.limits if guess.entry and guess.entry.limits else (
        0.0 if others.size and others.min() >= 0 else -np.inf, np.inf)
    ratio = guess.unit()[1]
    codes = tuple(t for t in codes_here if not low <= float(t) * ratio <= high)
    if codes:
        out.missing_in[guess.column] = codes
        what = guess.entry.label if guess.entry else say("value of this column")
        findings.add("assumed", say("{codes} is read as missing: not a possible {what}.", codes=', '.join(codes),
                                    what=what), column=guess.column,
                     value=", ".join(codes), remedy=say("Change the codes that mean missing."))
    far = [t for t in codes_here if t not in codes and others.size and float(t) > _FAR * others.max()]
    if far:
        findings.add("warning", say("{far} is far from all other values: a code for missing?", far=', '.join(far)),
                     column=guess.column, value=", ".join(far), remedy=say("Add it to the codes that mean missing."))


def _say_unit(guess: FactorGuess, roles: dict[str, FactorRole], role: FactorRole, findings: Findings,
              questions: Questions) -> None:
    entry, stated = guess.entry, guess.stated_unit
    if entry is None:
        return
    if not stated and entry.key in _BY_SIZE:
        _unit_by_size(guess, roles, role, findings)
    elif role.multiply_by != 1:
        findings.add("assumed", say("{label} is given in {stated} and read in {unit} (multiplied by {multiply_by}).",
                                    label=role.label, stated=stated, unit=role.unit,
                                    multiply_by=number(role.multiply_by)), column=guess.column,
                     remedy=say("Change the unit and the multiplier under “Factors”."))
    elif entry.key == "afp" and stated in ("ng/l", "pg/ml"):
        _ask_afp(role, questions)
    elif entry.key == "afp" and stated == "iu/ml":
        findings.add("assumed", say("AFP is kept in IU/mL and has no cut-point (1 IU/mL is about {iu_per_ng} ng/mL).",
                                    iu_per_ng=_IU_PER_NG),
                     column=guess.column, remedy=say("Set a cut-point, or unit ng/mL and multiplier 1.21."))
    elif entry.key == "tumor_size" and not stated:
        _ask_size(guess, role, questions)


def _unit_by_size(guess: FactorGuess, roles: dict[str, FactorRole], role: FactorRole, findings: Findings) -> None:
    """Tell g/dL from g/L and mg/dL from μmol/L by the size of the values, and say so."""
    other, times, most = _BY_SIZE[guess.entry.key if guess.entry else ""]
    median = float(np.nanmedian(guess.numbers.values[guess.cells.codes]))
    if median < most:
        roles[role.key] = replace(role, multiply_by=times)
    findings.add("assumed", say("{label} is read in {words}: the header names no unit and the median is {median}.",
                                label=role.label, words=other if median < most else role.unit, median=number(median)),
                 column=role.column,
                 remedy=say("Change the unit and the multiplier under “Factors”."))


def _ask_afp(role: FactorRole, questions: Questions) -> None:
    """Ask what AFP headed ng/L is in: usually it is a misprint for ng/mL."""
    cuts = {"cuts": [{"at": 400.0, "closed": "right"}]}
    questions.ask(say("AFP ({column}) is headed {unit}, a thousandth of ng/mL and usually a misprint. What are its "
                      "numbers in?", column=f"{role.column!r}", unit=role.unit),
        say("Nothing is converted until you say."),
        [Answer(say("ng/mL (a misprint: keep the numbers)"), {"factors": {role.key: {"unit": "ng/mL", **cuts}}}),
         Answer(say("{unit} (divide by 1000 to ng/mL)", unit=role.unit),
          {"factors": {role.key: {"unit": "ng/mL", "multiply_by": 0.001, **cuts}}}),
         Answer(say("{unit} (keep as it is, no cut-point)", unit=role.unit), {"factors": {role.key: {"cuts": []}}})])


def _ask_size(guess: FactorGuess, role: FactorRole, questions: Questions) -> None:
    """Ask for the unit of tumour size where its numbers are too large for cm."""
    bare = guess.numbers.values.copy()
    bare[list(guess.numbers.units)] = np.nan  # what has its unit with it is not asked about
    values = bare[guess.cells.codes]
    values = values[~np.isnan(values)]
    if values.size and (np.median(values) > 12 or values.max() > 40):
        questions.ask(say("Tumour size ({column}) goes up to {most}. Is it in cm or mm?", column=f"{role.column!r}",
                          most=number(float(values.max()))),
            say("The header does not say."),
            [Answer("mm", {"factors": {role.key: {"multiply_by": 0.1}}}),
             Answer("cm", {"factors": {role.key: {"unit": "cm"}}})])


def _thrombus(guess: FactorGuess, roles: dict[str, FactorRole], key: str, findings: Findings,
              questions: Questions) -> None:
    """Ask for the classification of thrombus grades that are written I-IV or 1-4 alone.

    Cheng's type I is thrombus beyond the segments' branches: the two scales do not run side by side.
    """
    role = roles[key]
    grades = bare_grades(list(role.levels))
    if not grades:
        _two_schemes(guess, role, questions)
        return
    roman = {1: "I", 2: "II", 3: "III", 4: "IV"}
    ordered = sorted(role.levels, key=lambda v: grades.get(v, 0))
    cheng = {v: f"Cheng {roman[grades[v]]}" if v in grades else v for v in ordered}
    vp = {v: f"Vp{grades[v]}" if v in grades else v for v in ordered}
    header = heading(guess.table, guess.column).lower()
    if (guess.entry and guess.entry.key == "cheng") or "cheng" in header or "程" in header:
        roles[key] = FactorRole(key=key, label="PVTT (Cheng)", column=guess.column, kind="categorical", levels=cheng)
    elif "vp" in header.replace("pvp", ""):
        roles[key] = FactorRole(key=key, label=role.label, column=guess.column, kind="categorical", levels=vp)
        findings.add("assumed", say("The header says Vp: 1-4 is read as Vp1-Vp4."), column=guess.column,
                     remedy=say("Name the levels under “Factors”."))
    else:
        moved = factor_json(FactorRole(key="cheng", label="PVTT (Cheng)", column=guess.column,
                                       kind="categorical", levels=cheng))
        bare = ", ".join(v for v in ordered if v in grades)
        questions.ask(say("{column} holds {bare}. Which classification is it: Vp or Cheng?",
                          column=f"{guess.column!r}", bare=bare),
            say("They differ: Cheng II is about Vp3, III about Vp4, IV the superior mesenteric vein. Neither is "
                "converted into the other."),
            [Answer(say("Vp (Japan)"), {"factors": {key: {"levels": vp}}}),
             Answer(say("Cheng"), {"factors": {key: None, "cheng": moved}}),
             Answer(say("Another: keep the codes"), {"factors": {key: {"label": role.label}}})])


def _two_schemes(guess: FactorGuess, role: FactorRole, questions: Questions) -> None:
    """Ask what bare grades mean that stand beside grades that say Vp: another classification, or Vp too."""
    bare = two_schemes(list(role.levels))
    if not bare:
        return
    names = {v: f"Vp{bare[v]}" if v in bare else label for v, label in role.levels.items()}
    as_vp = dict(sorted(names.items(), key=lambda pair: (pair[1].startswith("Vp"), pair[1])))
    n = sum(guess.counts.get(v, 0) for v in bare)
    vp = next(label for v, label in role.levels.items() if v not in bare and label.startswith("Vp"))
    questions.ask(
        say("{column} holds {bare} beside {vp}: two classifications?", column=f"{guess.column!r}",
            bare=', '.join(bare), vp=vp),
        say("Cheng's types are not the Vp grades: Cheng II is about Vp3, III about Vp4."),
        [Answer(say("All are Vp grades"), {"factors": {role.key: {"levels": as_vp}}},
                ", ".join(say("{value} is {grade}", value=v, grade=as_vp[v]) for v in bare)),
         Answer(say("Two classifications: the bare ones count as missing"), {
             "factors": {role.key: {"levels": dict.fromkeys(bare)}}, "missing_in": {guess.column: list(bare)}},
             say("{patients} without a grade", patients=plural(n, 'patient'))),
         Answer(say("Keep each as a level of its own"), {"factors": {role.key: {"levels": dict(role.levels)}}},
                say("{n} levels", n=len(set(role.levels.values()))))])


def _ask_codes(guesses: Mapping[str, FactorGuess], roles: dict[str, FactorRole], questions: Questions) -> None:
    """Ask once what bare codes mean of variables that are measured or have names: AFP 1 and 2, BCLC 1, 2 and 3."""
    coded = [r for r in roles.values() if r.column and guesses[r.column].bare_codes]
    if not coded:
        return
    measured = [r for r in coded if (entry := guesses[r.column].entry) and entry.kind == "numeric"]
    codes = ", ".join(sorted({v for r in coded for v in r.levels}))
    counts = "; ".join(f"{r.label} " + ", ".join(f"{v}: {guesses[r.column].counts.get(v, 0):,}" for v in r.levels)
                       for r in coded)
    answers = [Answer(say("Leave as codes"), {"factors": {r.key: {"kind": "categorical"} for r in coded}}, counts),
               Answer(say("Leave these columns out"), {"factors": {r.key: None for r in coded}})]
    if measured:
        words = say(" and ").join(say("{label} in {unit}", label=r.label,
                                      unit=guesses[r.column].unit()[0]) for r in measured)
        answers.append(Answer(say("They are measured: {words}", words=words), {"factors": {
            r.key: factor_json(guesses[r.column].measured(r.key)) for r in measured}}))
    questions.ask(say("What do the codes {codes} of {names} mean?", codes=codes,
                      names=", ".join(r.label for r in coded)),
                  say("Nothing in the file says it. A sheet “codebook” or a data dictionary given with the file tells "
                      "it, or names under “Factors”."), answers)


def _add_albi(roles: dict[str, FactorRole], findings: Findings) -> None:
    """Add the ALBI grade where bilirubin and albumin are there, in units that are known."""
    inputs = {name: roles.get(name) for name in ("bilirubin", "albumin")}
    if ALBI in roles or any(r is None or r.kind != "numeric" for r in inputs.values()):
        return
    units = {e.key: e.unit for e in DICTIONARY if e.key in inputs}
    if strange := [r.label for n, r in inputs.items() if r and r.unit != units[n]]:
        findings.add("assumed", say("No ALBI grade: the unit of {strange} is not one that is converted.",
                                    strange=say(" and ").join(strange)),
                     column="", remedy=say("Set unit and multiplier under “Factors”."))
        return
    entry = next(e for e in DICTIONARY if e.key == ALBI)
    roles[ALBI] = FactorRole(key=ALBI, label=entry.label, column="", kind="categorical", formula=ALBI,
                             levels={v: v for v in ("1", "2", "3")},
                             inputs={"bilirubin": "bilirubin", "albumin": "albumin"})
    findings.add("assumed", say("The ALBI grade is computed from bilirubin and albumin (Johnson et al. 2015)."),
                 column=", ".join(roles[n].column for n in ("bilirubin", "albumin")),
                 remedy=say("Take it out under “Factors” if it is not wanted."))
