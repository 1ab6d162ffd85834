"""Past a million vectors: a LanceDB table beside the index, searched approximately.

LanceDB is an extra (`pip install 'trichord[index]'`): its wheel is 75 MB. It keeps the vectors on
disk under an inverted file with product quantisation; what it finds is scored again exactly.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trichord.errors import MissingProgramError

if TYPE_CHECKING:
    from trichord.choose.index.matrices import Matrices
    from trichord.choose.index.search import Shortlist

MOST_EXACT = 1_000_000
"""Vectors up to which the exact search takes a fraction of a second."""

TABLE = "vectors"
_ROWS_AT_ONCE = 100_000
_LEAST_FOR_QUANTISATION = 100_000
"""Vectors below which LanceDB itself searches flat."""
_PROBES, _REFINE = 64, 10


def installed() -> bool:
    """Whether LanceDB can be imported."""
    return importlib.util.find_spec("lancedb") is not None


def lance_shortlist(folder: Path, matrices: Matrices, name: str) -> Shortlist:
    """A shortlist by LanceDB; its table is made when these matrices have none yet.

    Args:
        folder: where its tables lie.
        matrices: of the index.
        name: of the matrices; a table of others is replaced.

    Raises:
        MissingProgramError: LanceDB is not installed.
    """
    if not installed():
        raise MissingProgramError("LanceDB is not installed: pip install 'trichord[index]'")
    # It warns of every table that it is asked to make.
    os.environ.setdefault("LANCEDB_LOG", "error")
    import lancedb

    place = folder / name
    if not (place / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        _build(lancedb.connect(place), matrices)
        (place / "complete").touch()
    table: Any = lancedb.connect(place).open_table(TABLE)

    def shortlist(vector: NDArray[np.float32], count: int) -> NDArray[np.int64]:
        query = table.search(vector).distance_type("dot").limit(count).select(["row", "_distance"])
        if len(matrices) >= _LEAST_FOR_QUANTISATION:
            query = query.nprobes(_PROBES).refine_factor(_REFINE)
        return np.asarray(query.to_arrow()["row"].to_numpy(), np.int64)

    return shortlist


def _build(database: Any, matrices: Matrices) -> None:
    import pyarrow as pa

    dim = matrices.vectors.shape[1]
    schema = pa.schema([("row", pa.int64()), ("vector", pa.list_(pa.float32(), dim))])

    def batches() -> Any:
        for start in range(0, len(matrices), _ROWS_AT_ONCE):
            part = np.ascontiguousarray(matrices.vectors[start : start + _ROWS_AT_ONCE])
            rows = pa.array(np.arange(start, start + len(part)))
            flat = pa.array(part.reshape(-1))
            vectors = pa.FixedSizeListArray.from_arrays(flat, dim)
            yield pa.RecordBatch.from_arrays([rows, vectors], schema=schema)

    table = database.create_table(TABLE, batches(), schema=schema, mode="overwrite")
    if len(matrices) >= _LEAST_FOR_QUANTISATION:
        table.create_index(metric="dot", vector_column_name="vector", index_type="IVF_PQ")
