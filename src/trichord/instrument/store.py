"""The output folder: what may be written there, and what a stopped run has left to go on from.

Raw notes wait in a hidden work folder until the instrument is complete, beside the request that
they were played for. A command that finds its own request goes on; any other is refused.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from trichord.errors import InputError
from trichord.files import file_sha256, write_atomically
from trichord.instrument.plan import Zone

WORK = ".trichord"
RECORD = "instrument.json"
SAMPLES = "samples"


class Store:
    """One output folder during one run."""

    def __init__(self, out: Path, request: Mapping[str, Any]) -> None:
        self.out = out
        self.request = dict(request)
        self._work = out / WORK

    # -- before the work --------------------------------------------------------------------------

    def open(self, *, force: bool) -> bool:
        """Prepares the folder; true where the instrument of this very request is already complete.

        Raises:
            InputError: the folder holds something else and `force` is not given, or it cannot be
                written.
        """
        if self.out.exists() and not self.out.is_dir():
            raise InputError(f"--out {self.out}: is a file: name a folder")
        record = read_record(self.out)
        complete = record is not None and record.get("request") == self.request
        if complete and self._files_are_intact(record or {}):
            self.close()
            return True
        if not self._is_ours_or_empty(complete):
            if not force:
                raise InputError(
                    f"--out {self.out}: holds other files: name an empty folder, or add --force"
                )
            self._clear(record)
        self._begin()
        return False

    def _is_ours_or_empty(self, complete: bool) -> bool:
        """Whether the folder holds nothing, or an unfinished run of this request."""
        if not self._holds_files():
            return True
        if _read_json(self._work / "request.json") == self.request:
            return True
        # Complete once, and now some of its samples are gone: those are simply made again; samples
        # that somebody has edited are not touched.
        record = read_record(self.out)
        return complete and record is not None and not self._edited(record)

    def _holds_files(self) -> bool:
        """Whether anything stands there but what a run leaves that is killed as it begins."""
        return any(
            path.is_file() and not path.name.endswith(".part") for path in self.out.rglob("*")
        )

    def _edited(self, record: Mapping[str, Any]) -> bool:
        files: dict[str, str] = record.get("files", {})
        return any(
            (self.out / name).exists() and file_sha256(self.out / name) != digest
            for name, digest in files.items()
        )

    def _files_are_intact(self, record: Mapping[str, Any]) -> bool:
        files: dict[str, str] = record.get("files", {})
        return bool(files) and all(
            (self.out / name).is_file() and file_sha256(self.out / name) == digest
            for name, digest in files.items()
        )

    def _clear(self, record: Mapping[str, Any] | None) -> None:
        """Removes what an earlier run of ours has left here; other files stay."""
        shutil.rmtree(self._work, ignore_errors=True)
        for name in (record or {}).get("files", {}):
            path = (self.out / name).resolve()
            if path.is_relative_to(self.out.resolve()):
                path.unlink(missing_ok=True)
        (self.out / RECORD).unlink(missing_ok=True)

    def _begin(self) -> None:
        try:
            (self._work / "raw").mkdir(parents=True, exist_ok=True)
            (self.out / SAMPLES).mkdir(exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(
                f"--out {self.out}: cannot be written ({reason}): name another folder"
            ) from None
        try:
            write_atomically(self._work / "request.json", to_json(self.request))
        except InputError:
            self.abandon_if_empty()
            raise

    # -- during the work --------------------------------------------------------------------------

    def has(self, zone: Zone) -> bool:
        """Whether the raw note of a zone is there."""
        return self._raw(zone).is_file()

    def put(self, zone: Zone, wave: NDArray[np.float32], sample_rate: int) -> None:
        """Keeps a raw note, exactly."""
        buffer = io.BytesIO()
        soundfile.write(buffer, wave, sample_rate, format="WAV", subtype="FLOAT")
        write_atomically(self._raw(zone), buffer.getvalue())

    def get(self, zone: Zone) -> NDArray[np.float32]:
        """A raw note `[T]`, bit by bit as it was put."""
        wave, _ = soundfile.read(self._raw(zone), dtype="float32")
        return np.asarray(wave, dtype=np.float32)

    def _raw(self, zone: Zone) -> Path:
        return self._work / "raw" / f"{zone.name}.wav"

    # -- after the work ---------------------------------------------------------------------------

    def close(self) -> None:
        """Removes the work folder and what a killed write has left; the instrument is complete."""
        for part in (*self.out.glob(".*.part"), *(self.out / SAMPLES).glob(".*.part")):
            part.unlink(missing_ok=True)
        shutil.rmtree(self._work, ignore_errors=True)

    def abandon_if_empty(self) -> None:
        """Leaves no empty folders behind a run that failed before its first note."""
        if any((self._work / "raw").glob("*.wav")):
            return
        shutil.rmtree(self._work, ignore_errors=True)
        for folder in (self.out / SAMPLES, self.out):
            with contextlib.suppress(OSError):
                folder.rmdir()


def read_record(folder: Path) -> dict[str, Any] | None:
    """The instrument.json of a folder, or None where there is none that can be read."""
    return _read_json(folder / RECORD)


def to_json(value: Mapping[str, Any]) -> bytes:
    """Readable JSON with a fixed layout: the same value gives the same bytes."""
    return (json.dumps(value, indent=2, ensure_ascii=False, sort_keys=False) + "\n").encode()


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None
