"""Files that are written whole or not at all, read with one line of complaint, named by digests.

A file is written under another name beside its place and renamed when it is whole: readers see
all of it or nothing, whatever becomes of the process; two processes may write it at the same time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trichord.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

MEND = "make room, or choose another folder"
"""What a user does about a file that cannot be written, unless the writer knows better."""


@contextlib.contextmanager
def beside(path: str | Path, mend: str = MEND) -> Generator[Path]:
    """A name to write to, which takes the place of `path` where the block ends well.

    Args:
        path: where the file goes; its folder exists.
        mend: ends the complaint.

    Raises:
        InputError: the folder cannot be written or the disk is full; nothing is left behind.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path}: cannot be written ({reason}): {mend}") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def write_atomically(path: str | Path, content: bytes) -> None:
    """Writes bytes; see `beside` for what may go wrong."""
    with beside(path) as part:
        part.write_bytes(content)


def write_json(path: str | Path, value: object, indent: int | None = 2) -> None:
    """Writes JSON in ASCII, a newline at its end; what JSON does not know is written as text."""
    write_atomically(path, f"{json.dumps(value, indent=indent, default=str)}\n".encode())


def write_tensors(
    path: str | Path,
    tensors: Mapping[str, Tensor] | Mapping[str, NDArray[Any]],
    metadata: Mapping[str, str] | None = None,
    mend: str = MEND,
) -> None:
    """Writes a safetensors file.

    Args:
        path: where to; its folder exists.
        tensors: contiguous, all of torch or all of numpy.
        metadata: texts of the file's header.
        mend: as in `beside`.

    Raises:
        InputError: as in `beside`.
    """
    import numpy as np
    from safetensors import SafetensorError

    if all(isinstance(value, np.ndarray) for value in tensors.values()):
        from safetensors.numpy import save_file
    else:
        from safetensors.torch import save_file
    save: Any = save_file
    with beside(path, mend) as part:
        try:
            save(dict(tensors), part, None if metadata is None else dict(metadata))
        except SafetensorError as error:
            raise OSError(str(error)) from error


def write_arrays(
    path: str | Path, arrays: Mapping[str, NDArray[Any]], *, compressed: bool = True
) -> None:
    """Writes numpy arrays as one `.npz`; see `beside` for what may go wrong."""
    import numpy as np

    save = np.savez_compressed if compressed else np.savez
    with beside(path) as part, part.open("wb") as file:
        save(file, allow_pickle=False, **arrays)


def read_json(path: Path, mend: str) -> dict[str, Any]:
    """The object in a JSON file.

    Args:
        path: of the file.
        mend: ends the complaint.

    Raises:
        InputError: the file is missing, cannot be read, is no JSON, or holds no object.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; {mend}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); {mend}") from None
    except ValueError as error:
        raise InputError(f"{path}: not JSON, or cut short ({error}); {mend}") from None
    if not isinstance(value, dict):
        raise InputError(f"{path}: holds no JSON object; {mend}")
    return value


def file_sha256(path: Path) -> str:
    """Checksum of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def cache_folder(name: str) -> Path:
    """`trichord/NAME` in the user's cache; it need not be there.

    As the XDG base directory specification has it, a cache that is named by no absolute path counts
    as not named.
    """
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    base = named if named.is_absolute() else Path.home() / ".cache"
    return base / "trichord" / name


def key_of(*said: object) -> str:
    """Twelve hexadecimal digits that tell settings apart, for the names of what is cached."""
    text = json.dumps(said, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
