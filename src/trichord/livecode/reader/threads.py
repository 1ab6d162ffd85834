"""The language's words for loops, threads, time, cues and stored values."""

from __future__ import annotations

from collections.abc import Callable

from trichord.livecode.reader.piece import Ended, Left, Waiting
from trichord.livecode.reader.values import LONGEST, UNKNOWN, Ring, Value, as_list, count, number
from trichord.livecode.reader.voice import Block, Function, Given, Voice


def _sleep(voice: Voice, given: Given) -> Value:
    voice.sleep(max(number(given.value(0), 1.0), 0.0))


def _loop(voice: Voice, given: Given) -> Value:
    return _forever(voice, given.block)


def _forever(voice: Voice, block: Block | None, name: str = "", start: Value = None) -> Value:
    """Follows a block again and again; one in which no time passes ends its thread."""
    if block is None:
        return None
    try:
        while True:
            before, waits = voice.time, voice.waits
            if name:
                voice.piece.cue(name, voice.moment)
            start = block(voice, start) if block.parameters else block(voice)
            # To wait for a cue that is there already takes no time, and is no fault.
            if voice.time <= before and voice.waits == waits:
                raise Ended
    except Left as left:
        if left.level != "break":
            raise
        return left.value


def _live_loop(voice: Voice, given: Given) -> Value:
    name, block = str(given.value(0, "loop")), given.block
    if name in voice.piece.named:
        return None
    voice.piece.named.add(name)
    start = given.options.get("init", given.value(1))
    _start(voice, given, lambda inner: _forever(inner, block, name, start), name)


def _in_thread(voice: Voice, given: Given) -> Value:
    block, name = given.block, given.options.get("name")
    if block is None or (isinstance(name, str) and name in voice.piece.named):
        return None
    if isinstance(name, str):
        voice.piece.named.add(name)
    _start(voice, given, block, "")


def _start(voice: Voice, given: Given, work: Callable[[Voice], object], name: str) -> None:
    """A thread that waits for its turn to be read; `delay:` and `sync:` hold it back."""
    inner, options = voice.child(), given.options
    awaited = options.get("sync", options.get("sync_bpm"))
    block = given.block
    awaits = set(block.awaits if block else ()) | ({awaited} if isinstance(awaited, str) else set())
    cues = set(block.cues if block else ()) | ({name} if name else set())
    if isinstance(options.get("seed"), int | float):
        inner.chance.seed = number(options["seed"], 0)

    def follow(thread: Voice) -> None:
        thread.sleep(number(options.get("delay"), 0.0))
        if isinstance(awaited, str):
            _await(thread, awaited)
        work(thread)

    voice.piece.waiting.append(Waiting(inner, follow, frozenset(awaits), frozenset(cues)))


def _await(voice: Voice, name: str) -> None:
    found = voice.piece.next_cue(name, max(voice.moment, voice.synced.get(name, voice.moment)))
    if found is None:
        raise Ended
    voice.time = max(found[0], voice.time)
    voice.synced[name] = found
    voice.waits += 1


def _cue(voice: Voice, given: Given) -> Value:
    voice.piece.cue(str(given.value(0)).lstrip("/"), voice.moment)


def _sync(voice: Voice, given: Given) -> Value:
    _await(voice, str(given.value(0)).lstrip("/"))


def _set(voice: Voice, given: Given) -> Value:
    voice.piece.store(str(given.value(0)), voice.time, given.value(1))


def _get(voice: Voice, given: Given) -> Value:
    found = voice.piece.recall(str(given.value(0)), voice.time) if given.values else UNKNOWN
    return given.value(1, UNKNOWN) if found is UNKNOWN else found


def _stop(_voice: Voice, _given: Given) -> Value:
    raise Ended


def _define(voice: Voice, given: Given) -> Value:
    if given.block is not None:
        voice.piece.functions[str(given.value(0))] = given.block


