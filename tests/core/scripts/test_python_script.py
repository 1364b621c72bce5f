"""The Python script of a talk, run as it stands beside the data file, writes the figures' numbers."""

import io
import subprocess
import sys
import zipfile

import pandas as pd
import pytest

from core import read_cohort
from core.errors import CohortError
from core.intake import SessionFile
from core.recipes.made import remade
from core.scripts.pack import scripts_zip
from core.scripts.python_script import python_script
from tests.conftest import ROOT, SAMPLE
from tests.shared.scripts import figures

pytestmark = pytest.mark.slow


def packed(cohort, names):
    session = SessionFile(name=cohort.name, fingerprint=cohort.fingerprint, mapping=cohort.mapping.to_json())
    return zipfile.ZipFile(io.BytesIO(scripts_zip(cohort, figures(cohort), names, session.to_bytes())))


def run(folder, *args):
    return subprocess.run([sys.executable, str(folder / "analysis.py"), *args], check=False, cwd=folder, text=True,
                          capture_output=True, env={"PYTHONPATH": str(ROOT), "PATH": "", "PYTHONIOENCODING": "utf-8"})


def test_it_writes_the_same_numbers(sample, tmp_path):
    packed(sample, [SAMPLE.name]).extractall(tmp_path)
    (tmp_path / SAMPLE.name).write_bytes(SAMPLE.read_bytes())
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    for place, (title, made_by) in enumerate(figures(sample), start=1):
        file, = tmp_path.glob(f"{place:02d}-*.csv")
        figure = remade(sample, made_by)
        assert file.name == f"{place:02d}-{figure.slug}.csv" and title
        pd.testing.assert_frame_equal(pd.read_csv(file), pd.read_csv(io.StringIO(figure.drawn.to_csv(index=False))))
        assert figure.full_title in done.stdout


def test_other_data_are_refused(sample, tmp_path):
    packed(sample, [SAMPLE.name]).extractall(tmp_path)
    (tmp_path / "other.csv").write_bytes(SAMPLE.read_bytes().replace(b"24.3", b"24.4", 1))
    done = run(tmp_path, "other.csv")
    assert done.returncode == 1 and "other data" in done.stderr


def test_the_zip_has_what_the_scripts_read_and_no_identifier(sample):
    files = packed(sample, ["a.csv"])
    assert set(files.namelist()) == {"analysis.R", "analysis.py", "session.json", "patients.csv", "patients-2.csv",
                                     "patients-3.csv"}
    assert not any(b"P001" in files.read(name) for name in files.namelist())
    with pytest.raises(CohortError, match="no figure"):
        scripts_zip(sample, [], [], b"")


@pytest.mark.parametrize("name", ['a "b".csv', "a\\b.csv", "数据 1.csv", "a'b.csv", '""".csv'])
def test_whatever_a_file_is_called_it_is_python(name):
    cohort = read_cohort(SAMPLE)
    made = figures(cohort)[:1]
    compile(python_script(cohort, [(f'"""{title}\\', r) for title, r in made], [name]), "analysis.py", "exec")
