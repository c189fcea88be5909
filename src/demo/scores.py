"""What the demo kits play: drum patterns, bass lines, chords, melodies, as plain symbols.

Drums are written in sixteenths, bars split by ``|``: ``X`` accent, ``x`` hit, ``o`` soft,
``-`` ghost, ``.`` rest. Lines are written as ``step:pitches:length``, the pitches joined by
``+`` and a trailing ``~`` for a slide; a fourth field is the velocity in percent.
"""

from dataclasses import dataclass

STEPS_PER_BAR = 16
VELOCITIES = {"X": 1.0, "x": 0.8, "o": 0.55, "-": 0.3}
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass(frozen=True)
class Hit:
    """One stroke of a drum: when, in beats from the loop's start, and how hard in 0..1."""

    beat: float
    velocity: float


@dataclass(frozen=True)
class DemoNote:
    """One note or chord; ``slide`` glides into it from the note before."""

    beat: float
    length_beats: float
    pitches_hz: tuple[float, ...]
    velocity: float = 0.8
    slide: bool = False


def pitch_hz(name: str) -> float:
    """Return frequency of a pitch such as ``A4`` (440 Hz), ``Eb2`` or ``F#3``, equal
    temperament.
    """
    semitone = SEMITONES[name[0]] + name.count("#") - name[1:].count("b")
    octave = int(name.rstrip("~").lstrip("ABCDEFG#b"))
    return float(440.0 * 2 ** ((semitone + 12 * (octave + 1) - 69) / 12))


def hits(pattern: str, *, times: int = 1, swing: float = 0.5) -> tuple[Hit, ...]:
    """Return strokes of a drum pattern, repeated ``times``.

    swing: where an off-beat sixteenth falls within its eighth: 0.5 straight, 0.56 loose
    """
    bars = [bar.replace(" ", "") for bar in pattern.split("|")] * times
    return tuple(
        Hit(_swung(number * STEPS_PER_BAR + step, swing), VELOCITIES[mark])
        for number, bar in enumerate(bars)
        for step, mark in enumerate(bar)
        if mark != "."
    )


def line(notation: str, *, times: int = 1, swing: float = 0.5) -> tuple[DemoNote, ...]:
    """Return notes of a melodic line, repeated ``times``; steps count from each bar's start."""
    bars = notation.split("|") * times
    return tuple(
        _note(word, number * STEPS_PER_BAR, swing)
        for number, bar in enumerate(bars)
        for word in bar.split()
    )


def _note(word: str, first_step: int, swing: float) -> DemoNote:
    step, names, length, *rest = word.split(":")
    slide = names.endswith("~")
    pitches = tuple(pitch_hz(name) for name in names.rstrip("~").split("+"))
    velocity = int(rest[0]) / 100 if rest else 0.8
    beat = _swung(first_step + int(step), swing)
    return DemoNote(beat, float(length) / 4, pitches, velocity, slide)


def _swung(step: int, swing: float) -> float:
    return step / 4 + (swing - 0.5) / 2 * (step % 2)


