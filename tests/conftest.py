"""One thread per test process: the suite runs in parallel and on small machines."""

from __future__ import annotations

import os

# Read by OpenMP and by the mathematics libraries when torch or numpy is first imported, and
# inherited by the commands that tests start.
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["HF_HUB_OFFLINE"] = "1"
