"""Words that packs put into names of files and folders, in English and German.

Each word stands for a category with a weight: how often a file with that word in its own
name is of that category. Words are written in lower case, without a plural s, in one piece
("hihat" also matches "hi hat" and "hi-hat").
"""

import re

CATEGORY_WORDS: dict[str, dict[str, float]] = {
    "kick": {
        "kick": 0.95, "kik": 0.9, "kck": 0.8, "bd": 0.9, "bassdrum": 0.95, "kickdrum": 0.97,
        "bdrum": 0.85, "basskick": 0.9,
        "kickloop": 0.97, "bumm": 0.6,
    },
    "snare": {
        "snare": 0.95, "snr": 0.9, "sd": 0.85, "sn": 0.8, "snaredrum": 0.97, "rim": 0.85,
        "rimshot": 0.92, "sidestick": 0.92, "rimclick": 0.85, "drumroll": 0.6,
        "snareroll": 0.95,
        "snareloop": 0.97, "kleinetrommel": 0.9, "wirbel": 0.6,
    },
    "clap": {
        "clap": 0.95, "handclap": 0.97, "cp": 0.85, "clp": 0.8, "snap": 0.7, "klatschen": 0.8,
        "fingersnap": 0.8,
        "klatscher": 0.85, "claploop": 0.97,
    },
    "hihat": {
        "hihat": 0.96, "hat": 0.93, "hh": 0.9, "ohh": 0.85, "chh": 0.85, "oh": 0.7,
        "openhat": 0.95, "closedhat": 0.95, "openhh": 0.93, "closedhh": 0.93, "hihhat": 0.9,
        "hhat": 0.9, "openhihat": 0.96, "closedhihat": 0.96,
        "hatloop": 0.96, "hihatloop": 0.97, "clsdhat": 0.95, "clhat": 0.93, "ophat": 0.93,
        "pedalhat": 0.95,
    },
    "cymbal": {
        "cymbal": 0.95, "crash": 0.92, "ride": 0.9, "splash": 0.8, "china": 0.7, "becken": 0.9,
        "cymb": 0.9, "cym": 0.85, "rd": 0.6, "cr": 0.6, "crashcymbal": 0.96, "ridecymbal": 0.96,
        "gong": 0.6,
        "rideloop": 0.95, "cymbalroll": 0.95,
    },
    "tom": {
        "tom": 0.95, "tomtom": 0.95, "lowtom": 0.96, "hightom": 0.96, "midtom": 0.96,
        "floortom": 0.96, "lt": 0.7, "mt": 0.7, "ht": 0.7, "hitom": 0.96, "lotom": 0.96,
        "standtom": 0.95, "hängetom": 0.95,
    },
    "percussion": {
        "percussion": 0.9, "perc": 0.9, "shaker": 0.93, "conga": 0.93, "bongo": 0.93,
        "tabla": 0.93, "tambourine": 0.93, "tamb": 0.9, "cowbell": 0.95, "clave": 0.93,
        "maraca": 0.93, "guiro": 0.9, "woodblock": 0.9, "cabasa": 0.9, "triangle": 0.8,
        "djembe": 0.9, "cajon": 0.85, "udu": 0.85, "timbale": 0.9, "agogo": 0.9,
        "perkussion": 0.9, "trommel": 0.7, "schelle": 0.7, "chime": 0.6, "rassel": 0.8,
        "idiophone": 0.5, "taiko": 0.8, "darbuka": 0.9, "bell": 0.35, "wood": 0.35,
        "metal": 0.3, "metronome": 0.7,
        "pauke": 0.75, "timpani": 0.8, "glocke": 0.5, "percloop": 0.95, "perccussion": 0.85,
        "handdrum": 0.85, "fingercymbal": 0.8, "tamburin": 0.93, "kuhglocke": 0.95,
    },
    "drums": {
        "drumloop": 0.95, "drum": 0.5, "breakbeat": 0.95, "break": 0.85, "brk": 0.85,
        "beat": 0.8, "fulldrum": 0.95, "fulldrumloop": 0.97, "toploop": 0.85, "top": 0.5,
        "groove": 0.6, "amen": 0.85, "drumfill": 0.85, "schlagzeug": 0.85, "drumkit": 0.7,
        "drumset": 0.85, "drummachine": 0.85, "beatbox": 0.5, "drumbeat": 0.95, "loop": 0.2,
        "rhythmu": 0.6, "drumfull": 0.9, "drumgroove": 0.95, "drumtop": 0.85, "drumbreak": 0.95,
        "percussionloop": 0.3,
    },
    "bass": {
        "bass": 0.9, "bassline": 0.95, "sub": 0.75, "subbass": 0.95, "bassloop": 0.95,
        "reese": 0.9, "basslauf": 0.9, "bassguitar": 0.93, "bassgitarre": 0.93,
        "synthbass": 0.95, "kontrabass": 0.9, "doublebass": 0.9, "bs": 0.4, "bassynth": 0.9,
        "bassslap": 0.93, "slapbass": 0.93, "tb303": 0.6, "acidbass": 0.95, "basssynth": 0.9,
        "wobble": 0.6,
        "303": 0.4, "basston": 0.9, "bassspur": 0.9, "basse": 0.9, "tb": 0.3,
    },
    "synth": {
        "synth": 0.7, "syn": 0.6, "stab": 0.6, "poly": 0.4, "polysynth": 0.7, "chord": 0.5,
        "synthloop": 0.75, "sequence": 0.5, "seq": 0.5, "synthesizer": 0.7, "akkord": 0.5,
        "akkorde": 0.5, "chordstab": 0.7, "synthstab": 0.8,
    },
    "lead": {
        "lead": 0.9, "arp": 0.7, "arpeggio": 0.7, "melody": 0.6, "hook": 0.5, "leadsynth": 0.93,
        "synthlead": 0.93, "pluck": 0.6, "melodie": 0.6, "mel": 0.4, "topline": 0.5,
        "acid": 0.3, "riff": 0.4,
        "arpeggi": 0.7, "melodien": 0.6,
    },
    "pad": {
        "pad": 0.92, "synthpad": 0.95, "flaeche": 0.85, "fläche": 0.85, "warmpad": 0.95,
        "flächen": 0.85, "flaechen": 0.85, "padloop": 0.9,
    },
    "keys": {
        "piano": 0.95, "key": 0.75, "rhode": 0.93, "organ": 0.93, "clavinet": 0.9,
        "wurlitzer": 0.9, "epiano": 0.95, "electricpiano": 0.96, "harpsichord": 0.9,
        "marimba": 0.8, "xylophone": 0.8, "vibraphone": 0.8, "klavier": 0.95, "orgel": 0.93,
        "celesta": 0.85, "glockenspiel": 0.75, "xylo": 0.8, "keyboard": 0.8, "grandpiano": 0.97,
        "electricgrand": 0.9, "accordion": 0.6, "musicbox": 0.6, "vibes": 0.5, "bellarp": 0.6,
        "wurli": 0.9, "clav": 0.6,
        "kalimba": 0.6, "e-piano": 0.95, "spieluhr": 0.6, "cembalo": 0.93,
    },
    "guitar": {
        "guitar": 0.95, "gitarre": 0.95, "gtr": 0.93, "ukulele": 0.9, "banjo": 0.85,
        "guit": 0.9, "strum": 0.6, "mandolin": 0.8, "uke": 0.8, "acousticguitar": 0.97,
        "electricguitar": 0.97,
        "gitarren": 0.95, "egitarre": 0.97,
    },
    "strings": {
        "string": 0.9, "violin": 0.93, "cello": 0.93, "viola": 0.93, "streicher": 0.93,
        "harp": 0.7, "geige": 0.9, "pizzicato": 0.8, "orchestra": 0.6, "sitar": 0.6,
        "ensemble": 0.4, "harfe": 0.7,
        "geigen": 0.9, "bratsche": 0.9, "saiten": 0.6,
    },
    "brass": {
        "brass": 0.93, "trumpet": 0.93, "trombone": 0.93, "horn": 0.8, "tuba": 0.9, "sax": 0.6,
        "saxophone": 0.6, "trompete": 0.93, "posaune": 0.93, "bläser": 0.9, "blaeser": 0.9,
        "blech": 0.6, "trompeten": 0.93,
    },
    "vocal": {
        "vocal": 0.95, "vox": 0.93, "voice": 0.9, "choir": 0.85, "vocoder": 0.8, "sing": 0.8,
        "acapella": 0.95, "acappella": 0.95, "gesang": 0.93, "stimme": 0.9, "chor": 0.85,
        "chant": 0.85, "adlib": 0.9, "singer": 0.9, "vocalloop": 0.96, "speech": 0.8,
        "rap": 0.8, "scream": 0.6, "laugh": 0.7, "shout": 0.7, "human": 0.5, "choru": 0.4,
        "talk": 0.6,
        "stimmen": 0.9, "sprache": 0.8, "sänger": 0.9, "chop": 0.3, "vocalchop": 0.95,
        "voxchop": 0.95, "rufe": 0.6, "lachen": 0.6,
    },
    "fx": {
        "fx": 0.93, "sfx": 0.93, "riser": 0.95, "uplifter": 0.95, "downlifter": 0.95,
        "impact": 0.9, "sweep": 0.85, "whoosh": 0.9, "woosh": 0.9, "swoosh": 0.85, "noise": 0.7,
        "glitch": 0.6, "zap": 0.85, "laser": 0.9, "transition": 0.85, "rise": 0.8, "drop": 0.4,
        "effect": 0.85, "foley": 0.75, "siren": 0.85, "scratch": 0.45, "vinyl": 0.6,
        "explosion": 0.9, "boom": 0.6, "buildup": 0.85, "downer": 0.8, "reverse": 0.5,
        "effekt": 0.85, "geraeusch": 0.85, "geräusch": 0.85, "blip": 0.7, "beep": 0.7,
        "animal": 0.7, "robot": 0.6, "subdrop": 0.8, "door": 0.7, "footstep": 0.85,
        "phone": 0.6, "ping": 0.4, "pop": 0.4,
        "geräusche": 0.85, "geraeusche": 0.85, "effekte": 0.85, "knall": 0.8, "rauschen": 0.7,
        "übergang": 0.8, "uebergang": 0.8, "aufschlag": 0.6, "tür": 0.6,
    },
    "atmo": {
        "atmo": 0.93, "ambience": 0.9, "ambient": 0.6, "ambi": 0.8, "amb": 0.8,
        "atmosphere": 0.93, "texture": 0.6, "drone": 0.85, "soundscape": 0.9, "atmos": 0.9,
        "rain": 0.7, "wind": 0.7, "fieldrecording": 0.85, "background": 0.6, "bed": 0.5,
        "klangteppich": 0.8, "fire": 0.6, "water": 0.5, "space": 0.3, "crowd": 0.8,
        "applause": 0.7,
        "atmosphäre": 0.93, "atmosphaere": 0.93, "regen": 0.7, "hintergrund": 0.6, "wasser": 0.5,
        "feuer": 0.6, "umgebung": 0.7, "vögel": 0.6,
    },
    "other": {
        "fullmix": 0.9, "mix": 0.6, "master": 0.5, "song": 0.7, "fulltrack": 0.9,
        "mixdown": 0.8, "waveform": 0.6,
    },
}  # fmt: skip
"""Words of one category each; the weight is kept low where a word is used for much else."""

