"""Sixty prompts in three languages over twenty-two genres, with what each asks for and refuses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TrackRequest:
    """A prompt. wanted, refused: categories that must and must not be heard."""

    prompt: str
    requested: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


NO_DRUMS = ("drums", "kick", "snare", "clap", "hihat", "percussion", "tom", "cymbal")

PROMPTS: tuple[TrackRequest, ...] = (
    # techno
    TrackRequest("driving industrial techno 138 bpm"),
    TrackRequest(
        "minimal techno, 128 bpm, hypnotic percussion, no pads", ("percussion",), ("pad",)
    ),
    TrackRequest("acid techno 135 bpm with an acid bass, A minor", ("bass",)),
    TrackRequest("düsterer Techno, 136 bpm, ohne Gesang", (), ("vocal",)),
    TrackRequest("тёмный гипнотический техно 132 bpm без вокала", (), ("vocal",)),
    # house
    TrackRequest("warm deep house 122 bpm with piano chords", ("keys",)),
    TrackRequest("tech house 126 bpm, groovy bass, vocals", ("bass", "vocal")),
    TrackRequest("treibender House mit Bass und Claps, 126 bpm", ("bass", "clap")),
    TrackRequest("entspannter Deep House 120 bpm ohne Lead", (), ("lead",)),
    TrackRequest("глубокий хаус 121 bpm с клавишами", ("keys",)),
    # trance
    TrackRequest("uplifting trance 138 bpm, long breakdown, bright lead", ("lead",)),
    TrackRequest("psytrance 145 bpm, rolling bass, no vocals", ("bass",), ("vocal",)),
    TrackRequest("trance in E minor 136 bpm with strings", ("strings",)),
    TrackRequest("melodischer Trance ohne Snare, 134 bpm", (), ("snare",)),
    TrackRequest("энергичный транс 136 bpm с ярким лидом", ("lead",)),
    # drum and bass
    TrackRequest("rolling drum and bass 174 bpm with a reese bass", ("bass",)),
    TrackRequest("liquid drum & bass, 172 bpm, soft pads, no claps", ("pad",), ("clap",)),
    TrackRequest("dark neurofunk dnb 175 bpm, no melody", (), ("lead",)),
    TrackRequest("atmosphärischer Drum and Bass 170 bpm mit Flächen", ("pad",)),
    TrackRequest("драм-н-бейс 174 bpm без пэдов", (), ("pad",)),
    # dubstep
    TrackRequest("heavy dubstep 140 bpm, gritty bass", ("bass",)),
    TrackRequest("deep dubstep 140 bpm, no lead, lots of space", (), ("lead",)),
    TrackRequest("дабстеп 140 bpm с тяжёлым басом", ("bass",)),
    TrackRequest("melodic dubstep 145 bpm with vocals", ("vocal",)),
    # hip hop
    TrackRequest("laid back hip hop beat 90 bpm, dusty keys", ("keys",)),
    TrackRequest("boom bap 92 bpm, no vocals, jazzy guitar", ("guitar",), ("vocal",)),
    TrackRequest("lo-fi hip hop, 80 bpm, 2 minutes, without cymbals", (), ("cymbal",)),
    TrackRequest("ruhiger Hip Hop 85 bpm ohne Bass", (), ("bass",)),
    TrackRequest("хип-хоп 90 bpm с пианино", ("keys",)),
    # trap
    TrackRequest("dark trap 140 bpm, deep 808, sparse", ("bass",)),
    TrackRequest("Trap 150 bpm ohne Claps", (), ("clap",)),
    TrackRequest("aggressiver Trap 142 bpm mit Brass", ("brass",)),
    TrackRequest("трэп 140 bpm без вокала", (), ("vocal",)),
    # ambient
    TrackRequest("ambient, 80 bpm, wide atmospheric pads, C major, 2 minutes", ("pad",)),
    TrackRequest("ruhiger Ambient ohne Schlagzeug, 70 bpm", (), NO_DRUMS),
    TrackRequest("Ambient mit Streichern, 75 bpm", ("strings",)),
    TrackRequest("мягкий эмбиент без барабанов", (), NO_DRUMS),
    TrackRequest("cinematic ambient 60 bpm with strings and no bass", ("strings",), ("bass",)),
    # synthwave
    TrackRequest("80s synthwave, 100 bpm, nostalgic, 64 bars"),
    TrackRequest("dark synthwave 110 bpm, driving bass, no vocals", ("bass",), ("vocal",)),
    TrackRequest("синтвейв 100 bpm без гитары", (), ("guitar",)),
    TrackRequest("retrowave 98 bpm with guitar", ("guitar",)),
    # twelve more families
    TrackRequest("reggae with organ, 76 bpm, no lead", ("keys",), ("lead",)),
    TrackRequest("jazz trio in Bb, medium swing, no vocals", (), ("vocal",)),
    TrackRequest("cumbia 96 bpm with accordion", ("keys",)),
    TrackRequest("funk 108 bpm, guitar and brass, E minor", ("guitar", "brass")),
    TrackRequest("langsamer Walzer für Streicher in G-Dur, 2 Minuten", ("strings",)),
    TrackRequest("Heavy Metal 160 bpm ohne Gesang", (), ("vocal",)),
    TrackRequest("Schlager 128 bpm mit Akkordeon, fröhlich", ("keys",)),
    TrackRequest("Blues in A, 84 bpm, ohne Becken", (), ("cymbal",)),
    TrackRequest("диско 118 bpm со струнными", ("strings",)),
    TrackRequest("клезмер 120 bpm без вокала", (), ("vocal",)),
    TrackRequest("chiptune 150 bpm in C minor, 64 bars"),
    TrackRequest("country with guitar, no drums, 100 bpm", ("guitar",), NO_DRUMS),
    # no genre named
    TrackRequest("something melodic and slow at 100 bpm with guitar, 48 bars", ("guitar",)),
    TrackRequest("a calm piece with piano and strings", ("keys", "strings")),
    TrackRequest("etwas Düsteres mit viel Bass, 110 bpm", ("bass",)),
    TrackRequest("fröhliche Musik in C-Dur, 120 bpm, ohne Percussion", (), ("percussion",)),
    TrackRequest("что-то мрачное и медленное, 70 bpm", ()),
    TrackRequest("весёлая мелодия с гитарой, 115 bpm", ("guitar",)),
)
