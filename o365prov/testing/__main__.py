"""``python -m o365prov.testing``: a fake tenant on loopback."""

from __future__ import annotations

import sys

from o365prov.testing.server import main

sys.exit(main())
