"""Commands that make music with a model."""

import argparse
import signal
import threading
from pathlib import Path

from src.cli.call import Call, Result
from src.core.errors import InvalidInputError

LOOK_EVERY_S = 1.0


def add_options(made: argparse.ArgumentParser) -> None:
    """Add the options of ``dream``."""
    made.add_argument("text", metavar="TEXT", help="genre, mood, instruments")
    made.add_argument("--duration", type=float, default=60.0, metavar="S", help="10 to 600")
    made.add_argument("--lyrics", default="", help="words to be sung, or @FILE")
    made.add_argument("--style", default="", help="joined to the text")
    made.add_argument("--bpm", type=float)
    made.add_argument("--key", help='"Am", "8A"')
    made.add_argument("--time-signature", type=int, choices=(2, 3, 4, 6))
    made.add_argument("--language", default="unknown", help="of the lyrics: en, de, ...")
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--variants", type=int, default=1)
    made.add_argument("--task", default="text2music")
    made.add_argument("--source", metavar="FILE", help="what the task listens to")
    made.add_argument("--reference", metavar="FILE", help="whose timbre it takes")
    made.add_argument("--window", nargs=2, type=float, metavar=("FROM", "TO"), help="of repaint, s")
    made.add_argument("--tracks", default="", metavar="NAMES", help="of lego, extract, complete")
    made.add_argument("--cover-strength", type=float, default=1.0)
    made.add_argument("--format", choices=("wav", "flac", "mp3"), default="wav")


def dream(call: Call) -> Result:
    """Make music of words in this process."""
    from uuid import uuid4

    from src.generation.request import MusicRequest
    from src.services.generator import DreamOrder

    options, service = call.options, call.services.generator
    request = MusicRequest(
        prompt=options.text, lyrics=_text(options.lyrics), style=options.style,
        duration_s=options.duration, tempo_bpm=options.bpm, key=options.key,
        time_signature=options.time_signature, language=options.language, seed=options.seed,
        variants=options.variants, task=options.task,
        window_s=None if options.window is None else tuple(options.window),
        track_names=tuple(part.strip() for part in options.tracks.split(",") if part.strip()),
        cover_strength=options.cover_strength,
    )  # fmt: skip
    kept = {
        name: None if path is None else service.heard.keep(Path(path).read_bytes(), field=name)
        for name, path in (("source", options.source), ("reference", options.reference))
    }
    order = DreamOrder(request, str(uuid4()), options.format, **kept)
    answer = service.run(order.params(), call.progress)
    folder = call.services.settings.output_path
    lines = []
    for one in answer["variants"]:
        lines += [f"warning: {warning}" for warning in one["measured"]["warnings"]]
        lines.append(str(folder / one["file"]))
    lines += [f"refused: {one['detail']}" for one in answer["refused"]]
    return Result(answer, "\n".join(lines))


def gpu_worker(call: Call) -> Result:
    """Make the music that others ask for, until it is stopped."""
    from src.workers.gpu import GpuPresence, GpuRunner

    services, stopping = call.services, threading.Event()
    if services.settings.redis_url is not None:
        raise InvalidInputError(
            "with REDIS_URL the worker is 'celery -A src.workers.celery_app worker -Q gpu"
            " --concurrency=1'"
        )
    runner = GpuRunner()
    services.carry_jobs_by(runner)
    presence = GpuPresence(services.generator)
    presence.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    runner.start(services.jobs, lock_file=services.settings.processed_path / "jobs.lock")
    while not stopping.wait(LOOK_EVERY_S):
        runner.look()
    presence.stop()
    runner.stop()
    return Result({"stopped": True}, "")


def _text(words: str) -> str:
    """Return the words, or what stands in the file that ``@FILE`` names."""
    if not words.startswith("@"):
        return words
    try:
        return Path(words[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"lyrics can't be read from {words[1:]!r}: {error}") from error
