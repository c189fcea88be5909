"""Changing the embedder of a library while clients search it through the API.

    python -m benchmarks.reembed [--stems 10000] [--clients 20] [--json FILE]

A library of made sounds with vectors of a made embedder is served on loopback; the clients,
in a process of their own, search without a pause. The offline embedder hears every sound
anew in a job that is cancelled once a third is done, started again, and goes on to the end.
It must show: no failed request; no mixed result (every similarity in every answer is
the cosine of the vectors of the one model that the answer names); nothing made twice.
"""

import argparse
import hashlib
import http.client
import json
import multiprocessing
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import uvicorn
from sqlalchemy import select

from src.audio.basics.validation import Audio
from src.core.config import Settings
from src.db.models import Embedding, Stem
from src.embeddings.acoustic import AcousticEmbedder
from src.embeddings.protocol import Vectors
from src.main import create_app
from src.music.theory.library import CATEGORIES
from src.services.retrieval.embedding_models import EmbeddingModels
from src.storage.encode import write_wav
from src.wiring import Services

PROMPTS = ("dark kick", "bright hi-hat", "warm pad", "deep bass", "noisy percussion")
RATE = 48_000
CANCEL_AT = 0.33


class MadeEmbedder:
    """A space in which nothing means anything; stands for the embedder that was there before."""

    model_id = "made-before"
    dimension = 64

    def embed_audio(self, clips: Sequence[Audio]) -> Vectors:
        """A direction per sound, drawn by its digest."""
        return self._drawn([clip.tobytes() for clip in clips])

    def embed_text(self, texts: Sequence[str]) -> Vectors:
        """A direction per text, drawn by its digest."""
        return self._drawn([text.encode() for text in texts])

    def _drawn(self, data: Sequence[bytes]) -> Vectors:
        seeds = [int.from_bytes(hashlib.blake2b(one, digest_size=8).digest()) for one in data]
        rows = [np.random.default_rng(seed).standard_normal(self.dimension) for seed in seeds]
        found = np.array(rows, dtype=np.float32).reshape(-1, self.dimension)
        return found / np.linalg.norm(found, axis=1, keepdims=True)


class BothServices(Services):
    """The engine's services, where the embedder of before is there too."""

    @cached_property
    def models(self) -> EmbeddingModels:
        """The offline embedder is wanted, the made one is known."""
        return EmbeddingModels(self.database, self.settings, self.embedder, others=[MadeEmbedder()])


@dataclass
class Told:
    """What the clients saw. answers: (prompt, embedder, [(stem, similarity)])"""

    failed: list[str] = field(default_factory=list)
    answers: list[tuple[str, str, list[tuple[str, float]]]] = field(default_factory=list)
    spent_ms: list[float] = field(default_factory=list)


def main() -> None:
    """Read arguments, run, print what happened."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stems", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(TRAUM_HOME=Path(home), embedder="acoustic")
        services = BothServices(settings)
        print(f"making a library of {arguments.stems} sounds ...", flush=True)
        make_library(services, arguments.stems)
        result = measure(services, arguments.clients)
    for name, value in result.items():
        print(f"{name:34}{value}")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def make_library(services: Services, count: int) -> None:
    """Short sounds as standardised copies, with rows and vectors of the made embedder."""
    folder, made = services.settings.stems_path, MadeEmbedder()
    folder.mkdir(parents=True)
    for start in range(0, count, 500):
        with services.database.transaction() as session:
            for number in range(start, min(start + 500, count)):
                audio = _sound(number)
                name = hashlib.sha256(str(number).encode()).hexdigest()[:16]
                write_wav(folder / f"{name}.wav", audio, sample_rate=RATE)
                stem = Stem(
                    id=name, path=f"stems/{name}.wav", original_file=f"made/{number}.wav",
                    name=f"sound {number}", content_hash=name, duration_s=audio.shape[1] / RATE,
                    channels=1, original_sample_rate=RATE, is_loop=False,
                    category=CATEGORIES[number % len(CATEGORIES)], tags={}, features={},
                    analysis={}, analysis_version="made",
                )  # fmt: skip
                raw = made.embed_audio([audio])[0].astype("<f4").tobytes()
                stem.embeddings = [Embedding(model_id=made.model_id, vector=raw)]
                session.add(stem)


def _sound(number: int) -> Audio:
    """A short decaying tone with noise, another one for each number."""
    rng = np.random.default_rng(number)
    moments = np.arange(round(RATE * rng.uniform(0.08, 0.2))) / RATE
    tone = np.sin(2 * np.pi * rng.uniform(40, 4_000) * moments)
    noise = rng.standard_normal(moments.size) * rng.uniform(0, 1)
    decayed = (tone + noise) * np.exp(-moments * rng.uniform(5, 60))
    return (0.5 * decayed / np.abs(decayed).max())[np.newaxis].astype(np.float32)


def measure(services: BothServices, clients: int) -> dict[str, Any]:
    """Serve, search, re-embed with a cancel between, and check every answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_app(services.settings, build=lambda _: services)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    serving = threading.Thread(target=server.run)
    serving.start()
    while not server.started:
        time.sleep(0.05)
    context = multiprocessing.get_context("spawn")
    stop, reported = context.Event(), context.Queue()
    searching = context.Process(target=_clients, args=(port, clients, stop, reported))
    searching.start()
    try:
        result = _reembed_twice(port)
        time.sleep(2.0)
    finally:
        stop.set()
        seen: Told = reported.get(timeout=120)
        searching.join()
        check = _mixed(services, seen)
        server.should_exit = True
        serving.join()
    return result | _summary(seen) | check


