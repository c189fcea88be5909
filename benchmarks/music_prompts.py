"""Sixty prompts in three languages over ten genres, with what each asks for and refuses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """A prompt. wanted, refused: categories that must and must not be heard."""

    prompt: str
    wanted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


NO_DRUMS = ("drums", "kick", "snare", "clap", "hihat", "percussion", "tom", "cymbal")

PROMPTS: tuple[Asked, ...] = (
    # techno
    Asked("driving industrial techno 138 bpm"),
    Asked("minimal techno, 128 bpm, hypnotic percussion, no pads", ("percussion",), ("pad",)),
    Asked("acid techno 135 bpm with an acid bass, A minor", ("bass",)),
    Asked("düsterer Techno, 136 bpm, ohne Gesang", (), ("vocal",)),
    Asked("harter Industrial Techno 145 bpm mit Becken", ("cymbal",)),
    Asked("тёмный гипнотический техно 132 bpm без вокала", (), ("vocal",)),
    Asked("техно 140 bpm с перкуссией", ("percussion",)),
    # house
    Asked("warm deep house 122 bpm with piano chords", ("keys",)),
    Asked("funky house in F minor, 124 bpm, without hi-hats", (), ("hihat",)),
    Asked("tech house 126 bpm, groovy bass, vocals", ("bass", "vocal")),
    Asked("treibender House mit Bass und Claps, 126 bpm", ("bass", "clap")),
    Asked("entspannter Deep House 120 bpm ohne Lead", (), ("lead",)),
    Asked("глубокий хаус 121 bpm с клавишами", ("keys",)),
    Asked("хаус 125 bpm без баса", (), ("bass",)),
    # trance
    Asked("uplifting trance 138 bpm, long breakdown, bright lead", ("lead",)),
    Asked("psytrance 145 bpm, rolling bass, no vocals", ("bass",), ("vocal",)),
    Asked("trance in E minor 136 bpm with strings", ("strings",)),
    Asked("euphorischer Trance 140 bpm mit Flächen", ("pad",)),
    Asked("melodischer Trance ohne Snare, 134 bpm", (), ("snare",)),
    Asked("энергичный транс 136 bpm с ярким лидом", ("lead",)),
    # drum and bass
    Asked("rolling drum and bass 174 bpm with a reese bass", ("bass",)),
    Asked("liquid drum & bass, 172 bpm, soft pads, no claps", ("pad",), ("clap",)),
    Asked("dark neurofunk dnb 175 bpm, no melody", (), ("lead",)),
    Asked("schneller Drum and Bass, 176 bpm, 3 Minuten"),
    Asked("atmosphärischer Drum and Bass 170 bpm mit Flächen", ("pad",)),
    Asked("драм-н-бейс 174 bpm без пэдов", (), ("pad",)),
    # dubstep
    Asked("heavy dubstep 140 bpm, gritty bass", ("bass",)),
    Asked("deep dubstep 140 bpm, no lead, lots of space", (), ("lead",)),
    Asked("Dubstep 142 bpm mit aggressivem Bass", ("bass",)),
    Asked("дабстеп 140 bpm с тяжёлым басом", ("bass",)),
    Asked("melodic dubstep 145 bpm with vocals", ("vocal",)),
    # hip hop
    Asked("laid back hip hop beat 90 bpm, dusty keys", ("keys",)),
    Asked("boom bap 92 bpm, no vocals, jazzy guitar", ("guitar",), ("vocal",)),
    Asked("lo-fi hip hop, 80 bpm, 2 minutes, without cymbals", (), ("cymbal",)),
    Asked("Hip-Hop-Beat 95 bpm mit Gitarre", ("guitar",)),
    Asked("ruhiger Hip Hop 85 bpm ohne Bass", (), ("bass",)),
    Asked("хип-хоп 90 bpm с пианино", ("keys",)),
    # trap
    Asked("dark trap 140 bpm, deep 808, sparse", ("bass",)),
    Asked("melodic trap 145 bpm with bells and pads", ("pad",)),
    Asked("Trap 150 bpm ohne Claps", (), ("clap",)),
    Asked("aggressiver Trap 142 bpm mit Brass", ("brass",)),
    Asked("трэп 140 bpm без вокала", (), ("vocal",)),
    # ambient
    Asked("ambient, 80 bpm, wide atmospheric pads, C major, 2 minutes", ("pad",)),
    Asked("dark ambient drone without drums", (), NO_DRUMS),
    Asked("ruhiger Ambient ohne Schlagzeug, 70 bpm", (), NO_DRUMS),
    Asked("Ambient mit Streichern, 75 bpm", ("strings",)),
    Asked("мягкий эмбиент без барабанов", (), NO_DRUMS),
    Asked("cinematic ambient 60 bpm with strings and no bass", ("strings",), ("bass",)),
    # synthwave
    Asked("80s synthwave, 100 bpm, nostalgic, 64 bars"),
    Asked("dark synthwave 110 bpm, driving bass, no vocals", ("bass",), ("vocal",)),
    Asked("Synthwave 105 bpm mit Lead und Flächen", ("lead", "pad")),
    Asked("синтвейв 100 bpm без гитары", (), ("guitar",)),
    Asked("retrowave 98 bpm with guitar", ("guitar",)),
    # no genre named
    Asked("something melodic and slow at 100 bpm with guitar, 48 bars", ("guitar",)),
    Asked("energetic instrumental in D minor, 2 minutes", (), ("vocal",)),
    Asked("a calm piece with piano and strings", ("keys", "strings")),
    Asked("etwas Düsteres mit viel Bass, 110 bpm", ("bass",)),
    Asked("fröhliche Musik in C-Dur, 120 bpm, ohne Percussion", (), ("percussion",)),
    Asked("что-то мрачное и медленное, 70 bpm", ()),
    Asked("весёлая мелодия с гитарой, 115 bpm", ("guitar",)),
)