def _at(voice: Voice, given: Given) -> Value:
    block = given.block
    times = as_list(given.value(0, 0))[:256]
    handed = Ring(as_list(given.value(1)) or times)
    for index, time in enumerate(times):
        if block is None:
            break
        inner, delay = voice.child(), number(time, 0.0)
        values: list[Value] = [handed[index % len(handed)]]
        if len(block.parameters) > 1:
            values = [time, *(values if len(given.values) > 1 else []), index]

        def follow(thread: Voice, delay: float = delay, values: list[Value] = values) -> None:
            thread.sleep(delay)
            block(thread, *values)

        voice.piece.waiting.append(Waiting(inner, follow, block.awaits, block.cues))
    return None


def _time_warp(voice: Voice, given: Given) -> Value:
    block, begun = given.block, voice.time
    times = as_list(given.value(0, 0))[:256]
    handed = Ring(as_list(given.value(1)) or times)
    for index, time in enumerate(times):
        voice.time = max(begun + number(time, 0.0) * voice.beat, 0.0)
        if block is not None:
            block(voice, handed[index % len(handed)], index)
    voice.time = begun


def _swing(voice: Voice, given: Given) -> Value:
    shift = number(given.value(0, given.options.get("shift")), 0.1)
    pulse = int(number(given.value(1, given.options.get("pulse")), 4)) or 4
    at = voice.tick(str(given.options.get("tick", "swing")))
    begun = voice.time
    if (at + int(number(given.options.get("offset"), 0))) % pulse == 0:
        voice.time = max(begun + shift * voice.beat, 0.0)
    if given.block is not None:
        given.block(voice)
    # As in `time_warp`, the shift is over with the block.
    voice.time = begun


def _density(voice: Voice, given: Given) -> Value:
    factor, block = min(max(number(given.value(0), 1.0), 1e-2), 1e3), given.block
    before, voice.bpm = voice.bpm, voice.bpm * factor
    try:
        for index in range(max(int(factor), 1)):
            if block is not None:
                block(voice, index)
    finally:
        voice.bpm = before


def _tick(voice: Voice, given: Given) -> Value:
    name = next((each for each in given.values if isinstance(each, str)), "")
    return voice.tick(name, int(number(given.options.get("step"), 1)))


def _look(voice: Voice, given: Given) -> Value:
    return voice.look(next((each for each in given.values if isinstance(each, str)), ""))


def _tick_set(voice: Voice, given: Given) -> Value:
    name = given.value(0) if len(given.values) > 1 else ""
    voice.ticks[str(name)] = int(number(given.values[-1], 0)) if given.values else 0


def _tick_reset(voice: Voice, given: Given) -> Value:
    voice.ticks.pop(str(given.value(0, "")), None)


def _tick_reset_all(voice: Voice, _: Given) -> Value:
    voice.ticks.clear()


def _skip(_voice: Voice, _given: Given) -> Value:
    return None


def _follow(voice: Voice, given: Given) -> Value:
    return given.block(voice) if given.block is not None else None


def _lambda(_: Voice, given: Given) -> Value:
    return given.block


def _list(_: Voice, given: Given) -> Value:
    return as_list(given.value(0))[: count(LONGEST)]


THREADS: dict[str, Function] = {
    "sleep": _sleep, "wait": _sleep, "loop": _loop, "live_loop": _live_loop,
    "in_thread": _in_thread, "cue": _cue, "sync": _sync, "sync_bpm": _sync, "set": _set,
    "get": _get, "stop": _stop, "define": _define, "defonce": _follow, "at": _at,
    "time_warp": _time_warp, "with_swing": _swing, "density": _density, "tick": _tick,
    "look": _look, "tick_set": _tick_set, "tick_reset": _tick_reset,
    "tick_reset_all": _tick_reset_all, "uncomment": _follow, "comment": _skip,
    "lambda": _lambda, "proc": _lambda, "Array": _list, "block_given?": _skip,
    "puts": _skip, "print": _skip, "use_debug": _skip, "use_timing_guarantees": _skip,
    "load_sample": _skip, "load_samples": _skip, "use_cue_logging": _skip,
}  # fmt: skip
"""By their words."""