LOOP_WORDS = {
    "loop": 0.95, "lp": 0.6, "groove": 0.8, "beat": 0.7, "break": 0.75, "brk": 0.75,
    "bassline": 0.8, "breakbeat": 0.85, "fullmix": 0.8, "arp": 0.6, "riff": 0.6, "phrase": 0.7,
    "toploop": 0.95, "drumloop": 0.97, "sequence": 0.7, "melody": 0.6, "arpeggio": 0.6,
    "bassloop": 0.97, "mixdown": 0.7, "fulldrum": 0.85, "synthloop": 0.97, "vocalloop": 0.97,
    "fulldrumloop": 0.97, "schleife": 0.9, "amen": 0.7,
    "fill": 0.6, "drumfill": 0.7, "top": 0.55, "stem": 0.55, "rhythm": 0.6, "rhythmu": 0.6,
    "lick": 0.6, "ostinato": 0.7, "progression": 0.6, "constructionkit": 0.6, "drumbeat": 0.8,
}  # fmt: skip
"""Words that say: this repeats."""

ONE_SHOT_WORDS = {
    "oneshot": 0.97, "shot": 0.85, "hit": 0.75, "single": 0.6, "stab": 0.6, "note": 0.6,
    "impact": 0.75, "multisample": 0.9, "waveform": 0.8, "einzelschlag": 0.9, "rimshot": 0.75,
    "blip": 0.7,
    "drumhit": 0.9, "drumshot": 0.95, "drumsound": 0.75, "drumsample": 0.7, "riser": 0.6,
    "downlifter": 0.65, "uplifter": 0.65, "whoosh": 0.65, "crash": 0.65, "einzelton": 0.8,
    "singlehit": 0.9, "singlenote": 0.85,
}  # fmt: skip
"""Words that say: this sounds once."""