def _reembed_twice(port: int) -> dict[str, Any]:
    started = time.perf_counter()
    first = _ask(port, "POST", "/api/v1/models/reembed", b"{}")["id"]
    while _ask(port, "GET", f"/api/v1/jobs/{first}")["progress"] < CANCEL_AT:
        time.sleep(0.2)
    _ask(port, "POST", f"/api/v1/jobs/{first}/cancel")
    ended = _ended(port, first)
    models = _ask(port, "GET", "/api/v1/models")
    kept = next(
        one["embedded"] for one in models["embedders"] if one["model_id"] == models["wanted"]
    )
    second = _ended(port, _ask(port, "POST", "/api/v1/models/reembed", b"{}")["id"])
    return {
        "first job": ended["status"],
        "vectors kept by the cancelled job": kept,
        "active after the cancel": models["active"],
        "second job": second["status"],
        "embedded by the second job": second["result"]["embedded"],
        "switched": second["result"]["switched"],
        "both jobs took s": round(time.perf_counter() - started, 1),
        "active at the end": _ask(port, "GET", "/api/v1/models")["active"],
    }


def _ended(port: int, job: str) -> dict[str, Any]:
    while True:
        state = _ask(port, "GET", f"/api/v1/jobs/{job}")
        if state["status"] not in ("queued", "running"):
            return state
        time.sleep(0.2)


def _ask(port: int, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request(method, path, body, {"content-type": "application/json"})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    if answer.status >= 400:
        raise RuntimeError(f"{method} {path}: {answer.status} {data[:200]!r}")
    found: dict[str, Any] = json.loads(data)
    return found


def _clients(port: int, count: int, stop: Any, reported: Any) -> None:
    """Search until told to stop, in so many threads."""
    seen = Told()

    def search(number: int) -> None:
        turn = number
        while not stop.is_set():
            prompt = PROMPTS[turn % len(PROMPTS)]
            turn += 1
            started = time.perf_counter()
            try:
                page = _ask(port, "GET", f"/api/v1/search/?prompt={quote(prompt)}&limit=10")
            except (OSError, http.client.HTTPException, RuntimeError) as error:
                seen.failed.append(str(error))
                continue
            seen.spent_ms.append((time.perf_counter() - started) * 1000.0)
            hits = [(hit["stem"]["id"], hit["similarity"]) for hit in page["hits"]]
            seen.answers.append((prompt, page["embedder"], hits))

    threads = [threading.Thread(target=search, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reported.put(seen)


def _mixed(services: Services, seen: Told) -> dict[str, Any]:
    """Answers in which a similarity is not the cosine in the space of the model named."""
    spaces: dict[str, tuple[dict[str, np.ndarray], dict[str, np.ndarray]]] = {}
    for embedder in (MadeEmbedder(), AcousticEmbedder()):
        texts = dict(zip(PROMPTS, embedder.embed_text(PROMPTS), strict=True))
        with services.database.transaction() as session:
            rows = session.execute(
                select(Embedding.stem_id, Embedding.vector).where(
                    Embedding.model_id == embedder.model_id
                )
            )
            vectors = {row[0]: np.frombuffer(row[1], dtype="<f4") for row in rows}
        spaces[embedder.model_id] = texts, vectors
    mixed, checked = 0, 0
    for prompt, model, hits in seen.answers:
        texts, vectors = spaces[model]
        wrong = [
            one for one, similarity in hits
            if abs(float(vectors[one] @ texts[prompt]) - similarity) > 1e-3
        ]  # fmt: skip
        mixed, checked = mixed + bool(wrong), checked + len(hits)
    return {"mixed answers": mixed, "similarities checked": checked}


def _summary(seen: Told) -> dict[str, Any]:
    by_model = Counter(model for _, model, _ in seen.answers)
    p50, p95, most = np.percentile(seen.spent_ms, [50, 95, 100]).round(1).tolist()
    return {
        "searches answered": len(seen.answers),
        "of them by model": dict(by_model),
        "failed requests": len(seen.failed),
        "first failure": seen.failed[0] if seen.failed else "",
        "search p50, p95, slowest ms": (p50, p95, most),
    }


if __name__ == "__main__":
    main()
