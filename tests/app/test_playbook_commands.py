"""`playbook show` and `graph` print what an operator would read and follow."""

from __future__ import annotations

import json

from click.testing import CliRunner

from app.cli.program import callback_desk


def run(*args: str) -> tuple[int, str]:
    done = CliRunner().invoke(callback_desk, ["playbook", *args])
    return done.exit_code, done.stdout


def test_a_book_is_shown_with_an_invented_customer() -> None:
    code, text = run("show", "general", "--step", "opening", "--lang", "zh", "--json")
    assert code == 0
    shown = json.loads(text)
    (step,) = shown["steps"]
    assert step["id"] == "opening"
    assert all("{" not in line for wording in step["wordings"] for line in wording)
    assert any("王女士" in line for wording in step["wordings"] for line in wording)
    assert step["choices"][0]["does"] == "step:general/moment"


def test_an_unknown_book_or_step_is_refused() -> None:
    for args in (("show", "nowhere"), ("show", "general", "--step", "nowhere"), ("graph", "no")):
        code, text = run(*args, "--json")
        assert code == 1
        assert json.loads(text)["error"]["code"] in ("script_no_book", "script_no_step")


def test_the_chart_is_mermaid() -> None:
    code, text = run("graph", "general")
    assert code == 0
    assert text.startswith("flowchart TD\n")
    assert json.loads(run("graph", "general", "--json")[1])["mermaid"] == text
