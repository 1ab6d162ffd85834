"""A picture and a short sound of an SFZ instrument, as a real player renders it.

The README's own were made by
    .venv/bin/trichord make "warm felt piano" --out build/demo/piano
    .venv/bin/python scripts/show_instrument.py build/demo/piano/*.sfz --name warm-felt-piano
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import tyro
from numpy.typing import NDArray

from trichord.audio.notes import note_name
from trichord.instrument.player import SfizzPlayer, open_player

KEYS = (28, 40, 52, 64, 76, 88)
VELOCITIES = (30, 75, 120)
PHRASE = ((48, 0.0), (55, 0.3), (60, 0.6), (64, 0.9), (67, 1.2), (72, 1.5), (76, 1.8), (84, 2.1))
"""Key and onset in seconds: a chord laid out over three octaves, once soft and once hard."""


@dataclass(frozen=True)
class ShowOptions:
    """Draws the spectrograms of an instrument's keys and layers, and plays a phrase on it."""

    sfz: tyro.conf.Positional[Path]
    """The instrument."""
    name: str
    """Of the two files."""
    docs: Path = Path("docs")
    """The picture goes to `img/` in it, the sound to `sounds/`."""


def draw(player: SfizzPlayer, target: Path) -> None:
    """Keys from left to right, velocities from soft (bottom) to hard (top)."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    faint = np.float32(1e-7) * np.random.default_rng(0).standard_normal(2 * player.sample_rate)
    rows, columns = len(VELOCITIES), len(KEYS)
    figure, axes = plt.subplots(rows, columns, figsize=(12, 6), sharex=True, sharey=True)
    for row, velocity in enumerate(reversed(VELOCITIES)):
        for column, key in enumerate(KEYS):
            wave = player.play(key, velocity, held=1.5, seconds=2.0) + faint
            axis = axes[row, column]
            axis.specgram(
                wave, NFFT=2048, noverlap=1792, Fs=player.sample_rate, vmin=-130, vmax=-40
            )
            axis.set_ylim(30, 12000)
            axis.set_yscale("symlog", linthresh=500)
            axis.set_yticks([100, 500, 2000, 8000], ["100", "500", "2 k", "8 k"])
            if row == 0:
                axis.set_title(note_name(key))
            if column == 0:
                axis.set_ylabel(f"velocity {velocity}\nHz")
            if row == rows - 1:
                axis.set_xlabel("s")
    figure.tight_layout()
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, dpi=80)


def phrase(player: SfizzPlayer) -> NDArray[np.float32]:
    """The phrase at a soft and at a hard velocity, peak at -3 dBFS."""
    rate, length = player.sample_rate, 5.0
    out = np.zeros(int(2 * length * rate), np.float32)
    for turn, velocity in enumerate((40, 110)):
        for key, onset in PHRASE:
            held = length - 1.0 - onset
            wave = player.play(key, velocity, held, held + 1.0)
            start = int((turn * length + onset) * rate)
            out[start : start + len(wave)] += wave[: len(out) - start]
    return out * np.float32(0.7 / max(1e-9, float(np.abs(out).max())))


def main() -> None:
    """Writes both files."""
    options = tyro.cli(ShowOptions)
    with open_player(options.sfz) as player:
        draw(player, options.docs / "img" / f"{options.name}.png")
        sound = options.docs / "sounds" / f"{options.name}.mp3"
        sound.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(sound, phrase(player), player.sample_rate)


if __name__ == "__main__":
    main()
