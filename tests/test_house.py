"""The house itself: floors, files, and the promises that the documents make."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_the_floors_hold() -> None:
    """import-linter reads its contract from pyproject.toml, as `make lint` does."""
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_constraints_pin_every_direct_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    wanted = [each for group in [project["dependencies"], *extras] for each in group]
    names = {re.split(r"[<>=\[]", each)[0].lower().replace("_", "-") for each in wanted}
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lines}
    assert names - {"trichord"} <= pinned


def test_constraints_resolve_anywhere() -> None:
    """Exact versions only: no local builds, no addresses, no paths."""
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][A-Za-z0-9.]*", line), line


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")))
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def install(folder: Path, packages: list[str], apt: str | None) -> tuple[int, str, str]:
    """Runs scripts/system-packages where only the package `there` is installed.

    Returns its exit code, its stderr, and what apt-get was called with.
    """
    log = folder / "apt.log"
    log.touch()
    programs = {"dpkg-query": 'for last; do :; done\n[ "$last" = there ] && echo installed'}
    if apt is not None:
        programs |= {"apt-get": f'echo "$@" >> {log}\n{apt}', "sudo": '"$@"'}
    for name, body in programs.items():
        (folder / name).write_text(f"#!/bin/bash\n{body}\n")
        (folder / name).chmod(0o755)
    for name in ("bash", "id"):
        (folder / name).symlink_to(f"/usr/bin/{name}")
    command = [ROOT / "scripts" / "system-packages", *packages]
    env = {"PATH": str(folder)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr, log.read_text()


def test_nothing_is_installed_where_nothing_is_missing(tmp_path: Path) -> None:
    assert install(tmp_path, ["there"], "exit 1") == (0, "", "")


def test_missing_packages_are_installed(tmp_path: Path) -> None:
    code, said, called = install(tmp_path, ["there", "absent"], "exit 0")
    assert code == 0
    assert said == "trichord: installing absent\n"
    assert called == "install -y -q --no-install-recommends absent\n"


def test_old_package_lists_are_renewed_once(tmp_path: Path) -> None:
    code, said, called = install(tmp_path, ["absent"], '[ "$1" = update ]')
    assert code == 3
    assert called.count("update") == 1
    assert "could not install them; install by hand: absent" in said


def test_without_apt_the_missing_package_is_named_in_one_line(tmp_path: Path) -> None:
    code, said, _ = install(tmp_path, ["there", "absent"], None)
    assert code == 3
    assert said.count("\n") == 1
    assert "install by hand: absent" in said


def test_continuous_integration_runs_what_a_person_runs() -> None:
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("make test")
    lint = (ROOT / "Makefile").read_text().partition("\nlint:")[2].partition("\n\n")[0]
    commands = [line.strip().removeprefix("$(BIN)/") for line in lint.splitlines()[1:]]
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    assert len(commands) == 4
    for command in commands:
        assert f"entry: .venv/bin/{command.removesuffix(' .')}\n" in hooks
