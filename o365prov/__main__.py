"""``python -m o365prov``: the command."""

import sys

from o365prov.cli import main

if __name__ == "__main__":
    sys.exit(main())
