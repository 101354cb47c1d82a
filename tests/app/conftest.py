"""Commands run on a desk of their own, by its clock."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from app.cli.program import callback_desk
from tests.command_line import Run
from tests.databases import Desk


@pytest.fixture
def run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the desk, in China, as ann unless another login is given."""
    monkeypatch.setenv("TZ", "Asia/Shanghai")

    def invoke(*words: object, lang: str = "en", login: str = "ann") -> Result:
        own = ["--as", login, "--lang", lang, "--database", str(desk.database.place.file)]
        given = [*map(str, words), *own, "--now", desk.clock.now.isoformat()]
        return CliRunner().invoke(callback_desk, given)

    return invoke
