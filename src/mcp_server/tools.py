"""What an agent can do: one tool for each step from a library to a track."""

from typing import Annotated, Any

from pydantic import Field

from src.mcp_server.api_calls import ApiCalls, Json

Limit = Annotated[int, Field(ge=1, le=100)]
Prompt = Annotated[str, Field(min_length=1, max_length=2000)]
Seed = Annotated[int | None, Field(ge=0, description="Same seed, same track. Left out: a new one")]
_STEM = "stem.id,stem.name,stem.category,stem.bpm,stem.key,stem.duration_s,score,reasons"
_JOB = "id,kind,status,progress,message,result,problem"


class LibraryTools:
    """The tools. Answers are those of the API, without what an agent has no use for."""

    def __init__(self, api: ApiCalls) -> None:
        self._api = api

    async def search(
        self, prompt: str = "", category: str | None = None, bpm: str | None = None,
        key: str | None = None, limit: Limit = 10,
    ) -> Json:  # fmt: skip
        """Find sounds of the library by how they sound. bpm is a number or a range: 120..130."""
        params = {"prompt": prompt, "category": category, "bpm": bpm, "key": key, "limit": limit}
        return await self._api.get("/api/v1/search/", {**params, "fields": _STEM})

    async def matches(self, stem_id: str, category: str | None = None, limit: Limit = 10) -> Json:
        """Find sounds that go well with one, by tempo, key, rhythm and spectrum, with reasons."""
        params = {"category": category, "limit": limit}
        return await self._api.get(f"/api/v1/stems/{stem_id}/matches", params)

    async def plan(self, prompt: Prompt, seed: Seed = None) -> Json:
        """Plan a track of a sentence (English, German, Russian), to be read, changed, rendered."""
        return await self._api.post("/api/v1/plans", {"prompt": prompt, "seed": seed})

    async def render(self, plan: dict[str, Any], seed: Seed = None) -> Json:
        """Render a plan to a WAV and wait for it. The answer has track_id, audio_url, warnings."""
        body = {"plan": plan, "seed": seed}
        job = await self._api.post("/api/v1/tracks", body, {"wait": "false"})
        return self._told(await self._api.finished(job))

    async def revise(self, track_id: str, edits: list[dict[str, Any]]) -> Json:
        """Change a track and render it as a new one. What no edit names stays as it was.

        Edits: {"op": "swap", "voice": "bass"}, {"op": "mute", "voice": "hihat",
        "sections": ["Intro"]}, {"op": "level", "voice": "kick", "gain_db": -2},
        {"op": "reroll", "section": "Drop"}, {"op": "tempo", "bpm": 128},
        {"op": "key", "key": "Am"}.
        """
        path = f"/api/v1/tracks/{track_id}/revisions"
        job = await self._api.post(path, {"edits": edits}, {"wait": "false"})
        return self._told(await self._api.finished(job))

    async def explain(self, track_id: str) -> Json:
        """Tell which sound plays each part of a track, and why."""
        return await self._api.get(f"/api/v1/tracks/{track_id}/explain")

    async def jobs(self, status: str | None = None, limit: Limit = 10) -> Json:
        """List long tasks, newest first: queued, running, succeeded, failed, cancelled."""
        return await self._api.get(
            "/api/v1/jobs", {"status": status, "limit": limit, "fields": _JOB}
        )

    async def exports(self, track_id: str, formats: list[str] | None = None) -> Json:
        """Export a track (wav, flac, mp3, stems, midi, dawproject, reaper, picture, credits).

        Waits until the files are there and lists them with their addresses. No formats: all.
        """
        path = f"/api/v1/tracks/{track_id}/exports"
        job = await self._api.post(path, {} if formats is None else {"formats": formats})
        made = await self._api.finished(job)
        files = [{**one, "url": self._api.url(one["url"])} for one in made["files"]]
        return {"track_id": track_id, "files": files}

    def _told(self, track: Json) -> Json:
        kept = ("track_id", "seed", "duration_s", "loudness_lufs", "warnings", "reused")
        told = {name: track[name] for name in kept if name in track}
        return {**told, "audio_url": self._api.url(track["file_url"])}
