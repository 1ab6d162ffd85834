"""`trichord clip`: a wish in, ten seconds of sound out, to a file or to a player as it is made."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from trichord.audio.io import write_wav
from trichord.clip.options import ClipOptions, check_options
from trichord.clip.wav import limited, stream_wav
from trichord.clip.wish import conditions_of, source_of, vector_of
from trichord.errors import InputError
from trichord.files import write_atomically
from trichord.instrument.prompt import unknown_script
from trichord.instrument.provenance import request_of, wav_info
from trichord.instrument.store import to_json
from trichord.progress import Progress

if TYPE_CHECKING:
    from trichord.clip.models import ClipModels
    from trichord.lm.conditions import Conditions
    from trichord.lm.sampling import Sampling

Wave = NDArray[np.float32]

AT_ONCE = 12
"""Frames (of 40 ms) that are waited for before they are decoded."""


SILENT = 10.0 ** (-50.0 / 20.0)
"""A beginning whose peak stays below -50 dBFS is silent."""
MOST_TRIES = 6


@dataclass(frozen=True)
class ClipMade:
    """What was made, and how long it took."""

    path: Path | None
    """None where it was streamed."""
    seconds: float
    """Of sound."""
    first_audio: float
    """Seconds from the beginning of the work (models loaded) to the first samples."""
    whole: float
    """Seconds to the last ones."""
    seed: int
    warnings: tuple[str, ...]


def make_clip(
    options: ClipOptions,
    load: Callable[[], ClipModels],
    progress: Progress,
    stdout: BinaryIO | None = None,
) -> ClipMade:
    """Makes a clip and writes it whole with its provenance beside it, or streams it.

    Args:
        options: of the command.
        load: gives the models, once the options have been found good.
        progress: told of every stretch.
        stdout: where `--out -` goes.

    Raises:
        InputError: an option, the wish, a file, the weights or the place is wrong.
    """
    prompt = check_options(options)
    for path in (options.from_, options.from_code):
        if path is not None and not path.is_file():
            raise InputError(f"{path}: no such file: check the path")
    if options.to_stdout and stdout is not None and stdout.isatty():
        raise InputError("--out -: stdout is a terminal: pipe it into a player, as in | aplay")
    models = load()
    warning = unknown_script(prompt) if prompt else None
    if warning is not None:
        progress.note(f"note: {warning}")
    started = time.perf_counter()
    conditions = conditions_of(models, prompt, vector_of(options, models.space, progress))
    clip = _Clock(_waves(options, models, conditions, progress), started)
    path = _deliver(options, models, source_of(options, prompt), clip, stdout)
    return ClipMade(
        path,
        options.seconds,
        clip.first - started,
        time.perf_counter() - started,
        options.seed,
        () if warning is None else (warning,),
    )


def sampling_of(options: ClipOptions) -> Sampling:
    """How the tokens are drawn."""
    from trichord.lm.sampling import Sampling

    return Sampling(
        temperature=options.temperature,
        top_p=0.95,
        guidance=options.guidance,
        seed=options.seed,
    )


def waves_of(
    models: ClipModels, conditions: Conditions, sampling: Sampling, frames: int
) -> Iterator[Wave]:
    """A clip's waves `[T]`, each as soon as its frames are drawn; whole frames.

    A model that has drawn silence goes on with silence: a clip that begins so is drawn again, with
    the next key of the same seed, before anything of it is heard.
    """
    from trichord.codec.stream import decode_stream

    for key in range(MOST_TRIES):
        arriving = models.lm.stream(conditions, frames, sampling, seeds=[key], at_once=AT_ONCE)
        waves = decode_stream(models.codec, arriving, frames)
        first = next(waves).numpy()
        if float(np.abs(first).max()) > SILENT or key == MOST_TRIES - 1:
            yield limited(first)
            for wave in waves:
                yield limited(wave.numpy())
            return


class _Clock:
    """Waves, and when the first of them was there."""

    def __init__(self, waves: Iterator[Wave], started: float) -> None:
        self._waves, self.first = waves, started
        self._begun = False

    def __iter__(self) -> Iterator[Wave]:
        for wave in self._waves:
            if not self._begun:
                self.first, self._begun = time.perf_counter(), True
            yield wave


def _waves(
    options: ClipOptions, models: ClipModels, conditions: Conditions, progress: Progress
) -> Iterator[Wave]:
    """Exactly as many samples as were asked for."""
    codec = models.codec
    left = _samples(options, codec.sample_rate)
    frames = -(-left // codec.hop)
    if frames > models.lm.config.max_frames:
        longest = models.lm.config.max_frames / codec.frame_rate
        raise InputError(f"--seconds {options.seconds:g}: this model makes {longest:g} at most")
    task = progress.task("making the clip", frames)
    for wave in waves_of(models, conditions, sampling_of(options), frames):
        task.advance(len(wave) // codec.hop)
        yield wave[:left]
        left -= min(left, len(wave))


def _samples(options: ClipOptions, sample_rate: int) -> int:
    return round(options.seconds * sample_rate)


def _deliver(
    options: ClipOptions,
    models: ClipModels,
    source: dict[str, Any],
    clip: _Clock,
    stdout: BinaryIO | None,
) -> Path | None:
    rate = models.codec.sample_rate
    if options.to_stdout:
        assert stdout is not None
        stream_wav(stdout, clip, _samples(options, rate), rate)
        return None
    wave = np.concatenate(list(clip))
    path = Path(options.out)
    chosen = {name: getattr(options, name) for name in ("seconds", "seed")}
    models_told = {"hashes": dict(models.hashes), "sampling": asdict(sampling_of(options))}
    request = request_of(source, chosen, models_told)
    title = str(source.get("prompt") or path.stem)
    write_wav(path, wave, rate, info=wav_info(title, request, models.licences))
    record = {"request": request, "licences": dict(models.licences), "file": path.name}
    try:
        write_atomically(path.with_suffix(".json"), to_json(record))
    except InputError:
        path.unlink(missing_ok=True)
        raise
    return path
