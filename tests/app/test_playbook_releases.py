"""Scripts put in force without a screen: listed, exported, imported, compared, rolled back."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from app.cli.program import callback_desk
from tests.command_line import Run, plain

NOW = "2026-11-23T10:30:00+08:00"
LATER = "2026-11-23T11:30:00+08:00"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on a practice database as ann, an admin."""
    file = str(tmp_path / "desk.db")
    # What is done at no time of its own is done before all times that are named, whenever it runs.
    monkeypatch.setattr("db.engine._SQLITE_NOW", sa.text("SELECT '2026-11-22T02:00:00.000'"))

    def invoke(*words: str, login: str = "ann") -> Result:
        return CliRunner().invoke(callback_desk, [*words, "--database", file, "--as", login])

    made = invoke("init", "--practice", "--name", "Ann")
    assert made.exit_code == 0, made.output
    return invoke


@pytest.fixture
def folder(tmp_path: Path, run: Run) -> Path:
    """The scripts in force, written out."""
    target = tmp_path / "scripts"
    exported = plain(run("playbook", "export", str(target), "--json"))
    assert exported["source"] == "release"
    assert len(exported["files"]) > 20
    return target


def refused(result: Result) -> str:
    error = plain(result, 1)["error"]
    assert error["title"]
    assert error["todo"]
    return str(error["code"])


def general(folder: Path) -> Path:
    return folder / "playbooks" / "en" / "general.md"


def retitle(folder: Path, title: str) -> Path:
    path = general(folder)
    rows = path.read_text(encoding="utf-8").split("\n")
    place = next(number for number, row in enumerate(rows) if row.startswith("title: "))
    rows[place] = f"title: {title}"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def titles(run: Run) -> dict[str, str]:
    listed = plain(run("playbook", "list", "--json", "--lang", "en"))
    return {book["id"]: book["title"] for book in listed["playbooks"]}


def names(run: Run) -> list[str]:
    return [one["name"] for one in plain(run("playbook", "releases", "--json"))["releases"]]


def test_without_a_database_the_shipped_scripts_are_listed() -> None:
    result = CliRunner().invoke(callback_desk, ["playbook", "list", "--json", "--lang", "en"])
    listed = plain(result)
    assert (listed["source"], listed["release"]) == ("shipped", None)
    assert "general" in {book["id"] for book in listed["playbooks"]}
    words = ["playbook", "releases", "--json", "--as", "ann"]
    assert refused(CliRunner().invoke(callback_desk, words)) == "database_missing"


def test_a_new_desk_has_the_shipped_scripts_in_force(run: Run) -> None:
    listed = plain(run("playbook", "list", "--json", "--lang", "zh"))
    (release,) = plain(run("playbook", "releases", "--json"))["releases"]
    assert (listed["source"], listed["release"]) == ("release", release["name"])
    assert (release["state"], release["by"]) == ("in_force", None)
    assert {book["language"] for book in listed["playbooks"]} == {"zh"}
    assert not any(book["edited"] for book in listed["playbooks"])
    for language in ("en", "zh"):
        shown = run("playbook", "releases", "--lang", language)
        assert shown.exit_code == 0
        assert release["name"] in shown.output


def test_an_exported_file_is_edited_and_put_in_force(run: Run, folder: Path) -> None:
    path = retitle(folder, "Everything else")
    compared = plain(run("playbook", "diff", str(path), "--json"))
    (file,) = compared["files"]
    assert (file["name"], file["added"], file["removed"]) == ("general", 1, 1)
    signs = {(line["sign"], line["text"]) for line in file["lines"]}
    assert ("+", "title: Everything else") in signs
    dry = plain(run("playbook", "import", str(path), "--dry-run", "--json"))
    assert dry["release"] is None
    assert [one["change"] for one in dry["files"]] == ["changed"]
    assert titles(run)["general"] != "Everything else"
    made = plain(run("playbook", "import", str(path), "--note", "clearer", "--json"))
    assert made["findings"] == []
    release = made["release"]
    assert (release["by"], release["note"], release["changed"]) == ("Ann", "clearer", 1)
    assert titles(run)["general"] == "Everything else"
    assert plain(run("playbook", "diff", str(path), "--json"))["files"] == []
    (edited,) = plain(run("playbook", "diff", "--json"))["files"]
    assert edited["file"] == "playbooks/en/general.md"
    again = plain(run("playbook", "import", str(folder), "--json"))
    assert again["release"] is None
    assert {one["change"] for one in again["files"]} == {"unchanged"}


