"""One thread per test process: the suite runs in parallel and on small machines."""

from __future__ import annotations

import os

from hypothesis import settings

# Read by OpenMP and by the mathematics libraries when torch or numpy is first imported, and
# inherited by the commands that tests start.
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["HF_HUB_OFFLINE"] = "1"

# A busy machine is no failure, and a suite that must pass draws the same examples each time.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")
