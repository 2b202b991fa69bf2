#!/usr/bin/env python
"""Django's command line. `platform/` is a source root, never a package: it is put in front of the path here."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command given on the command line."""
    root = Path(__file__).resolve().parent
    sys.path.insert(0, str(root / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
