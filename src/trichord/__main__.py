"""`python -m trichord` is `trichord`."""

from __future__ import annotations

import sys

from trichord.cli import main

sys.exit(main())
