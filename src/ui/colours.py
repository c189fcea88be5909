"""Colours with a meaning, the same on every page."""

CATEGORY_COLOURS = {
    "kick": "#ef5d60", "snare": "#f58a4b", "clap": "#f7a35c", "hihat": "#f5c04e",
    "cymbal": "#e6d15a", "tom": "#d97757", "percussion": "#c98d4a", "drums": "#d94f70",
    "bass": "#5b8def", "synth": "#a178f5", "lead": "#c56cf0", "pad": "#4fb6c9",
    "keys": "#45c39a", "guitar": "#7fb548", "strings": "#63c76a", "brass": "#b4b23c",
    "vocal": "#f07fb2", "fx": "#8f9bb3", "atmo": "#5f9ea8", "other": "#7d8597",
}  # fmt: skip
CATEGORIES = tuple(CATEGORY_COLOURS)
ACCENT = "#7a5af8"
INK = "#e9ebf2"
QUIET_INK = "#99a1b3"
LINE = "#343a48"