TECHNO_DRUMS = {
    "kick": hits("X...X...X...X...|X...X...X...X...|X...X...X...X...|X...X...X...X.o."),
    "clap": hits("....X.......X...|....X.......X..-|....X.......X...|....X..-....X.oo"),
    "closed": hits("x.-ox.-ox.-ox.-o|x.-ox.-ox.-oxo-o", times=2),
    "open": hits("..X...X...X...X.", times=4),
    "pipe": hits("...o..o....o..x.|...o..o.....x...|...o..o....o..x.|...o..o..x..x.x."),
    "tom": hits("................|..............oo|................|..........x.xoox"),
}
TECHNO_HATS = {
    "closed": hits("xoXoxoXoxoXoxoXo|xoXoxoXoxoXoxXoX"),
    "open": hits("......o.......x.|......o....o..x."),
    "ride": hits("..x...x...x...x.", times=2),
}
TECHNO_PERC = {
    "pipe": hits("x..x..x..x..x..x|..x..x..x..x..x."),
    "low": hits("..o.....o..o....|..o.....o....o.o"),
    "rim": hits("....o..-..o....-|.-..o.....o..o..", times=1),
}
TECHNO_BASS = line(
    "1:A1:.7:60 2:A1:.8:100 3:A1:.7:75 5:A1:.7:60 6:A1:.8:100 7:A1:.7:75 "
    "9:A1:.7:60 10:A1:.8:100 11:A1:.7:75 13:A1:.7:60 14:A1:.8:100 15:C2:.7:85|"
    "1:A1:.7:60 2:A1:.8:100 3:A1:.7:75 5:A1:.7:60 6:A1:.8:100 7:A1:.7:75 "
    "9:A1:.7:60 10:A1:.8:100 11:A1:.7:75 13:G1:.7:70 14:G1:.8:100 15:E1:.7:85",
    times=2,
)
TECHNO_ACID = line(
    "0:A2:.6:100 2:A2:.5:60 3:A3:.6:90 4:E3~:.9:70 6:A2:.6:80 7:C3:.5:60 8:D3~:.9:100 "
    "10:A2:.6:70 11:A2:.5:60 12:G2:.6:90 14:A3~:.9:100 15:A2:.5:60|"
    "0:A2:.6:100 2:A2:.5:60 3:A3:.6:90 4:G3~:.9:70 6:A2:.6:80 7:E3:.5:60 8:C3~:.9:100 "
    "10:A2:.6:70 11:B2:.5:60 12:C3:.6:90 13:E3~:.8:80 14:A3~:.9:100 15:A2:.5:60",
    times=2,
)
TECHNO_STABS = line(
    "2:A3+C4+E4+G4:1.2:95 8:A3+C4+E4+G4:.9:60 11:A3+C4+E4+G4:1.2:90|"
    "2:A3+C4+E4+G4:1.2:95 11:A3+C4+E4+G4:1.2:85 14:G3+B3+D4+E4:.9:70|"
    "2:A3+C4+E4+G4:1.2:95 8:A3+C4+E4+G4:.9:60 11:A3+C4+E4+G4:1.2:90|"
    "2:F3+A3+C4+E4:1.2:95 11:G3+B3+D4+E4:1.2:90"
)
TECHNO_PAD = line("0:A2+E3+A3+C4+E4:64|||| 0:F2+C3+A3+C4+E4:32||0:A2+E3+G3+C4+E4:32|")
TECHNO_DRONE = line("0:A1+E2:128||||||| ")

HOUSE_SWING = 0.56
HOUSE_DRUMS = {
    "kick": hits("X...X...X...X...", times=4),
    "clap": hits("....X.......X...|....X.......X..-|....X.......X...|....X..-....X.-o"),
    "closed": hits("o.-oo.-oo.-oo.-o", times=4, swing=HOUSE_SWING),
    "open": hits("..X...X...X...X.", times=4),
    "shaker": hits("xoxoxoxoxoxoxoxo", times=4, swing=HOUSE_SWING),
    "rim": hits(
        "...x..-..x......|...x..-..x....o.|...x..-..x......|...x..o..x.o..x.", swing=HOUSE_SWING
    ),
}
HOUSE_PERC = {
    "high": hits("..x..o-.x..o.-x.|..x..o-.x.-o.xo.", swing=HOUSE_SWING),
    "low": hits("x...-..x....x...|x...-..x....x..-", swing=HOUSE_SWING),
    "shaker": hits("o-x-o-x-o-x-o-x-", times=2, swing=HOUSE_SWING),
}
HOUSE_BASS = line(
    "0:F1:2.5:95 3:F1:1.2:80 6:F2:1:70 10:F1:2:90 13:Eb1:1:70 14:C2:1.5:80|"
    "0:Db2:2.5:95 3:Db2:1.2:80 6:Ab1:1:70 10:Db2:2:90 13:C2:1:70 14:Ab1:1.5:80|"
    "0:Bb1:2.5:95 3:Bb1:1.2:80 6:F1:1:70 10:Bb1:2:90 13:Bb1:1:70 14:Db2:1.5:80|"
    "0:C2:2.5:95 3:C2:1.2:80 6:G1:1:70 10:C2:1.5:90 12:Eb2:1:75 14:Eb1:1.5:85",
    swing=HOUSE_SWING,
)
HOUSE_KEYS = line(
    "0:F2+Ab3+C4+Eb4+G4:3:90 3:Ab3+C4+Eb4+G4:2:60 7:F2+Ab3+C4+Eb4:5:80 14:Ab3+C4+G4:1.5:60|"
    "0:Db3+F3+Ab3+C4+Eb4:3:90 3:F3+Ab3+C4+Eb4:2:60 7:Db3+F3+Ab3+C4:5:80 14:F3+C4+Eb4:1.5:60|"
    "0:Bb2+Ab3+Db4+F4+C5:3:90 3:Ab3+Db4+F4:2:60 7:Bb2+Ab3+Db4+F4:5:80 14:Ab3+Db4+F4:1.5:60|"
    "0:C3+G3+Bb3+Eb4+G4:3:90 3:G3+Bb3+Eb4:2:60 7:C3+G3+Bb3+Eb4:4:80 11:G3+Bb3+F4:2:65 "
    "14:Ab3+C4+Eb4:1.5:75",
    swing=HOUSE_SWING,
)
HOUSE_STABS = line(
    "3:F3+Ab3+C4+Eb4:1:95 6:F3+Ab3+C4+Eb4:.8:70 9:F3+Ab3+C4+Eb4:1:90 15:F3+Ab3+C4+Eb4:.7:60|"
    "3:F3+Ab3+Db4+F4:1:95 6:F3+Ab3+Db4+F4:.8:70 9:F3+Ab3+C4+F4:1:90 14:Eb3+G3+C4+Eb4:.9:75",
    times=2,
    swing=HOUSE_SWING,
)
HOUSE_PLUCK = line(
    "0:C5:1:90 3:Ab4:1:70 6:F4:1:80 9:G4:1:70 11:Ab4:1:85 14:C5:1:70|"
    "0:Eb5:1:90 3:C5:1:70 6:Ab4:1:80 9:F4:1:70 11:Ab4:1:85 14:C5:1:70|"
    "0:Db5:1:90 3:Bb4:1:70 6:F4:1:80 9:Ab4:1:70 11:Bb4:1:85 14:C5:1:70|"
    "0:Bb4:1:90 3:G4:1:70 6:Eb4:1:80 9:F4:1:70 11:G4:1:85 14:F4:1.5:90",
    swing=HOUSE_SWING,
)
HOUSE_PAD = line(
    "0:F2+C3+Ab3+Eb4+G4:32||0:Db2+Ab2+F3+C4+Eb4:32||"
    "0:Bb2+F3+Ab3+Db4+F4:32||0:C3+G3+Bb3+Eb4:16|0:F2+C3+Ab3+C4+F4:16"
)
HOUSE_VOCAL = line(
    "2:C4:1.5:90 5:C4:.8:60 10:Ab3:2.5:80|4:F3:2:70 7:Ab3:.8:60 14:C4:1.5:80|"
    "2:Db4:1.5:90 5:C4:.8:60 10:Ab3:2.5:80|3:G3:1:70 6:Bb3:1:75 10:F3:4:85",
    swing=HOUSE_SWING,
)

