"""Training data from songs: tag, lyrics, convert, create, train."""

import argparse
from typing import TYPE_CHECKING, Any

from src.cli.call import Call, Result
from src.core.errors import InvalidInputError

if TYPE_CHECKING:
    from src.services.dataset.tagging import TaggingOptions

DATA_DIR, JSON_SETS, TRAIN_SET = (
    "data/audio",
    "data/data_sets/jsons_sets",
    "data/data_sets/train_set",
)
"""Where songs, datasets and training sets lie unless somebody says otherwise."""

_ORDERS = ("original", "grouped")


def add_options(made: argparse.ArgumentParser) -> None:
    """Add the steps after ``dataset``, each with its options."""
    usual = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    for flag in ("--json", "--quiet", "--debug"):
        usual.add_argument(flag, action="store_true", help=argparse.SUPPRESS)
    steps = made.add_subparsers(dest="step", required=True, metavar="STEP")

    def step(name: str, text: str) -> argparse.ArgumentParser:
        return steps.add_parser(name, parents=[usual], help=text, description=text)

    tag = step("tag", "write tags, tempo and key beside each song")
    lyrics = step("lyrics", "find lyrics and write them beside each song")
    convert = step("convert", "write dataset.json and a Hugging Face folder")
    for one in (tag, lyrics, convert):
        one.add_argument("--data_dir", "--data-dir", default=DATA_DIR, metavar="DIR")
    for one in (tag, convert):
        one.add_argument("--preset", default="", help="whitelist: a folder of presets/")
    for one in (tag, lyrics):
        one.add_argument("--overwrite", action="store_true", help="also what a person wrote")
    tag.add_argument("--order", choices=_ORDERS, default=_ORDERS[0], help="of the tags")
    tag.add_argument("--tags", default="", metavar="TAGS", help="that all of the songs have")
    tag.add_argument("--again", action="store_true", help="measure known songs again")
    lyrics.add_argument("--genius", action="store_true", help="ask Genius (GENIUS_TOKEN)")
    convert.add_argument("--output_name", "--output-name", default=JSON_SETS, metavar="DIR")
    create = step("create", "check a dataset, bring its songs to 48 kHz")
    create.add_argument("--input_name", "--input-name", default=JSON_SETS, metavar="DIR")
    create.add_argument("--output_dir", "--output-dir", default=TRAIN_SET, metavar="DIR")
    train = step("train", "train a LoRA (not in this version)")
    train.add_argument("--input_dir", "--input-dir", default=TRAIN_SET, metavar="DIR")


def dataset(call: Call) -> Result:
    """Do one step of making training data."""
    steps = {"tag": _tag, "lyrics": _lyrics, "convert": _convert, "create": _create}
    if call.options.step == "train":
        from src.tagging.songs import understood_path

        call.services.datasets.train(understood_path(call.options.input_dir))
    return steps[call.options.step](call)


def _tag(call: Call) -> Result:
    from src.tagging.songs import understood_path

    folder = understood_path(call.options.data_dir)
    answer = call.services.datasets.tag(folder, _options(call), progress=call.progress)
    missing = ", ".join(f"{name} {count}" for name, count in answer["missing_fields"].items())
    lines = [f"{one['song']}: {one['message']}" for one in answer["problems"]]
    lines.append(f"{answer['songs']} songs, {answer['measured']} of them measured")
    if missing:
        lines.append(f"fields that nobody filled yet: {missing}")
    return Result(answer, "\n".join(lines), code=1 if answer["problems"] else 0)


def _options(call: Call) -> "TaggingOptions":
    from src.services.dataset.tagging import TaggingOptions
    from src.tagging.policy import ORDERS, conform
    from src.tagging.whitelist import read_whitelist

    options = call.options
    whitelist = read_whitelist(options.preset)
    common = conform(options.tags, whitelist)
    if common.dropped:
        dropped = "; ".join(f"{one.text!r}: {one.reason}" for one in common.dropped)
        raise InvalidInputError(f"tags are those of the whitelist, within its limits: {dropped}")
    return TaggingOptions(
        whitelist,
        order=ORDERS[options.order],
        common=common.tags if options.tags.strip() else None,
        overwrite=options.overwrite,
        again=options.again,
    )


def _lyrics(call: Call) -> Result:
    from src.tagging.songs import understood_path

    service, options = call.services.datasets, call.options
    genius = service.genius() if options.genius else None
    if options.genius and genius is None:
        raise InvalidInputError("asking Genius needs its token: set GENIUS_TOKEN")
    answer = service.lyrics(
        understood_path(options.data_dir),
        genius=genius,
        overwrite=options.overwrite,
        progress=call.progress,
    )
    states = ", ".join(f"{count} {state}" for state, count in answer["states"].items())
    return Result(answer, f"{answer['songs']} songs: {states}")


def _convert(call: Call) -> Result:
    from src.tagging.songs import understood_path
    from src.tagging.whitelist import read_whitelist

    answer = call.services.datasets.convert(
        understood_path(call.options.data_dir),
        understood_path(call.options.output_name),
        read_whitelist(call.options.preset),
        progress=call.progress,
    )
    return Result(answer, _findings(answer))


def _create(call: Call) -> Result:
    from src.tagging.songs import understood_path

    answer = call.services.datasets.create(
        understood_path(call.options.input_name),
        understood_path(call.options.output_dir),
        progress=call.progress,
    )
    return Result(answer, _findings(answer))


def _findings(answer: dict[str, Any]) -> str:
    lines = [
        f"{one['level']}: {one['song'] or 'the set'}: {one['message']}"
        for one in answer["findings"]
    ]
    return "\n".join([*lines, f"{answer['songs']} songs in {answer['folder']}"])
