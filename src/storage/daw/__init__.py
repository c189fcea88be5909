"""Files that DAWs open: DAWproject, REAPER projects, MIDI.

Face: ``dawproject.project_xml``, ``dawproject.metadata_xml``, ``midi_file.midi_bytes``,
``reaper.reaper_project``.
"""
