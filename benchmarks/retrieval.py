"""How well search finds what is meant: by sound, by words, and by both, in three languages.

    python -m benchmarks.retrieval --corpus DIR [--held-out DIR] [--fit] [--json FILE]

Reads DIR/labels.csv (see benchmarks.analysis; also pack and caption). Every file is analysed
twice, as it is called and under a neutral name, and put into a library as an import would.
Queries are built from the labels: kinds of sounds, instruments, adjectives, names of kits, each
in English, German and Russian, and kinds with a typo. Told are P@5, P@10, R@10, MRR and mAP by
family, of the fused search and of each part alone, for each embedder that is there.

The category model that ships was fitted on the development corpus. With --held-out every sound
is heard with a model that never met its source, DIR/<source>.npz (as in benchmarks.analysis).
With --fit the share of words against sound is measured: chosen on some packs, judged on others.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from benchmarks import report  # noqa: E402
from benchmarks.analysis import fold_models  # noqa: E402
from benchmarks.analysis_figures import Answer  # noqa: E402
from benchmarks.labels import Label, read_labels  # noqa: E402
from benchmarks.retrieval_figures import (  # noqa: E402
    FIGURES,
    Judged,
    best_part,
    by_family,
    ranked,
)
from benchmarks.retrieval_fit import fitted_shares  # noqa: E402
from benchmarks.retrieval_library import heard, id_of, library, vectors_of  # noqa: E402
from benchmarks.retrieval_queries import Query, notes_of, queries_of  # noqa: E402
from src.core.config import Settings  # noqa: E402
from src.core.errors import BackendUnavailableError, InvalidInputError  # noqa: E402
from src.embeddings.acoustic import AcousticEmbedder  # noqa: E402
from src.embeddings.choice import build_embedder  # noqa: E402
from src.embeddings.protocol import Embedder  # noqa: E402
from src.services.retrieval.directions import Usual, direction_of, text_vectors  # noqa: E402
from src.services.retrieval.ranking import RankedFor, rank  # noqa: E402
from src.services.retrieval.words import corrected  # noqa: E402
from src.services.search import SearchService  # noqa: E402

TARGETS = {("hidden", "sound"): 0.70, ("shown", "fusion"): 0.95}
"""P@10 of kinds of sounds that is wanted."""

Parts = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Ranked:
    """All queries in one library. parts: of each query, name -> score of every label"""

    embedder: str
    names: str
    queries: Sequence[Query]
    parts: Sequence[Parts]

    def judged(self, score: Callable[[Parts], NDArray[np.float64]]) -> list[Judged]:
        """How each query is answered by a score."""
        return [
            Judged(query.family, query.language, ranked(score(parts), query.right, query.judged))
            for query, parts in zip(self.queries, self.parts, strict=True)
        ]


def main() -> int:
    """The command line."""
    options = _options()
    try:
        labels = read_labels(options.corpus).rows
        models = fold_models(options.held_out, labels) if options.held_out else {}
    except InvalidInputError as error:
        print(error, file=sys.stderr)
        return 2
    found = list(searched(labels, options.corpus, models, workers=options.workers))
    reported = {}
    for one in found:
        figures = figures_of(one)
        reported[f"{one.embedder}, names {one.names}"] = figures
        print_tables(one, figures)
    if options.fit:
        reported["fit"] = fit = fitted_shares(found, labels)
        report.print_table(list(fit[0]), [list(row.values()) for row in fit])
    report.save({"held_out": options.held_out is not None, **reported}, options.json)
    return 0


def searched(
    labels: Sequence[Label], corpus: Path, models: dict[str, Path], *, workers: int
) -> Iterator[Ranked]:
    """Every query, in the libraries with names hidden and shown, of every embedder."""
    for names in ("hidden", "shown"):
        hide = names == "hidden"
        answers = heard(labels, corpus, hide=hide, models=models, workers=workers)
        answers = [answer for answer in answers if answer.facts is not None]
        kept = [answer.label for answer in answers]
        queries = queries_of(kept, notes_of(corpus, kept))
        for name, embedder in embedders().items():
            parts = _all_parts(answers, corpus, models, embedder, queries)
            yield Ranked(name, names, queries, parts)


def embedders() -> dict[str, Embedder]:
    """The offline embedder, and CLAP where its files are."""
    found: dict[str, Embedder] = {"acoustic": AcousticEmbedder()}
    try:
        found["clap"] = build_embedder(Settings(embedder="clap"))
    except BackendUnavailableError as error:
        print(f"without CLAP: {error.message}", file=sys.stderr)
    return found


def part_scores(service: SearchService, embedder: Embedder, text: str, count: int) -> Parts:
    """The score of each stem by each part and by all together, in the order of the labels."""
    with service._spaces.opened() as space:
        requested = corrected(text, space.index.words)
    requests = text_vectors(embedder, [requested.corrected or text], [1.0])
    with service._spaces.opened() as space:
        index = space.index
        wanted = RankedFor(requested, direction_of(requests, index, Usual()))
        ranking = rank(index, index.column("alive"), wanted, depth=10**9)
        slots = index.slots_of([id_of(number) for number in range(count)])
    found: Parts = {}
    for name, values in (ranking.parts | {"fusion": ranking.score}).items():
        by_slot = np.zeros(int(ranking.slots.max()) + 1)
        by_slot[ranking.slots] = values
        found[name] = by_slot[slots]
    return found


def figures_of(one: Ranked) -> dict[str, dict[str, dict[str, float]]]:
    """Part -> family -> figures. A part without a say ranks by chance."""
    silent = np.zeros(len(one.queries[0].right))
    return {
        part: by_family(one.judged(lambda parts, part=part: parts.get(part, silent)))  # type: ignore[misc]
        for part in ("sound", "words", "fusion")
    }


def print_tables(one: Ranked, reported: Mapping[str, Mapping[str, Mapping[str, float]]]) -> None:
    """Families in rows: the parts' P@10 and mAP, all figures of the fusion, and what misses."""
    print(f"\n{one.embedder}, names {one.names}, {len(one.queries)} queries")
    rows = []
    for family, fused in reported["fusion"].items():
        alone = {part: reported[part][family] for part in ("sound", "words")}
        below = [
            f"{figure} below {name} by {best - fused[figure]:.3f}"
            for figure in ("P@10", "mAP")
            for name, best in [best_part(alone, figure)]
            if best - fused[figure] > 0.0005
        ]
        if family == "category":
            for (names, part), wanted in TARGETS.items():
                if names == one.names and reported[part][family]["P@10"] < wanted:
                    below.append(f"{part} misses P@10 {wanted}")
        cells = [f"{alone[part][name]:.3f}" for part in alone for name in ("P@10", "mAP")]
        fusion = [f"{fused[name]:.3f}" for name in FIGURES]
        rows.append([family, *cells, *fusion, "; ".join(below)])
    columns = ["sound P@10", "mAP", "words P@10", "mAP", *[f"all {name}" for name in FIGURES]]
    report.print_table(["family", *columns, "remark"], rows)


def _all_parts(
    answers: Sequence[Answer],
    corpus: Path,
    models: dict[str, Path],
    embedder: Embedder,
    queries: Sequence[Query],
) -> list[Parts]:
    with tempfile.TemporaryDirectory() as folder:
        vectors = vectors_of(answers, corpus, embedder, models)
        service = library(Path(folder), answers, vectors, embedder)
        known: dict[str, Parts] = {}
        for query in queries:
            if query.text not in known:
                known[query.text] = part_scores(service, embedder, query.text, len(answers))
    return [known[query.text] for query in queries]


def _options() -> argparse.Namespace:
    parser = report.parser(__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--corpus", type=Path, required=True, help="folder with labels.csv")
    parser.add_argument("--held-out", type=Path, metavar="DIR", help="category models by source")
    parser.add_argument("--fit", action="store_true", help="measure the share of words")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