GROOVE_WORDS = frozenset({"groove", "beat", "break", "brk", "breakbeat", "amen", "top"})
"""Words of loops that also name a genre or a series: beside a single drum they say little."""

DRUM_PARTS = frozenset({"kick", "snare", "clap", "hihat", "cymbal", "tom"})
"""Categories of the single parts of a drum kit."""

GENRE_WORDS = frozenset({"amb", "ambient", "ambi"})
"""Words of categories that are also genres: an instrument beside them says more."""

GENRE_NAMES = (
    (re.compile(r"(?<![A-Za-z])(?:d[\s'_-]?(?:n|&|and)[\s'_-]?b)(?![A-Za-z])", re.I), "dnb"),
    (re.compile(r"drum[\s'_-]*(?:n|&|and)[\s'_-]*bass", re.I), "dnb"),
)
"""Genres that read like instruments, and the one word to put in their place."""

TAG_WORDS = {
    "dark": "dark", "bright": "bright", "punchy": "punchy", "warm": "warm", "gritty": "gritty",
    "dirty": "gritty", "atmospheric": "atmospheric", "driving": "driving", "melodic": "melodic",
    "percussive": "percussive", "minimal": "minimal", "hypnotic": "hypnotic",
    "industrial": "industrial", "distorted": "distorted", "dist": "distorted", "clean": "clean",
    "soft": "soft", "deep": "deep", "aggressive": "aggressive", "airy": "airy",
    "metallic": "metallic", "metal": "metallic", "analog": "analog", "analogue": "analog",
    "acid": "acid", "lofi": "lofi", "hard": "hard", "heavy": "heavy", "dry": "dry",
    "wet": "wet", "wide": "wide", "short": "short", "long": "long", "vintage": "vintage",
    "digital": "digital", "electric": "electric", "acoustic": "acoustic", "techno": "techno",
    "house": "house", "trance": "trance", "dnb": "dnb", "dubstep": "dubstep", "trap": "trap",
    "hiphop": "hiphop", "ambient": "ambient", "jungle": "jungle", "latin": "latin",
    "dub": "dub", "rave": "rave", "electro": "electro", "funky": "funky", "muted": "muted",
    "dunkel": "dark", "hell": "bright", "weich": "soft", "hart": "hard", "tief": "deep",
    "verzerrt": "distorted", "schmutzig": "gritty", "sauber": "clean", "treibend": "driving",
}  # fmt: skip
"""Words of names, and the tags they stand for."""

