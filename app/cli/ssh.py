"""`callback-desk ssh`: what sshd asks for, and setting it up."""

from __future__ import annotations

from app.cli.frame import Answer, Frame, desk_command, desk_group, option

ssh = desk_group("ssh", {"setup": "app.cli.ssh_setup:setup"})


@desk_command("authorized-keys", group=ssh)
@option("--key", "offered", metavar="'TYPE BASE64'", help="ssh.option.key")
def authorized_keys(frame: Frame, offered: str | None) -> Answer:
    """Print the line of one key, or of all; keys that do not stand have none."""
    from app.ssh.way import named_database, way_by  # noqa: PLC0415 - the help page needs none
    from db.key_lines import key_lines  # noqa: PLC0415

    url, settings = named_database(frame.settings)
    lines = list(key_lines(url, way_by(settings), offered))
    return Answer({"lines": lines}, lines)
