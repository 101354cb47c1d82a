"""`callback-desk case`: complaints and what is owed for them, each command in a module."""

from __future__ import annotations

from app.cli.frame import desk_group

case = desk_group(
    "case",
    {
        "deadline": "app.cli.case_deadline:deadline",
    },
)
