"""The helper that sshd asks whether a key that a client offers is somebody's."""

from __future__ import annotations

import shlex

from app.ssh.plan import Plan


def helper_text(plan: Plan) -> str:
    """The helper's text, a POSIX shell script.

    sshd hands over type and base64 of the key. They come from the client, so they go on as one
    argument and are never looked at by the shell.
    """
    python = shlex.join(plan.python)
    settings = shlex.quote(str(plan.settings))
    return (
        "#!/bin/sh\n"
        "# callback-desk ssh setup wrote this. sshd runs it twice a login, as the desk's account.\n"
        "exec /usr/bin/env -i LANG=C.UTF-8 PATH=/usr/bin:/bin \\\n"
        f"    {python} -m app.ssh.for_sshd \\\n"
        f'    --settings {settings} --key "$1 $2"\n'
    )
