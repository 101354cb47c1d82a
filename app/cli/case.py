"""`callback-desk case`: complaints and what is owed for them, each command in a module."""

from __future__ import annotations

from app.cli.frame import desk_group

case = desk_group(
    "case",
    {
        "list": "app.cli.case_list:list_",
        "show": "app.cli.case_show:show",
        "print": "app.cli.case_show:print_",
        "open": "app.cli.case_open:open_",
        "note": "app.cli.case_open:note",
        "change": "app.cli.case_open:change",
        "raise": "app.cli.case_open:raise_",
        "judge": "app.cli.case_open:judge",
        "hand-over": "app.cli.case_owner:hand_over",
        "accept": "app.cli.case_owner:accept",
        "decline": "app.cli.case_owner:decline",
        "take-over": "app.cli.case_owner:take_over",
        "escalate": "app.cli.case_owner:escalate",
        "deescalate": "app.cli.case_owner:deescalate",
        "pause": "app.cli.case_limit:pause",
        "resume": "app.cli.case_limit:resume",
        "start": "app.cli.case_limit:start",
        "meet": "app.cli.case_limit:meet",
        "stop": "app.cli.case_limit:stop",
        "resolve": "app.cli.case_end:resolve",
        "verdict": "app.cli.case_end:verdict",
        "review": "app.cli.case_end:review",
        "close": "app.cli.case_end:close",
        "reopen": "app.cli.case_end:reopen",
        "learning": "app.cli.case_learning:learning",
        "deadline": "app.cli.case_deadline:deadline",
    },
)
