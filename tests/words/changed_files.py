"""Word files with one change."""

from pathlib import Path

import yaml

from src.words.vocabulary import Vocabulary, read_vocabulary


def with_instrument(folder: Path, name: str, facts: object) -> Vocabulary:
    """The vocabulary with one more instrument, written into its one file."""
    file = folder / "instruments.yaml"
    data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    data["instruments"][name] = facts
    file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return read_vocabulary(folder)
