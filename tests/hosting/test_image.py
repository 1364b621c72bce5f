"""What the container's image and the systemd unit hold: all that the server needs, and settings that are valid."""

import asyncio
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from hosting.settings import FILE, read_settings
from tests.conftest import ROOT
from tests.hosting.department import running_department
from tests.shared.person import Person, finished

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
EXAMPLE = ROOT / "hosting" / "example"


def copied():
    """Return what the image takes from the project, and where it puts it."""
    for line in re.findall(r"^COPY (.*)$", DOCKERFILE, re.MULTILINE):
        *sources, target = line.split()
        yield from ((source, target) for source in sources)


def test_what_is_copied_is_there_and_is_let_in():
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for source, _ in copied():
        assert (ROOT / source).exists() and f"!{source}" in let_in, source
    assert let_in[0] == "*", "nothing else comes in: no data, no history"


@pytest.mark.slow
def test_the_image_s_files_are_enough(tmp_path):
    """The same files, in a folder of their own, as an account would have them that can write nowhere else."""
    app = tmp_path / "app"
    app.mkdir()
    for source, target in copied():
        path = ROOT / source
        place = app / (path.name if target in {"./", "."} else target)
        shutil.copytree(path, place) if path.is_dir() else shutil.copy(path, place)

    async def work(running):
        person = Person(running.url)
        await person.visit()
        await person.load("cohort.csv", (app / "sample_data" / "yang2023_synthetic.csv").read_bytes())
        await person.go("")
        await person.click()
        await person.leave()
    with running_department(tmp_path, "processes = 1\n", home=app) as running:
        finished(asyncio.wait_for(work(running), 240))


def test_the_example_s_settings_are_valid(monkeypatch):
    monkeypatch.setenv(FILE, str(EXAMPLE / "settings.toml"))
    chosen = read_settings()
    assert chosen.server.origin == "https://cohortscope.hospital.example" and chosen.sign_in.by == "openid"


def test_compose_and_the_example_speak_of_the_same_paths():
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    example = (EXAMPLE / "settings.toml").read_text(encoding="utf-8")
    for path in re.findall(r'"(/settings/[\w.]+|/audit)"', example):
        assert f":{path}" in compose, path
    port = re.search(r"^port = (\d+)", example, re.MULTILINE).group(1)
    assert f':{port}"' in compose and f"EXPOSE {port}" in DOCKERFILE
    for hardening in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges", "memswap_limit", "core: 0", "tmpfs"):
        assert hardening in compose, hardening


def test_the_unit_starts_what_is_there():
    unit = (EXAMPLE / "cohortscope.service").read_text(encoding="utf-8")
    command = re.search(r"^ExecStart=(\S+) -m (\S+)", unit, re.MULTILINE)
    assert (ROOT / Path(*command.group(2).split("."))).with_suffix(".py").exists()
    assert {"MemorySwapMax=0", "LimitCORE=0", "OOMPolicy=continue", "ProtectSystem=strict"} <= set(unit.splitlines())
    if shutil.which("systemd-analyze"):
        looked = subprocess.run(["systemd-analyze", "security", "--offline=true", EXAMPLE / "cohortscope.service"],
                                capture_output=True, text=True, check=False, env=os.environ | {"SYSTEMD_PAGER": ""})
        assert "OK" in looked.stdout.splitlines()[-1], looked.stdout[-300:]
