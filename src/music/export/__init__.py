"""The score in other forms: MIDI parts, DAW sessions, pictures, credits."""
