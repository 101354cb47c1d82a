"""`callback-desk doctor`: what is well on this machine and what is not."""

from __future__ import annotations

from typing import Final

from app.checkup import Finding, broken, check_up
from app.cli.frame import Answer, Frame, desk_command
from content.translations import say
from domain.errors import DeskError

_SIGNS: Final = {"ok": "✓", "warn": "!", "fail": "✗"}


@desk_command("doctor", "database")
def doctor(frame: Frame) -> Answer:
    """Check this machine; exit code 1 when something has failed."""
    try:
        findings = list(check_up(frame.settings, frame.database()))
    except DeskError as error:
        findings = [broken("settings", error)]
    failed = any(finding.state == "fail" for finding in findings)
    data = {
        "ok": not failed,
        "checks": [
            {
                "check": finding.check,
                "state": finding.state,
                "said": say(frame.language, finding.said),
                "todo": say(frame.language, finding.todo) if finding.todo else None,
            }
            for finding in findings
        ],
    }
    return Answer(data, _lines(frame, findings), exit_code=int(failed))


def _lines(frame: Frame, findings: list[Finding]) -> list[str]:
    lines = []
    for finding in findings:
        state = frame.say(f"cli.doctor.state.{finding.state}")
        lines.append(f"{_SIGNS[finding.state]} {state}  {say(frame.language, finding.said)}")
        if finding.todo is not None:
            lines.append(f"      → {say(frame.language, finding.todo)}")
    return lines
