"""One module per command of the command line; each is imported only when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

COMMANDS: Final[Mapping[str, str]] = {
    "init": "app.cli.init:init",
    "doctor": "app.cli.doctor:doctor",
    "import": "app.cli.import_:import_",
    "queue": "app.cli.queue:queue",
    "campaign": "app.cli.campaign:campaign",
    "call": "app.cli.call:call",
    "care": "app.cli.care:care",
    "outcome": "app.cli.outcome:outcome",
    "hours": "app.cli.hours:hours",
    "when": "app.cli.when:when",
    "customer": "app.cli.customer:customer",
    "board": "app.cli.board:board",
    "tier": "app.cli.tier:tier",
    "chance": "app.cli.chance:chance",
    "case": "app.cli.case:case",
    "slip": "app.cli.slip:slip",
    "promise": "app.cli.promise:promise",
    "audit": "app.cli.audit:audit",
    "operator": "app.cli.operator:operator",
    "roster": "app.cli.roster:roster",
    "leave": "app.cli.leave:leave",
    "shift": "app.cli.shift:shift",
    "ssh": "app.cli.ssh:ssh",
    "playbook": "app.cli.playbook:playbook",
    "rules": "app.cli.rules:rules",
    "keys": "app.cli.keys:keys",
    "db": "app.cli.db:db",
    "demo": "app.cli.demo:demo",
}
"""The commands by name, in the order of the help page: `module:attribute`, imported when used."""
