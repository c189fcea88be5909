"""The score in other forms: MIDI parts, DAW sessions, pictures, credits.

Face: ``midi_parts.midi_song``, ``daw_session.Session``, ``arrangement_picture.arrangement_svg``,
``credits.credits_dict``, ``credits.credits_text``, ``markers.markers_of``.
"""
