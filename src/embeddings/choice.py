"""Which embedder is used, and how to get another one."""

from dataclasses import dataclass
from pathlib import Path

from src.core.config import Settings
from src.core.errors import BackendUnavailableError
from src.embeddings.acoustic import AcousticEmbedder
from src.embeddings.clap.embedder import ClapEmbedder
from src.embeddings.clap.manifest import MANIFEST, Manifest, read_manifest
from src.embeddings.protocol import Embedder

HOW_TO_GET_CLAP = (
    "'python -m src.cli models pull' downloads a CLAP (163 MB), 'models export "
    "laion/larger_clap_general' converts one that finds better; EMBEDDER=auto then takes it"
)
"""What /readyz, the CLI and the app tell."""


@dataclass(frozen=True)
class InstalledModel:
    """A CLAP that lies in the models folder. problem: why it can't be used; else empty"""

    folder: Path
    manifest: Manifest | None
    problem: str = ""


def installed_models(models: Path) -> list[InstalledModel]:
    """List every folder with a manifest, by name; int8 stands before fp32 of the same name."""
    if not models.is_dir():
        return []
    found = []
    for folder in sorted(path.parent for path in models.glob(f"*/{MANIFEST}")):
        try:
            found.append(InstalledModel(folder, read_manifest(folder)))
        except BackendUnavailableError as error:
            found.append(InstalledModel(folder, None, error.message))
    return sorted(found, key=_order)


def clap_folder(settings: Settings) -> Path | None:
    """Find the folder of the CLAP to use: that of CLAP_MODEL, else the first one; None: there is
    none.

    Raises BackendUnavailableError where CLAP_MODEL names one that is not there.
    """
    if settings.clap_model:
        folder = settings.models_path / settings.clap_model
        if not (folder / MANIFEST).is_file():
            raise BackendUnavailableError(
                f"CLAP_MODEL must name a folder with a {MANIFEST} in {settings.models_path}, "
                f"got {settings.clap_model!r}"
            )
        return folder
    usable = [one for one in installed_models(settings.models_path) if one.manifest is not None]
    return usable[0].folder if usable else None


def chosen_model(settings: Settings) -> Path | None:
    """Find the folder of the CLAP that the settings choose; None where they choose the offline
    one.
    """
    return None if settings.embedder == "acoustic" else clap_folder(settings)


def embedder_status(settings: Settings) -> str:
    """Say in words which embedder is used, why, and how to get another."""
    folder = chosen_model(settings)
    if folder is not None:
        return (
            f"EMBEDDER={settings.embedder}: CLAP from {folder}; EMBEDDER=acoustic goes back to "
            "the offline one, CLAP_MODEL names another model"
        )
    if settings.embedder == "acoustic":
        return f"EMBEDDER=acoustic: the offline one. {HOW_TO_GET_CLAP}"
    return (
        f"EMBEDDER={settings.embedder}: the offline one, since no CLAP is there. {HOW_TO_GET_CLAP}"
    )


def build_embedder(settings: Settings) -> Embedder:
    """Build the embedder that the settings choose; ``auto`` is CLAP where one lies in the models
    folder.

    Raises BackendUnavailableError where CLAP is demanded but none is there.
    """
    if settings.embedder == "acoustic":
        return AcousticEmbedder()
    folder = clap_folder(settings)
    if folder is not None:
        return ClapEmbedder(folder)
    if settings.embedder == "clap":
        raise BackendUnavailableError(
            f"EMBEDDER=clap, but there is no model in {settings.models_path}. {HOW_TO_GET_CLAP}"
        )
    return AcousticEmbedder()


def _order(model: InstalledModel) -> tuple[str, bool, str]:
    if model.manifest is None:
        return (model.folder.name, False, "")
    return (model.manifest.name, model.manifest.precision != "int8", model.folder.name)
