"""sshd's settings for the desk's account."""

from __future__ import annotations

from typing import Final

from app.ssh.plan import Plan

Version = tuple[int, int]

PENALTIES_SINCE: Final[Version] = (9, 8)
"""From this OpenSSH on, sshd shuts out addresses from which logins failed (PerSourcePenalties)."""

STARTUPS: Final = "100:30:200"
"""Logins under way at once: with the default 10:30:100, 14 of 40 at the same moment are refused."""

CLIENT_ALIVE: Final = (10, 2)
"""Seconds between two questions to a silent client, and how many may stay unanswered.

A line that is gone is noticed after about half a minute, before the seat's lease of 45 s is over.
"""

FOR_EVERYBODY: Final = {"MaxStartups": STARTUPS}


def for_account(plan: Plan) -> dict[str, str]:
    """What sshd is told of the account, by keyword."""
    interval, count = CLIENT_ALIVE
    return {
        "AuthenticationMethods": "publickey",
        "PubkeyAuthentication": "yes",
        "AuthorizedKeysFile": "none",
        "AuthorizedKeysCommand": f"{plan.helper} %t %k",
        "AuthorizedKeysCommandUser": plan.account,
        "ExposeAuthInfo": "yes",
        "AcceptEnv": "LANG COLORTERM NO_COLOR",
        "PermitTTY": "yes",
        "PermitUserRC": "no",
        "DisableForwarding": "yes",
        "AllowTcpForwarding": "no",
        "AllowStreamLocalForwarding": "no",
        "AllowAgentForwarding": "no",
        "X11Forwarding": "no",
        "PermitTunnel": "no",
        "GatewayPorts": "no",
        "PasswordAuthentication": "no",
        "KbdInteractiveAuthentication": "no",
        "MaxSessions": "2",
        "ClientAliveInterval": str(interval),
        "ClientAliveCountMax": str(count),
    }


def snippet_text(plan: Plan, version: Version) -> str:
    """The file for `sshd_config.d`.

    Args:
        plan: where everything lies.
        version: of OpenSSH.
    """
    lines = [
        "# callback-desk ssh setup wrote this; it writes it again when it is run again.",
        "# Many people log in at the same minute in the morning.",
        *(f"{name} {value}" for name, value in FOR_EVERYBODY.items()),
        *_penalties(plan, version),
        "",
        f"Match User {plan.account}",
        *(f"    {name} {value}" for name, value in for_account(plan).items()),
    ]
    return "\n".join(lines) + "\n"


def _penalties(plan: Plan, version: Version) -> list[str]:
    offices = ",".join(plan.offices)
    if version >= PENALTIES_SINCE and offices:
        return [
            "# One wrong key in an office must not shut its other people out.",
            f"PerSourcePenaltyExemptList {offices}",
        ]
    return [
        "# OpenSSH 9.8 and later shuts an address out after failed logins; exempt the office:",
        f"# PerSourcePenaltyExemptList {offices or '203.0.113.0/24'}",
    ]