NOT_A_TEMPO_AFTER = frozenset(
    {
        "vol", "volume", "take", "no", "nr", "v", "ver", "version", "part", "pt", "cd", "disc",
        "set", "kit", "pack", "track", "sample", "juno", "jx", "dx", "sh", "tr", "tb", "cs",
        "ms", "op", "mpc", "sp", "mks", "jp", "prophet", "model", "mk", "preset", "patch",
        "program", "prog", "cz", "tx", "rz", "dr", "jv", "hr", "tg", "sy", "vl", "dw", "rm", "linn",
        "casio", "yamaha", "roland", "korg", "boss", "moog", "simmons", "alesis", "akai", "nord",
        "poly", "r", "d", "bank", "song", "session", "project", "construction", "level",
        "chapter", "number", "num", "teil", "nummer", "microkorg", "mini", "fm", "matrix",
    }
)  # fmt: skip
"""A bare number after one of these counts or names a machine."""

NOT_A_TEMPO_BEFORE = frozenset(
    {
        "hz", "khz", "db", "ms", "sec", "s", "bit", "bits", "bar", "bars", "beats", "cent",
        "cents", "st", "percent", "th", "nd", "rd", "min", "minutes", "takte", "teile",
    }
)  # fmt: skip
"""A bare number before one of these is a measure."""

COUNTED_WORDS = frozenset(
    {
        "kicks", "snares", "claps", "hats", "sounds", "samples", "loops", "oneshots", "hits",
        "drums", "one", "shots", "basses", "pads", "presets", "stems", "kits",
    }
)  # fmt: skip
"""A bare number before one of these, with a space between, is a count: "100 kicks"."""

NOT_A_KEY_BEFORE = frozenset(
    {
        "piano", "guitar", "bass", "drum", "drums", "organ", "synth", "funk", "i", "a", "an",
        "the", "in", "on", "at", "not", "so", "your", "my", "we", "you", "loop", "kick",
        "snare", "hat", "und", "ist", "bin", "punk", "type", "string", "strings", "grand",
    }
)  # fmt: skip
"""A lone letter before one of these is no key: "E-Piano", "A Kick", "Am I"."""

SENTENCE_WORDS = frozenset(
    {"i", "a", "an", "the", "in", "on", "at", "not", "so", "your", "my", "we", "you", "ist", "und"}
)
"""Words of sentences: "Am" before one of these is no key either: "Am I Dreaming"."""
