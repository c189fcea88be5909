"""Where in a file its sound lies: walking containers with every declared size doubted.

Face: ``sound_sources.sound_sources``, ``sound_sources.Sources``, ``foreign.foreign_sound``,
``caf_file.caf_chunks``, ``flac_stream.metadata_blocks``, ``byte_view.ByteView``.
"""
