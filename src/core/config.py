"""Settings: read once from the environment and ``.env``, then handed out."""

from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

STEMS_FOLDER = "stems"
"""Where standardised copies lie, below the processed folder."""


class Settings(BaseSettings):
    """Every setting of the engine, with its unit in the name.

    ``home`` is the folder that holds one library; the other folders lie below
    it unless they are given. ``.env.example`` explains each setting.
    """

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    home: Path = Field(default=Path("."), validation_alias="TRAUM_HOME")
    raw_dir: Path = Path("raw_construction_kits")
    processed_dir: Path = Path("processed_database")
    tracks_dir: Path = Path("generated_tracks")
    database_url: str | None = None
    redis_url: str | None = None

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    api_key: SecretStr | None = None
    published_at: str = Field(default="", description="where a container is published")
    audit_lines: int = Field(default=100_000, ge=100, description="of the audit log are kept")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["plain", "json"] = "plain"

    workers: int = Field(default=0, ge=0, le=256, description="0: one per core")
    job_threads: int = Field(default=2, ge=1, le=64)
    job_lease_s: float = Field(default=20.0, ge=1.0, le=600.0)
    jobs_kept_days: float = Field(default=30.0, gt=0, le=36_500)
    max_queued_jobs: int = Field(default=10_000, ge=1)
    watch: bool = Field(default=False, description="new files are imported without being asked")
    watch_quiet_s: float = Field(default=10.0, ge=0.0, le=3600.0)
    file_timeout_s: float = Field(default=120.0, gt=0)
    max_stem_s: float = Field(default=900.0, gt=0)
    embed_batch: int = Field(default=16, ge=1, le=1024)
    max_upload_mb: int = Field(default=2048, ge=1)
    max_render_s: float = Field(default=1200.0, gt=0)

    embedder: Literal["auto", "clap", "acoustic"] = "auto"
    models_dir: Path = Path("models")
    clap_model: str = Field(default="", description="folder in models_dir; empty: the first")

    max_exports_mb: int = Field(default=0, ge=0, description="0: no limit")
    model_path: str = Field(default="", description="a checkpoint's folder; empty: ACE_STEP_MODEL")
    ace_step_model: str = Field(default="acestep-v15-turbo", description="folder in models_dir")
    output_dir: Path = Path("generated_audio")
    hf_token: SecretStr | None = None
    generation_timeout_s: float = Field(default=1800.0, gt=0)
    generator_idle_s: float = Field(default=600.0, gt=0, description="then its memory is freed")

    render_cache_mb: int = Field(default=2000, ge=0, description="0: nothing is kept")
    index_ann_above: int = Field(default=1_000_000, ge=1_000, description="stems")

    genius_token: SecretStr | None = Field(default=None, description="none: lyrics of files alone")

    track_artist: str = Field(default="", description="in the tags of exported tracks")
    target_lufs: float = Field(default=-14.0, ge=-40.0, le=-5.0)
    ceiling_dbtp: float = Field(default=-1.0, ge=-12.0, le=0.0)

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, level: object) -> object:
        return level.upper() if isinstance(level, str) else level

    @field_validator("api_key", "genius_token", "hf_token", mode="after")
    @classmethod
    def _blank_is_none(cls, key: SecretStr | None) -> SecretStr | None:
        return key if key is not None and key.get_secret_value() else None

    @field_validator("redis_url", mode="after")
    @classmethod
    def _is_redis(cls, url: str | None) -> str | None:
        if not url:
            return None
        if not url.startswith(("redis://", "rediss://")):
            raise ValueError("must begin with redis:// or rediss://")
        return url

    def below_home(self, folder: Path) -> Path:
        """Return the folder itself when absolute, else below ``home``."""
        return folder if folder.is_absolute() else self.home / folder

    @property
    def raw_path(self) -> Path:
        """Where the user's construction kits lie."""
        return self.below_home(self.raw_dir)

    @property
    def processed_path(self) -> Path:
        """Where the database, the standardised stems and the quarantine lie."""
        return self.below_home(self.processed_dir)

    @property
    def stems_path(self) -> Path:
        """Where the standardised copies lie."""
        return self.processed_path / STEMS_FOLDER

    @property
    def quarantine_path(self) -> Path:
        """Where refused files lie."""
        return self.processed_path / "quarantine"

    @property
    def job_logs_path(self) -> Path:
        """What jobs reported while they ran, one file each."""
        return self.processed_path / "job_logs"

    @property
    def render_cache_path(self) -> Path:
        """Where sound lies that a render computed and the next one may need."""
        return self.processed_path / "render_cache"

    @property
    def tracks_path(self) -> Path:
        """Where rendered tracks lie."""
        return self.below_home(self.tracks_dir)

    @property
    def models_path(self) -> Path:
        """Where the files of neural networks lie."""
        return self.below_home(self.models_dir)

    @property
    def output_path(self) -> Path:
        """Where generated music lies."""
        return self.below_home(self.output_dir)

    @property
    def checkpoint_path(self) -> Path:
        """Where the checkpoint lies that makes music: MODEL_PATH, or a folder of the models'."""
        if self.model_path:
            return self.below_home(Path(self.model_path))
        return self.models_path / self.ace_step_model

    @property
    def heard_path(self) -> Path:
        """What came with requests for music, for models to listen to."""
        return self.processed_path / "heard_audio"

    @property
    def gpu_workers_path(self) -> Path:
        """Where workers that make music say that they are there."""
        return self.processed_path / "gpu_workers"

    @property
    def sql_url(self) -> str:
        """The database's URL: ``DATABASE_URL``, or SQLite below ``processed_path``.

        Signs that mean something in a URL, such as "?" or "%", are quoted in a folder's name.
        """
        if self.database_url:
            return self.database_url
        return f"sqlite:///{quote(str(self.processed_path / 'stems.db'))}"
