"""How long each page of the studio takes to be of use, with 10,000 sounds in the library.

    python -m benchmarks.pages [--sounds 10000] [--visits 5] [--json FILE]

Engine and studio run as a user starts them; the library is the demo kits' rows many times over,
each with a vector of its own, and sound files that are links to theirs. A visit is a fresh
browser without a cache that opens the page's address. The clock runs in the browser, from the
start of the navigation to the frame in which the page's main part is there (told below), and its
header too. It needs Debian's Chromium.
"""

import os
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from benchmarks import report
from src.core.config import Settings
from src.db.database import Database
from src.db.models import Embedding, Kit, Stem
from src.demo.kits import write_demo_kits
from src.wiring import build_services
from tests.browser.studio import CHROMIUM_ARGUMENTS, Studio, chromium, running_studio

KITS = 160
PAGES = (
    ("upload", "/", "[data-testid=stFileUploader]"),
    ("search: empty", "/search", ".te-player"),
    ("search: hits", "/search?q=dark+industrial+kick", ".te-player"),
    ("search: filtered", "/search?q=warm&category=bass&bpm=100..140", ".te-player"),
    ("generate", "/generate", "textarea"),
    ("library: table", "/library", "[data-testid=stDataFrame] canvas"),
    ("library: last page", "/library?page=200&sort=name", "[data-testid=stDataFrame] canvas"),
    ("library: kits", "/library?view=kits", "[data-testid=stMainBlockContainer] button"),
    ("library: map", "/library?view=map", ".te-map[data-points]"),
    ("library: statistics", "/library?view=statistics", "[data-testid=stImage] img"),
    ("library: refused", "/library?view=quarantine", "[data-testid=stAlert]"),
    ("tracks", "/tracks", "[data-testid=stAlert]"),
    ("jobs", "/jobs", "[data-testid=stAlert]"),
    ("system", "/system", "[data-testid=stMetric]"),
)
"""Name, address, and the main part whose being there counts."""

USEFUL = """selector => {
  const part = document.querySelector(selector);
  return document.querySelector("h1") && part && part.getBoundingClientRect().width > 0
    ? performance.now() : false;
}"""


def main() -> None:
    """Measure and print."""
    parser = report.parser(__doc__.splitlines()[0])
    parser.add_argument("--sounds", type=int, default=10_000)
    parser.add_argument("--visits", type=int, default=5)
    parser.add_argument("--home", type=Path, help="kept, and used again where it is there")
    arguments = parser.parse_args()
    found = chromium()
    if found is None:
        sys.exit("error: chromium is not here: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        home = arguments.home or Path(folder)
        if not (home / "processed_database").is_dir():
            started = time.perf_counter()
            make_library(home, sounds=arguments.sounds)
            spent = time.perf_counter() - started
            print(f"a library of {arguments.sounds} made in {spent:.0f} s", flush=True)
        with running_studio(home) as studio, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=found, args=list(CHROMIUM_ARGUMENTS)
            )
            rows = [
                (name, *_measured(browser, studio, path, part, visits=arguments.visits))
                for name, path, part in PAGES
            ]
            browser.close()
    report.print_table(("page", "first visit s", "median s", "worst of the others s"), rows)
    report.save({"sounds": arguments.sounds, "pages": rows}, arguments.json)


def _measured(
    browser: Browser, studio: Studio, path: str, part: str, *, visits: int
) -> tuple[float, float, float]:
    """Seconds of the first visit, and median and worst of the later ones."""
    spent = [_visit(browser, studio.url + path, part) for _ in range(visits + 1)]
    return spent[0], statistics.median(spent[1:]), max(spent[1:])


def _visit(browser: Browser, url: str, part: str) -> float:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(url, wait_until="commit")
    shown = page.wait_for_function(USEFUL, arg=part, polling="raf", timeout=60_000)
    spent = float(shown.json_value()) / 1000.0
    context.close()
    return spent


def make_library(home: Path, *, sounds: int) -> None:
    """A home with the demo kits analysed, and their rows again under other names."""
    settings = Settings(TRAUM_HOME=home, workers=2)
    write_demo_kits(settings.raw_path)
    services = build_services(settings)
    services.analyzer.run()
    services.close()
    database = Database(settings.sql_url)
    rng = np.random.default_rng(1)
    with database.transaction() as session:
        models = [_values(stem) for stem in session.query(Stem).all()]
        vectors = {one.stem_id: one for one in session.query(Embedding).all()}
        kits = [Kit(id=f"made-{n:04d}", name=f"Kit {n:04d}", path=f"Kit {n:04d}")
                for n in range(KITS)]  # fmt: skip
        session.add_all(kits)
        session.flush()
        for number in range(max(sounds - len(models), 0)):
            values = models[number % len(models)]
            session.add(_copy(values, vectors[values["id"]], number, settings, rng))
            if number % 1000 == 999:
                session.flush()
    database.close()


def _values(stem: Stem) -> dict[str, object]:
    return {column.name: getattr(stem, column.key) for column in Stem.__table__.columns}


def _copy(
    values: dict[str, object],
    vector: Embedding,
    number: int,
    settings: Settings,
    rng: np.random.Generator,
) -> Stem:
    own = uuid.UUID(int=number + 1).hex[-16:]
    path = Path("stems") / f"made_{own}.wav"
    os.link(settings.processed_path / str(values["path"]), settings.processed_path / path)
    heard = np.frombuffer(vector.vector, np.float32)
    moved = heard + rng.normal(0.0, 0.02, heard.shape).astype(np.float32)
    moved /= np.linalg.norm(moved)
    name = f"{values['name']}_{number:05d}"
    made = Stem(**{
        **values, "id": own, "path": str(path), "content_hash": own, "name": name,
        "original_file": f"Kit {number % KITS:04d}/{name}.wav",
        "kit_id": f"made-{number % KITS:04d}",
    })  # fmt: skip
    made.embeddings = [Embedding(model_id=vector.model_id, vector=moved.tobytes())]
    return made


if __name__ == "__main__":
    main()