def test_a_file_with_faults_is_not_put_in_force(run: Run, folder: Path) -> None:
    path = general(folder)
    path.write_text(
        path.read_text(encoding="utf-8").replace("](#", "](#no-such-", 1), encoding="utf-8"
    )
    found = plain(run("playbook", "import", str(path), "--json"), 1)
    assert found["release"] is None
    assert {finding["file"] for finding in found["findings"]} >= {str(path)}
    for finding in found["findings"]:
        assert finding["line"] >= 1
        assert finding["code"]
        assert finding["sentence"]
    assert len(names(run)) == 1


@pytest.mark.parametrize(
    "text", ["no head", "---\nid: ../up\ntitle: x\n---\n", "---\nid: a\nkind: odd\ntitle: x\n---\n"]
)
def test_a_file_that_says_no_name_is_told(run: Run, tmp_path: Path, text: str) -> None:
    path = tmp_path / "en" / "odd.md"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    assert refused(run("playbook", "import", str(path), "--json")) == "content_bad"
    assert refused(run("playbook", "diff", str(tmp_path / "none.md"), "--json")) == "content_bad"


def test_a_day_in_the_future_is_a_plan_that_can_be_withdrawn(run: Run, folder: Path) -> None:
    path = str(retitle(folder, "Planned"))
    begin = ("--from", "2026-12-01", "--now", NOW)
    made = plain(run("playbook", "import", path, *begin, "--json"))["release"]
    assert made["state"] == "planned"
    assert made["in_force_from"].endswith("00:00Z")
    past = ("--from", "2020-01-01", "--now", NOW)
    retitle(folder, "Planned again")
    assert refused(run("playbook", "import", path, *past, "--json")) == "content_from_past"
    assert refused(run("playbook", "withdraw", "none", "--json")) == "content_release_unknown"
    plain(run("playbook", "withdraw", made["name"], "--now", NOW, "--json"))
    states = {
        one["name"]: one["state"]
        for one in plain(run("playbook", "releases", "--now", NOW, "--json"))["releases"]
    }
    assert states[made["name"]] == "past"


def test_two_leads_with_their_own_folders_get_a_conflict_not_a_loss(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    plain(run("playbook", "export", str(other), "--json"))
    mine, theirs = retitle(folder, "Mine"), retitle(other, "Theirs")
    plain(run("playbook", "import", str(theirs), "--json"))
    assert refused(run("playbook", "import", str(mine), "--json")) == "content_conflict"
    assert titles(run)["general"] == "Theirs"
    retitle(other, "Theirs again")
    plain(run("playbook", "import", str(theirs), "--json"))
    assert titles(run)["general"] == "Theirs again"
    kept = refused(run("playbook", "export", str(folder), "--json"))
    assert kept == "export_exists"
    assert "Mine" in mine.read_text(encoding="utf-8")
    plain(run("playbook", "export", str(folder), "--replace", "--json"))
    retitle(folder, "Both")
    plain(run("playbook", "import", str(mine), "--json"))
    assert titles(run)["general"] == "Both"


def test_an_earlier_version_is_put_in_force_again(run: Run, folder: Path, tmp_path: Path) -> None:
    before = titles(run)["general"]
    plain(run("playbook", "import", str(retitle(folder, "New")), "--json"))
    (newer, first) = names(run)
    back = plain(run("playbook", "rollback", first, "--note", "as it was", "--json"))["release"]
    assert back["name"] not in (newer, first)
    assert titles(run)["general"] == before
    old = tmp_path / "old"
    plain(run("playbook", "export", str(old), "--release", newer, "--json"))
    assert "title: New\n" in general(old).read_text(encoding="utf-8")
    assert refused(run("playbook", "rollback", "none", "--json")) == "content_release_unknown"
    assert refused(run("playbook", "rollback", first, "--json")) == "content_unchanged"


def test_only_a_lead_puts_scripts_in_force(run: Run, folder: Path) -> None:
    assert run("operator", "add", "bob").exit_code == 0
    path = str(retitle(folder, "By bob"))
    (first,) = names(run)
    for words in (("import", path), ("rollback", first), ("withdraw", first)):
        assert refused(run("playbook", *words, "--json", login="bob")) == "not_allowed"
    assert plain(run("playbook", "diff", path, "--json", login="bob"))["files"]
