"""What sshd's helper runs, twice a login: the line of the key that a client offers.

It is `ssh authorized-keys --settings … --key …` without the command line around it, which would
take longer than all the rest.
"""

from __future__ import annotations

import sys
from pathlib import Path

from app.settings import read_settings
from app.ssh.way import named_database, way_by
from db.key_lines import key_lines
from domain.errors import DeskError


def main() -> int:
    """Print the line; an exit code of 1 says on stderr why there can't be one."""
    match sys.argv[1:]:
        case ["--settings", settings, "--key", offered]:
            try:
                url, file = named_database(read_settings(Path(settings)))
                for line in key_lines(url, way_by(file), offered):
                    sys.stdout.write(f"{line}\n")
            except DeskError as error:
                sys.stderr.write(f"{error}\n")
                return 1
            return 0
    return 2


if __name__ == "__main__":
    sys.exit(main())