DNB_DRUMS = {
    "kick": hits("X.........X.....|X.........X..o..|X.........X.....|X..o......X..x.."),
    "snare": hits("....X.......X...", times=4),
    "ghost": hits(".......-.-.....-|.......-......--|.......-.-.....-|......--.-....--"),
    "closed": hits("x.o.x.o.x.o.x.o.|x.o.x.oox.o.x.o.", times=2),
    "ride": hits("x...x...x...x...", times=4),
    "open": hits("......x.........|..............x.|......x.........|..............X."),
}
DNB_BREAK = {
    "kick": hits("X.X.......XX....|X.X.......XX....|X.X.......X.....|..X..X....X....."),
    "snare": hits("....X..o.o..X..o|....X..o.o..X..o|....X..o.o....X.|.o..X..o.o....X."),
    "ghost": hits("......-....-..-.|.-....-....-..-.|......-....-.-..|-.-...-....-.--o"),
    "closed": hits("x.x.x.x.x.x.x.x.", times=4),
    "crash": hits("o...............|................|................|................"),
}
DNB_TOPS = {
    "closed": hits("x-o-x-o-x-o-x-o-|x-o-x-oox-o-xoo-"),
    "shaker": hits("..x...x...x...x.", times=2),
    "rim": hits("...o..o.....o...|...o..o...o..o.o"),
}
DNB_REESE = line(
    "0:E1:14:95 14:G1:2:80|0:E1:10:95 10:D1:3:85 13:E1:3:80|0:G1:14:90 14:A1:2:80|"
    "0:B1:8:95 8:A1~:4:85 12:G1~:4:85|0:E1:14:95 14:G1:2:80|0:E1:10:95 10:D1:3:85 13:E1:3:80|"
    "0:C2:14:90 14:B1~:2:80|0:D2:8:95 8:B1~:8:85"
)
DNB_SUB = line(
    "0:E1:3:95 6:E1:1.5:80 10:E1:4:90|0:E1:3:95 6:G1:1.5:80 10:D1:2.5:85 13:E1:2.5:90|"
    "0:G1:3:95 6:G1:1.5:80 10:A1:4:90|0:B1:3:95 6:A1:1.5:80 10:G1:2.5:85 13:E1:2.5:90"
)
DNB_LEAD = line(
    "0:E4:2:95 3:G4:2:80 6:B4:3:90 10:A4:2:75 12:G4:3:80|0:F#4:2:90 3:E4:2:80 6:D4:3:85 12:B3:3:75|"
    "0:E4:2:95 3:G4:2:80 6:B4:3:90 10:D5:2:85 12:B4:3:80|0:A4:2:90 3:G4:2:80 6:E4:8:90"
)
DNB_STABS = line(
    "0:E3+G3+B3+D4+F#4:1.5:95 6:E3+G3+B3+D4:1:70|3:E3+G3+B3+D4:1:80 10:D3+F#3+A3+B3:1.5:85|"
    "0:C3+E3+G3+B3+D4:1.5:95 6:C3+E3+G3+B3:1:70|3:B2+D3+F#3+A3:1:80 10:B2+E3+G3+B3:1.5:85"
)
DNB_PAD = line(
    "0:E2+B2+G3+B3+D4+F#4:32||0:C2+G2+E3+B3+D4:32||0:A2+E3+G3+C4+E4:32||0:B2+F#3+A3+D4:16|"
    "0:E2+B2+G3+B3+E4:16"
)
AMBIENT_DRUMS = {
    "heart": hits("X.....o.....x...|X.....o.........|X.....o.....x...|X.....o...x....."),
    "block": hits("....o.....-...o.|....o.......-...|....o.....-...o.|....o..-....-.o."),
    "shaker": hits("o-.-o-.-o-.-o-.-", times=4),
    "rim": hits("........x.......|........x......-", times=2),
}
AMBIENT_BASS = line(
    "0:C2:14:90|0:C2:8:70 10:G1:5:60|0:A1:14:90|0:A1:8:70 10:E2:5:60|"
    "0:F1:14:90|0:F1:8:70 10:C2:5:60|0:G1:14:90|0:G1:7:70 8:C2:7:80"
)
AMBIENT_PAD = line(
    "0:C3+G3+E4+B4+D5:32||0:A2+E3+C4+G4+B4:32||0:F2+C3+A3+E4+G4:32||0:G2+D3+B3+E4:16|0:C3+G3+C4+E4:16"
)
AMBIENT_CHOIR = line("0:C4+E4+G4:30||0:C4+E4+A4:30||0:C4+F4+A4:30||0:B3+D4+G4:15|0:C4+E4+G4:15")
AMBIENT_STRINGS = line(
    "0:C3+G3+E4:15|0:C3+G3+D4:15|0:A2+E3+C4:15|0:A2+E3+B3:15|0:F2+C3+A3:15|0:F2+C3+G3:15|"
    "0:G2+D3+B3:15|0:C3+G3+C4:15"
)
AMBIENT_FELT = line(
    "0:C3+E4+G4:6:70 6:B4:4:55 10:D5:6:65|0:G4:6:55 8:E4:8:60|0:A2+C4+G4:6:70 6:B4:4:55 10:C5:6:65|"
    "0:E4:8:50 8:D4+G4:8:60"
)
AMBIENT_GUITAR = line(
    "0:C3:8:80 2:G3:8:60 4:C4:8:65 6:E4:8:75 8:G4:8:60 10:E4:6:55 12:C4:6:60 14:G3:4:50|"
    "0:A2:8:80 2:E3:8:60 4:A3:8:65 6:C4:8:75 8:E4:8:60 10:C4:6:55 12:A3:6:60 14:E3:4:50|"
    "0:F2:8:80 2:C3:8:60 4:F3:8:65 6:A3:8:75 8:C4:8:60 10:A3:6:55 12:F3:6:60 14:C3:4:50|"
    "0:G2:8:80 2:D3:8:60 4:G3:8:65 6:B3:8:75 8:D4:8:60 10:B3:6:55 12:G3:6:60 14:E3:4:50"
)
AMBIENT_BELLS = line(
    "0:G5:4:80 6:E5:4:60 11:C5:4:70|4:B4:4:60 10:D5:4:65|0:E5:4:80 7:C5:4:60 13:G5:4:50|"
    "5:A4:4:60 12:C5:4:65|0:A5:4:75 6:E5:4:60 11:C5:4:65|4:G4:4:60 10:C5:4:65|"
    "0:D5:4:75 7:B4:4:60 13:G5:4:50|5:E5:4:60 10:C5:4:80"
)
