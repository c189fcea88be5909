"""Commands about neural networks: which are there, are they whole, where do more come from."""

import argparse
from pathlib import Path
from typing import get_args

from src.cli.call import Call, Result
from src.core.errors import InvalidInputError, NotFoundError
from src.embeddings.clap.manifest import Precision

ACE_STEP = "ace-step"
ACTIONS = ("list", "verify", "pull", "export")


def add_options(made: argparse.ArgumentParser) -> None:
    """Add the options of ``models``."""
    made.add_argument("action", choices=ACTIONS)
    made.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="verify: folders in MODELS_DIR (default: all); pull: NAME [PRECISION], or "
        "ace-step [NAME]; "
        "export: a checkpoint's folder, .pt file or hub id",
    )
    made.add_argument("--out", metavar="DIR", help="export: where to (default: MODELS_DIR)")
    made.add_argument(
        "--precision", default="fp32,int8", help="export: fp32, int8 or both (default: both)"
    )
    made.add_argument("--tokenizer", metavar="FILE", help="export: its tokenizer.json")
    made.add_argument(
        "--accept-licence", action="store_true", help="pull: of ace-step, which tells it first"
    )
    made.add_argument("--force", action="store_true", help="export: replace what is there")


def models(call: Call) -> Result:
    """List, verify, pull or export models: CLAP's, and pull ACE-Step's."""
    actions = {"list": _list, "verify": _verify, "pull": _pull, "export": _export}
    return actions[call.options.action](call)


def _list(call: Call) -> Result:
    from src.embeddings.choice import HOW_TO_GET_CLAP, chosen_model, installed_models
    from src.embeddings.clap.download import READY_MODELS

    settings = call.services.settings
    chosen = chosen_model(settings)
    rows, lines = [], []
    for one in installed_models(settings.models_path):
        active = one.folder == chosen
        manifest = one.manifest
        rows.append({
            "name": one.folder.name,
            "model_id": None if manifest is None else manifest.model_id,
            "precision": None if manifest is None else manifest.precision,
            "licence": None if manifest is None else manifest.licence,
            "size_bytes": 0 if manifest is None else manifest.size_bytes,
            "chosen": active,
            "problem": one.problem or None,
        })  # fmt: skip
        told = (
            one.problem if manifest is None else _reported(manifest.size_bytes, manifest.model_id)
        )
        lines.append(f"{'*' if active else ' '} {one.folder.name:<40} {told}")
    ready = [{"name": name, "size_bytes": one.size_bytes} for name, one in READY_MODELS.items()]
    lines = lines or [f"no models in {settings.models_path}. {HOW_TO_GET_CLAP}"]
    lines += [
        f"  {name:<40} {_reported(one.size_bytes, 'to pull')}" for name, one in READY_MODELS.items()
    ]
    answer = {"folder": str(settings.models_path), "installed": rows, "to_pull": ready}
    return Result(answer, "\n".join(lines))


def _verify(call: Call) -> Result:
    from src.core.errors import BackendUnavailableError
    from src.embeddings.choice import installed_models
    from src.embeddings.clap.embedder import ClapEmbedder

    there = {one.folder.name: one for one in installed_models(call.services.settings.models_path)}
    unknown = [name for name in call.options.names if name not in there]
    if unknown or not there:
        raise NotFoundError(
            f"there is no model {unknown[0] if unknown else ''!r} in "
            f"{call.services.settings.models_path}; 'models list' shows them"
        )
    rows, lines = [], []
    for name in call.options.names or there:
        problem = ""
        try:
            ClapEmbedder(there[name].folder).verify(call.progress)
        except BackendUnavailableError as error:
            problem = error.message
        rows.append({"name": name, "ok": not problem, "problem": problem or None})
        lines.append(f"{'ok' if not problem else 'fail':<5} {name:<40} {problem}".rstrip())
    healthy = all(row["ok"] for row in rows)
    return Result({"ok": healthy, "models": rows}, "\n".join(lines), 0 if healthy else 1)


def _pull(call: Call) -> Result:
    if call.options.names[:1] == [ACE_STEP]:
        return _pull_ace_step(call)
    from src.embeddings.clap.download import READY_MODELS, pull

    requested = ":".join(call.options.names).lower() or next(iter(READY_MODELS))
    found = [name for name in READY_MODELS if requested in {name, name.rpartition(":")[0]}]
    if not found:
        raise InvalidInputError(
            f"NAME must be one of {', '.join(READY_MODELS)}, got {requested!r}; "
            "any other CLAP of LAION's can be exported"
        )
    folder = pull(
        READY_MODELS[found[0]], call.services.settings.models_path, progress=call.progress
    )
    return Result({"folder": str(folder)}, f"{folder}\nEMBEDDER=auto uses it from now on.")


def _pull_ace_step(call: Call) -> Result:
    from src.generation.pulling import CHECKPOINTS, HubAccess, pull_checkpoint

    settings = call.services.settings
    name = (call.options.names[1:] or [settings.ace_step_model])[0]
    if name not in CHECKPOINTS:
        raise InvalidInputError(f"NAME must be one of {', '.join(CHECKPOINTS)}, got {name!r}")
    token = None if settings.hf_token is None else settings.hf_token.get_secret_value()
    folder = pull_checkpoint(
        CHECKPOINTS[name], settings.models_path, accepted=call.options.accept_licence,
        hub=HubAccess(token=token), progress=call.progress,
    )  # fmt: skip
    return Result({"folder": str(folder)}, f"{folder}\nACE_STEP_MODEL={name} makes music with it.")


def _export(call: Call) -> Result:
    from src.embeddings.clap.checkpoint import read_source
    from src.embeddings.clap.export import export

    options = call.options
    if len(options.names) != 1:
        raise InvalidInputError(f"export needs one SOURCE, got {len(options.names)}")
    tokenizer = None if options.tokenizer is None else Path(options.tokenizer)
    if tokenizer is not None and not tokenizer.is_file():
        raise NotFoundError(f"there is no tokenizer {options.tokenizer!r}")
    precisions = _precisions(options.precision)
    out = call.services.settings.models_path if options.out is None else Path(options.out)
    call.progress("reading the checkpoint", 0, 0)
    checkpoint = read_source(options.names[0], tokenizer=tokenizer)
    made = export(checkpoint, out, precisions, progress=call.progress, replace=options.force)
    rows = [
        {"folder": str(one.folder), "model_id": one.manifest.model_id, "parity": dict(one.parity)}
        for one in made
    ]
    lines = [
        f"{one.folder}  least cosine with the original: "
        f"audio {one.parity['audio']:.6f}, text {one.parity['text']:.6f}"
        for one in made
    ]
    return Result({"exported": rows}, "\n".join(lines))


def _precisions(text: str) -> tuple[Precision, ...]:
    known = get_args(Precision)
    requested = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not requested or any(one not in known for one in requested):
        raise InvalidInputError(f"precision must be of {', '.join(known)}, got {text!r}")
    return tuple(one for one in known if one in requested)


def _reported(size_bytes: int, text: str) -> str:
    return f"{size_bytes / 1e6:5.0f} MB  {text}"
