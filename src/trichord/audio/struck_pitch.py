"""Pitch of bars and tubes that are struck: their partials are no multiples of anything.

A bar free at both ends swings at frequencies in proportion to about 3², 5², 7², 9²…, so at
1 : 2.76 : 5.40 : 8.93 (Fletcher and Rossing, The Physics of Musical Instruments, 1998, chapter 19).
A glockenspiel's pitch is its lowest one. Of a tubular bell one hears an octave below the fourth,
though nothing sounds there: modes 4, 5 and 6 stand nearly at 2 : 3 : 4 of that (chapter 21).
(Marimbas and vibraphones are cut to 1 : 4 : 10 and fit a harmonic series.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trichord.audio.octaves import HIGHEST_HZ, LOWEST_HZ, Floats
from trichord.audio.partials import Peaks

_TRIED_PEAKS = 12
_WIDTH_CENTS = 30.0
_FOUND = 0.1
_LEAST_FOUND = 3
_BELOW_LOWEST = 0.25


@dataclass(frozen=True)
class _Body:
    """How a kind of body sounds."""

    ratios: Floats
    """Its partials over its pitch, low to high."""
    anchor: int
    """Index of the partial that carries the pitch."""
    least: float
    """How loud that one is at least, against the loudest of all."""


_BODIES = (
    _Body(np.array([1.0, 2.756, 5.404, 8.933, 13.34]), anchor=0, least=0.5),
    _Body(np.array([25.0, 49.0, 81.0, 121.0, 169.0, 225.0, 289.0]) / 40.5, anchor=2, least=0.3),
)


def struck_pitch(peaks: Peaks) -> tuple[float, float]:
    """Pitch in Hz of the bar or tube that explains the peaks best, and how well (0..1).

    Both are 0 where no such body has three of its partials among the peaks.
    """
    return max((_best(body, peaks) for body in _BODIES), key=lambda found: found[1])


def _best(body: _Body, peaks: Peaks) -> tuple[float, float]:
    """Pitch and score for one kind of body."""
    tried = np.unique((peaks.hz[:_TRIED_PEAKS, None] / body.ratios).ravel())
    tried = tried[(tried >= LOWEST_HZ) & (tried <= HIGHEST_HZ)]
    if tried.size == 0:
        return 0.0, 0.0
    level = peaks.amplitude / peaks.amplitude.max()
    weight = np.sqrt(level)
    places = tried[:, None, None] * body.ratios  # [candidates, 1, partials]
    cents = 1200.0 * np.log2(peaks.hz[:, None] / places)
    near = np.exp(-0.5 * (cents / _WIDTH_CENTS) ** 2)  # [candidates, peaks, partials]
    explained = (near.max(axis=2) * weight).sum(axis=1) / weight.sum()
    present = (near * weight[:, None]).max(axis=1)
    filled = _filled(present, places[:, 0], float(peaks.hz.max()), body)
    below = (weight * (peaks.hz < 0.9 * places[:, 0, :1])).sum(axis=1) / weight.sum()
    score = 0.5 * explained + 0.5 * filled - _BELOW_LOWEST * below
    carried = (near[:, :, body.anchor] * level).max(axis=1)
    possible = ((present > _FOUND).sum(axis=1) >= _LEAST_FOUND) & (carried > body.least)
    score = np.where(possible, score, 0.0)
    best = int(np.argmax(score))
    if score[best] <= 0.0:
        return 0.0, 0.0
    # Real bodies stray from the law: the pitch is that of the partial which carries it.
    anchor = int(np.argmax(near[best, :, body.anchor] * level))
    return float(peaks.hz[anchor] / body.ratios[body.anchor]), float(score[best])


def _filled(present: Floats, places: Floats, highest: float, body: _Body) -> Floats:
    """Share of a body's partials that are there, low ones counting more. `[candidates]`."""
    fade = 1.0 / np.sqrt(np.arange(1, body.ratios.size + 1))
    fade = np.where(places <= 1.05 * highest, fade, 0.0)
    return (fade * np.sqrt(present)).sum(axis=1) / np.maximum(fade.sum(axis=1), 1e-9)
