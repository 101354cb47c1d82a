"""`callback-desk ssh setup`: what sshd needs for the desk, printed or written."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from app.cli.frame import Answer, Frame, desk_command, option
from app.cli.lines import harmless
from app.cli.ssh import ssh
from domain.errors import DeskError

if TYPE_CHECKING:
    from app.ssh.plan import Plan
    from app.ssh.setup import Step
    from app.ssh.snippet import Version

_SIGNS: Final = {"kept": "=", "made": "+", "changed": "~", "look": "!"}
_FOLDER: Final = click.Path(path_type=Path)


@desk_command("setup", group=ssh)
@option("--apply", "applied", is_flag=True, help="ssh.setup.option.apply")
@option("--account", default="callback-desk", show_default=True, help="ssh.setup.option.account")
@option(
    "--settings",
    default="/etc/callback-desk/settings.toml",
    show_default=True,
    type=_FOLDER,
    help="ssh.setup.option.settings",
)
@option("--office", "offices", multiple=True, metavar="NET", help="ssh.setup.option.office")
@option("--root", default="/", type=_FOLDER, metavar="DIR", help="ssh.setup.option.root")
def setup(
    frame: Frame,
    applied: bool,
    account: str,
    settings: Path,
    offices: tuple[str, ...],
    root: Path,
) -> Answer:
    """Print or write the account, the settings of sshd and its helper."""
    from app.ssh.daemon import find_sshd, version  # noqa: PLC0415 - the help page needs none
    from app.ssh.plan import Plan  # noqa: PLC0415
    from app.ssh.way import isolated_python  # noqa: PLC0415

    plan = Plan(account, isolated_python(), settings, offices=offices, root=root.absolute())
    installed = version(find_sshd())
    if not applied:
        return _printed(frame, plan, installed)
    return _applied(frame, plan, installed)


def _printed(frame: Frame, plan: Plan, installed: Version) -> Answer:
    from app.ssh.account import new_account  # noqa: PLC0415
    from app.ssh.helper import helper_text  # noqa: PLC0415
    from app.ssh.snippet import snippet_text  # noqa: PLC0415

    owner = ["-o", plan.account, "-g", plan.account]
    home = ["install", "-d", "-m", "0700", *owner, str(plan.home)]
    commands = [shlex.join(command) for command in [*new_account(plan), home]]
    helper, snippet = helper_text(plan), snippet_text(plan, installed)
    lines = [
        f"# {frame.say('ssh.setup.print.account')}",
        *commands,
        "",
        f"# {frame.say('ssh.setup.print.file', path=str(plan.helper), mode='0755')}",
        *helper.splitlines(),
        "",
        f"# {frame.say('ssh.setup.print.file', path=str(plan.snippet), mode='0644')}",
        *snippet.splitlines(),
        "",
        f"# {frame.say('ssh.setup.print.apply')}",
    ]
    data = {
        "account": plan.account,
        "commands": commands,
        "files": {str(plan.helper): helper, str(plan.snippet): snippet},
        "openssh": ".".join(map(str, installed)),
    }
    return Answer(data, lines)


def _applied(frame: Frame, plan: Plan, installed: Version) -> Answer:
    from app.ssh.setup import apply  # noqa: PLC0415

    steps: list[Step] = []

    try:
        apply(plan, installed, steps.append)
    except DeskError:
        # What was done before it failed stays, so it is said.
        click.echo("\n".join(_lines(frame, steps)), err=True)
        raise
    data = {"steps": [{"step": step.what, "state": step.state} for step in steps]}
    # Where sshd takes other settings than ours, the account may do what it should not.
    unsafe = any(step.what == "force" and step.state == "look" for step in steps)
    return Answer(data, _lines(frame, steps), exit_code=int(unsafe))


def _lines(frame: Frame, steps: Sequence[Step]) -> list[str]:
    return [harmless(f"{_SIGNS[step.state]} {frame.say_here(step.said)}") for step in steps]
