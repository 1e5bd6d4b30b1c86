"""`python -m triage_tui.cli` is `triage`."""

import sys

from triage_tui.cli.main import main

sys.exit(main())
