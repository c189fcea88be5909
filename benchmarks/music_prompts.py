"""Sixty prompts in three languages over ten genres, with what each asks for and refuses."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PromptTerms:
    """A prompt. wanted, refused: categories that must and must not be heard."""

    prompt: str
    requested: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


NO_DRUMS = ("drums", "kick", "snare", "clap", "hihat", "percussion", "tom", "cymbal")

PROMPTS: tuple[PromptTerms, ...] = (
    # techno
    PromptTerms("driving industrial techno 138 bpm"),
    PromptTerms("minimal techno, 128 bpm, hypnotic percussion, no pads", ("percussion",), ("pad",)),
    PromptTerms("acid techno 135 bpm with an acid bass, A minor", ("bass",)),
    PromptTerms("düsterer Techno, 136 bpm, ohne Gesang", (), ("vocal",)),
    PromptTerms("harter Industrial Techno 145 bpm mit Becken", ("cymbal",)),
    PromptTerms("тёмный гипнотический техно 132 bpm без вокала", (), ("vocal",)),
    PromptTerms("техно 140 bpm с перкуссией", ("percussion",)),
    # house
    PromptTerms("warm deep house 122 bpm with piano chords", ("keys",)),
    PromptTerms("funky house in F minor, 124 bpm, without hi-hats", (), ("hihat",)),
    PromptTerms("tech house 126 bpm, groovy bass, vocals", ("bass", "vocal")),
    PromptTerms("treibender House mit Bass und Claps, 126 bpm", ("bass", "clap")),
    PromptTerms("entspannter Deep House 120 bpm ohne Lead", (), ("lead",)),
    PromptTerms("глубокий хаус 121 bpm с клавишами", ("keys",)),
    PromptTerms("хаус 125 bpm без баса", (), ("bass",)),
    # trance
    PromptTerms("uplifting trance 138 bpm, long breakdown, bright lead", ("lead",)),
    PromptTerms("psytrance 145 bpm, rolling bass, no vocals", ("bass",), ("vocal",)),
    PromptTerms("trance in E minor 136 bpm with strings", ("strings",)),
    PromptTerms("euphorischer Trance 140 bpm mit Flächen", ("pad",)),
    PromptTerms("melodischer Trance ohne Snare, 134 bpm", (), ("snare",)),
    PromptTerms("энергичный транс 136 bpm с ярким лидом", ("lead",)),
    # drum and bass
    PromptTerms("rolling drum and bass 174 bpm with a reese bass", ("bass",)),
    PromptTerms("liquid drum & bass, 172 bpm, soft pads, no claps", ("pad",), ("clap",)),
    PromptTerms("dark neurofunk dnb 175 bpm, no melody", (), ("lead",)),
    PromptTerms("schneller Drum and Bass, 176 bpm, 3 Minuten"),
    PromptTerms("atmosphärischer Drum and Bass 170 bpm mit Flächen", ("pad",)),
    PromptTerms("драм-н-бейс 174 bpm без пэдов", (), ("pad",)),
    # dubstep
    PromptTerms("heavy dubstep 140 bpm, gritty bass", ("bass",)),
    PromptTerms("deep dubstep 140 bpm, no lead, lots of space", (), ("lead",)),
    PromptTerms("Dubstep 142 bpm mit aggressivem Bass", ("bass",)),
    PromptTerms("дабстеп 140 bpm с тяжёлым басом", ("bass",)),
    PromptTerms("melodic dubstep 145 bpm with vocals", ("vocal",)),
    # hip hop
    PromptTerms("laid back hip hop beat 90 bpm, dusty keys", ("keys",)),
    PromptTerms("boom bap 92 bpm, no vocals, jazzy guitar", ("guitar",), ("vocal",)),
    PromptTerms("lo-fi hip hop, 80 bpm, 2 minutes, without cymbals", (), ("cymbal",)),
    PromptTerms("Hip-Hop-Beat 95 bpm mit Gitarre", ("guitar",)),
    PromptTerms("ruhiger Hip Hop 85 bpm ohne Bass", (), ("bass",)),
    PromptTerms("хип-хоп 90 bpm с пианино", ("keys",)),
    # trap
    PromptTerms("dark trap 140 bpm, deep 808, sparse", ("bass",)),
    PromptTerms("melodic trap 145 bpm with bells and pads", ("pad",)),
    PromptTerms("Trap 150 bpm ohne Claps", (), ("clap",)),
    PromptTerms("aggressiver Trap 142 bpm mit Brass", ("brass",)),
    PromptTerms("трэп 140 bpm без вокала", (), ("vocal",)),
    # ambient
    PromptTerms("ambient, 80 bpm, wide atmospheric pads, C major, 2 minutes", ("pad",)),
    PromptTerms("dark ambient drone without drums", (), NO_DRUMS),
    PromptTerms("ruhiger Ambient ohne Schlagzeug, 70 bpm", (), NO_DRUMS),
    PromptTerms("Ambient mit Streichern, 75 bpm", ("strings",)),
    PromptTerms("мягкий эмбиент без барабанов", (), NO_DRUMS),
    PromptTerms("cinematic ambient 60 bpm with strings and no bass", ("strings",), ("bass",)),
    # synthwave
    PromptTerms("80s synthwave, 100 bpm, nostalgic, 64 bars"),
    PromptTerms("dark synthwave 110 bpm, driving bass, no vocals", ("bass",), ("vocal",)),
    PromptTerms("Synthwave 105 bpm mit Lead und Flächen", ("lead", "pad")),
    PromptTerms("синтвейв 100 bpm без гитары", (), ("guitar",)),
    PromptTerms("retrowave 98 bpm with guitar", ("guitar",)),
    # no genre named
    PromptTerms("something melodic and slow at 100 bpm with guitar, 48 bars", ("guitar",)),
    PromptTerms("energetic instrumental in D minor, 2 minutes", (), ("vocal",)),
    PromptTerms("a calm piece with piano and strings", ("keys", "strings")),
    PromptTerms("etwas Düsteres mit viel Bass, 110 bpm", ("bass",)),
    PromptTerms("fröhliche Musik in C-Dur, 120 bpm, ohne Percussion", (), ("percussion",)),
    PromptTerms("что-то мрачное и медленное, 70 bpm", ()),
    PromptTerms("весёлая мелодия с гитарой, 115 bpm", ("guitar",)),
)
