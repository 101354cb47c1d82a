"""`callback-desk demo`: a practice database of invented customers; `make demo` opens it."""

from __future__ import annotations

from app.cli.frame import Answer, Frame, desk_command


@desk_command("demo", "database", "login", "now")
def demo(frame: Frame) -> Answer:
    """Make the demo's database, in place of an earlier practice database in the same file."""
    from app.demo.making import make_demo  # noqa: PLC0415 - the help page needs no database

    made = make_demo(
        frame.database(practice=True), login=frame.login, language=frame.language, now=frame.now
    )
    said = frame.say("cli.demo.made", n=made.customers, database=made.database)
    data = {
        "database": made.database,
        "customers": made.customers,
        "operators": list(made.logins),
    }
    return Answer(data, [said])
