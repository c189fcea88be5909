"""Prompts of genres that move, of genres that stay, and with chords that are asked for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class HarmonyPrompt:
    """A prompt. moves: its genre changes chords; asked: it names the chords itself."""

    prompt: str
    moves: bool = True
    asked: bool = False


HARMONY_PROMPTS: tuple[HarmonyPrompt, ...] = (
    HarmonyPrompt("pop song with chords Am F C G, 120 bpm", asked=True),
    HarmonyPrompt("warm deep house 122 bpm, chords Dm7 G7 Cmaj7", asked=True),
    HarmonyPrompt("synthwave in A minor, i VI III VII, 100 bpm", asked=True),
    HarmonyPrompt("uplifting trance 138 bpm, chords Em C G D", asked=True),
    HarmonyPrompt("rock in E, I-bVII-IV, 130 bpm", asked=True),
    HarmonyPrompt("12-bar blues in A, 110 bpm", asked=True),
    HarmonyPrompt("jazz in C major, ii-V-I, 140 bpm", asked=True),
    HarmonyPrompt("Popsong mit den Akkorden C G Am F, 118 bpm", asked=True),
    HarmonyPrompt("lo-fi hip hop in D dorian, i IV, 80 bpm", asked=True),
    HarmonyPrompt("liquid drum and bass 174 bpm, chords Fm Db Ab Eb", asked=True),
    HarmonyPrompt("happy pop with piano and guitar"),
    HarmonyPrompt("warm deep house 122 bpm with piano chords"),
    HarmonyPrompt("funky house in F minor, 124 bpm"),
    HarmonyPrompt("euphorischer Trance 140 bpm mit Flächen"),
    HarmonyPrompt("trance in E minor 136 bpm with strings"),
    HarmonyPrompt("jazz with piano and double bass, 120 bpm"),
    HarmonyPrompt("soul ballad with electric piano, 76 bpm"),
    HarmonyPrompt("rock song with guitars, 128 bpm"),
    HarmonyPrompt("liquid drum & bass, 172 bpm, soft pads"),
    HarmonyPrompt("lo-fi hip hop, 80 bpm, dusty keys"),
    HarmonyPrompt("laid back hip hop beat 90 bpm, dusty keys"),
    HarmonyPrompt("80s synthwave, 100 bpm, nostalgic"),
    HarmonyPrompt("disco, 118 bpm, strings and bass"),
    HarmonyPrompt("r&b 84 bpm with electric piano"),
    HarmonyPrompt("downtempo 92 bpm, warm keys and bass"),
    HarmonyPrompt("melodic techno 123 bpm with a warm pad"),
    HarmonyPrompt("driving industrial techno 138 bpm", moves=False),
    HarmonyPrompt("minimal techno, 128 bpm, hypnotic percussion", moves=False),
    HarmonyPrompt("psytrance 145 bpm, rolling bass", moves=False),
    HarmonyPrompt("dark drone ambient without drums", moves=False),
    HarmonyPrompt("house in A minor 124 bpm that stays on one chord", moves=False, asked=True),
    HarmonyPrompt("ambient, 80 bpm, wide atmospheric pads, C major, 2 minutes", moves=False),
)
