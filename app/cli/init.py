"""`callback-desk init`: the database, its tables and the first operator."""

from __future__ import annotations

from app.cli.frame import Answer, Frame, desk_command, option
from app.cli.operator import as_plain


@desk_command("init", "database", "login")
@option("--practice", is_flag=True, help="cli.init.option.practice")
@option("--name", default="", help="cli.init.option.name")
def init(frame: Frame, practice: bool, name: str) -> Answer:
    """Make the tables and the first operator, an admin."""
    from content.rulebook import load_shipped  # noqa: PLC0415 - the help page needs no database
    from db.care_settings import set_care  # noqa: PLC0415
    from db.engine import open_database  # noqa: PLC0415
    from db.operators import actor_of, initialise  # noqa: PLC0415
    from db.schema import create  # noqa: PLC0415
    from screens.scripts import take_shipped_in  # noqa: PLC0415

    url = frame.database(practice=practice)
    database = open_database(url, rulebook=load_shipped(), must_exist=False)
    try:
        create(database)
        made = initialise(
            database,
            login=frame.login,
            name=name or frame.login,
            language=frame.language,
            practice=practice,
        )
        take_shipped_in(database)
        zone = frame.settings.my_zone
        # A machine that keeps UTC says nothing of where its shop is.
        if zone not in {"UTC", "Etc/UTC"}:
            set_care(database, actor_of(database, made.login), zone=zone)
        where = database.place.shown
    finally:
        database.close()
    lines = [
        frame.say("cli.init.made.practice" if practice else "cli.init.made", database=where),
        frame.say("cli.init.operator", login=made.login),
        frame.say("cli.init.next"),
    ]
    return Answer({"database": where, "practice": practice, "operator": as_plain(made)}, lines)
