"""Making and changing tracks: candidates, revisions, files.

Face: ``service.TrackService``, ``revisions.RevisionService``, ``shelf.TrackShelf``,
``candidates.find_candidates``, ``files.sidecar_of``, ``render_store.render_cache``,
``section_hearing.balanced_mix``.
"""
