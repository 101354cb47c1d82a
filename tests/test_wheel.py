"""What `pip install .` gives: the program with all its data, in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("app", "content", "db", "domain", "intake", "screens", "telephony", "widgets")
# Sources of the catalogues are for translators; the program reads the compiled ones.
NOT_PACKED = {".po", ".pyc", ".done", ".mo"}


def _run(*command: str | Path, cwd: Path, **env: str) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **env},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy without compiled catalogues, as a fresh clone has none."""
    source = tmp_path_factory.mktemp("clone")
    for name in ("pyproject.toml", "README.md", "LICENSE", "build_catalogues.py"):
        shutil.copy(ROOT / name, source)
    for name in PACKAGES:
        compiled = shutil.ignore_patterns("__pycache__", "*.mo", ".done")
        shutil.copytree(ROOT / name, source / name, ignore=compiled)
    target = source / "out"
    build = ("pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index")
    _run(sys.executable, "-m", *build, "--wheel-dir", target, source, cwd=source)
    (made,) = target.glob("*.whl")
    return made


def test_the_wheel_holds_every_file_that_the_program_reads(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        str(path.relative_to(ROOT))
        for name in PACKAGES
        for path in (ROOT / name).rglob("*")
        if path.is_file() and path.suffix not in NOT_PACKED and path.name != ".done"
    }
    assert ours - packed == set()
    assert {f"content/messages/{language}.mo" for language in ("en", "zh")} <= packed


def test_nothing_but_the_program_is_packed(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_an_environment_of_its_own_runs_it_in_both_languages(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "venv"
    _run(sys.executable, "-m", "venv", "--without-pip", home, cwd=tmp_path)
    inside = Path(_run(
        home / "bin" / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))",
        cwd=tmp_path,
    ).strip())  # fmt: skip
    # The libraries of this run, without this run's own copy of the program.
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if "callback_desk" not in path.name:
            (libraries / path.name).symlink_to(path)
    (inside / "libraries.pth").write_text(str(libraries))
    install = ("pip", "--python", home / "bin" / "python", "install", "--quiet", "--no-deps")
    _run(sys.executable, "-m", *install, "--no-index", wheel, cwd=tmp_path)
    program = home / "bin" / "callback-desk"
    assert "Usage:" in _run(program, "--help", cwd=tmp_path, LANG="en_GB.UTF-8")
    assert "用法" in _run(program, "--help", "--lang", "zh", cwd=tmp_path)
    where = _run(home / "bin" / "python", "-c", "import app; print(app.__file__)", cwd=tmp_path)
    assert where.startswith(str(home))
