"""From an intent to a plan: form, tempo, key, energy, and what each section asks for."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from src.music.arranging.form import UNIT, Shape, shape_form
from src.music.arranging.library_summary import LibrarySummary
from src.music.arranging.named_form import SectionStore, named_form, reports_of_row, with_spoken_of
from src.music.arranging.plan_checks import PlanExpectations, checked_plan
from src.music.arranging.presence import Presence, presences_of
from src.music.arranging.roles import (
    Lineup,
    categories_of,
    lineup_of,
    tags_of_role,
    text_of_role,
)
from src.music.arranging.section_requests import (
    SectionGroup,
    ending_of,
    groups_of,
    presences_in,
    request_of,
    timed_plan,
    with_last_hit,
    with_moves,
    with_own_moods,
)
from src.music.arranging.target import choose_bpm, choose_key, choose_metre
from src.music.arranging.timed_form import TimedForm, needed_bars, timed_form, with_counted
from src.music.genre.genres import (
    AnswerRule,
    Form,
    FormSection,
    GenreGrammar,
    genre_grammar,
)
from src.music.genre.patterns import pattern_names, patterns_for
from src.music.harmony.progressions import with_chords
from src.music.model.accounts import ReportedWords, RequestedSound
from src.music.model.ending import FADE
from src.music.model.part_request import PartRequest
from src.music.model.plan import (
    POSITIONS,
    ArrangementPlan,
    SectionPlan,
    StemQuery,
)
from src.music.prompt.intent import PromptIntent
from src.music.prompt.length import Length
from src.music.theory.library import CATEGORIES, DRUM_CATEGORIES
from src.music.theory.metre import Metre

MAX_LENGTH_S = 1200.0
"""Longest track, in seconds."""

_ENERGY = {
    "energetic": 0.1, "aggressive": 0.08, "hard": 0.08, "driving": 0.05, "euphoric": 0.05,
    "heavy": 0.05, "epic": 0.05, "calm": -0.2, "soft": -0.15, "minimal": -0.08, "dreamy": -0.1,
    "sad": -0.08, "romantic": -0.08, "sleepy": -0.1, "powerful": 0.05, "triumphant": 0.05,
    "chaotic": 0.05, "peaceful": -0.1,
}  # fmt: skip
_LEAST_ENERGY, _MOST_ENERGY = 0.05, 1.0
_LEAST_RANGE = 0.4
"""A mood squeezes the form's range of energies to no less than this share of it."""

_HALF_TIME = ("kick", "snare", "clap")
_ADJECTIVES = ("open", "closed", "female", "male", "white", "field", "spoken", "finger", "metallic",
               "hi-hat")  # fmt: skip


def arrange(
    intent: PromptIntent,
    *,
    seed: int = 0,
    library: LibrarySummary | None = None,
    max_length_s: float = MAX_LENGTH_S,
) -> ArrangementPlan:
    """Make a plan. The same intent, seed and library give the same plan.

    seed: chooses among the genre's forms, keys and occasional roles
    library: where given, tempo and key that the prompt leaves open follow what it holds

    Raises InvalidInputError for a length over max_length_s, and where the prompt refuses
    everything that could play.
    """
    genre, _, style = (intent.genre or intent.suggested_genre or "default").partition("/")
    intent = replace(intent, style=intent.style or style)
    grammar = genre_grammar(genre, intent.style)
    metre, metre_reports = choose_metre(intent, grammar)
    intent = replace(intent, metre=str(metre))
    bpm, bpm_reason = choose_bpm(intent, grammar, library, metre)
    key, key_reason = choose_key(intent, grammar, bpm=bpm, library=library, rng=_rng(seed, "key"))
    bar_s = metre.beats_per_bar * 60.0 / bpm
    store = SectionStore(grammar, _forms(grammar, _rng(seed, "form")))
    forms = [_first_form(store, intent, bar_s), *store.forms[1:]]
    shape = _shaped(forms, intent, grammar, bar_s, max_length_s)
    timed = timed_form(shape.sections, intent, store, bar_s=bar_s)
    intent = with_moves(intent, timed.moves)
    structure = with_last_hit(_structure(timed, grammar, intent, seed), intent)
    bars = sum(section.bars for section in structure)
    notes = (*_heading(intent, grammar, forms[0].name), bpm_reason, key_reason, *shape.notes)
    plan = ArrangementPlan(
        bpm=bpm,
        key=key,
        structure=tuple(structure),
        genre=genre,
        prompt=intent.prompt,
        moods=intent.moods or grammar.moods,
        excluded=excluded_words(intent),
        swing=_swing(intent, grammar, metre),
        swing_note=grammar.swing_note,
        time_signature=str(metre),
        notes=(*notes, *_closing(intent)),
        only_roles=_only_roles(intent),
        ending=ending_of(intent, bars, bar_s),
        style=grammar.style,
        scale=intent.scale or "",
        feel=intent.feel or "",
        chords=intent.chords,
        progression=intent.progression,
        requested=_requested(intent),
        understood=intent.understood,
        reported=(*intent.reported, *metre_reports, *_missing_patterns(intent, grammar)),
    )
    return with_chords(_checked(plan, intent, timed, bar_s), seed=seed)


def _checked(
    plan: ArrangementPlan, intent: PromptIntent, timed: TimedForm, bar_s: float
) -> ArrangementPlan:
    """Correct what the plan does not keep of what was asked for, and report what was changed."""
    asked = None if intent.length is None else intent.length.in_bars(240.0 / bar_s)
    requested = (*intent.requested, *_placed(intent))
    plan, reports = checked_plan(plan, PlanExpectations(asked, requested))
    named = reports_of_row(intent.form, plan.structure, bar_s=bar_s)
    return replace(plan, reported=(*plan.reported, *timed.reports, *named, *reports))


def _first_form(store: SectionStore, intent: PromptIntent, bar_s: float) -> Form:
    """Return the form to use: the named one, and without an outro where the end is cold."""
    form = named_form(store, with_counted(store.forms[0], intent), bar_s=bar_s)
    if not intent.form.sections:
        form = with_spoken_of(store, form, intent.understood, adds=not intent.form.is_row)
    cold = intent.ending is not None and intent.ending.style != FADE
    sections = form.sections
    if cold and not intent.form.sections and len(sections) > 1 and sections[-1].kind == "outro":
        return replace(form, sections=sections[:-1])
    return form


def _shaped(
    forms: Sequence[Form],
    intent: PromptIntent,
    grammar: GenreGrammar,
    bar_s: float,
    max_length_s: float,
) -> Shape:
    """Shape the form; a track whose length is open is as long as its clauses need.

    bar_s: length of a bar in seconds
    """

    def shaped(asked: PromptIntent) -> Shape:
        return shape_form(
            forms,
            asked,
            bpm=240.0 / bar_s,
            typical_s=grammar.length_s,
            max_length_s=max_length_s,
            beats_per_bar=4.0,
            section_bars=grammar.section_bars,
        )

    shape = shaped(intent)
    needed = needed_bars(intent, bar_s)
    if intent.length is not None or sum(section.bars for section in shape.sections) >= needed:
        return shape
    return shaped(replace(intent, length=Length(bars=float(UNIT * -(-needed // UNIT)))))


def _swing(intent: PromptIntent, grammar: GenreGrammar, metre: Metre) -> float:
    """Return how late every second note comes, as asked or as the genre has it; thirds are not
    swung.
    """
    if metre.compound:
        return 0.0
    return grammar.swing if intent.swing is None else intent.swing


def _requested(intent: PromptIntent) -> tuple[RequestedSound, ...]:
    """List what is asked for by name in the track or a section, and what there shall be less of."""
    sounds = [
        RequestedSound(asked.name, asked.category, asked.text, asked.gain_db)
        for asked in (*intent.requested, *_placed(intent))
    ]
    softer = [RequestedSound(c, c, c, gain_db) for c, gain_db in intent.softer]
    return tuple(dict.fromkeys((*sounds, *softer)))


def _missing_patterns(intent: PromptIntent, grammar: GenreGrammar) -> list[ReportedWords]:
    """Report rhythms that the genre has no pattern for."""
    words = {one.value: one.words for one in intent.understood if one.field == "pattern"}
    return [
        ReportedWords("not_granted", words.get(name, name), {"what": f"{name} of the {category}"})
        for category, name in intent.patterns.items()
        if name not in _pattern_names(category, grammar, intent)
    ]


def _structure(
    timed: TimedForm, grammar: GenreGrammar, intent: PromptIntent, seed: int
) -> list[SectionPlan]:
    """Plan what each section of a form asks for, in the genre of its clauses."""
    bars = sum(section.form.bars for section in timed.sections)
    presences = presences_of(timed.moves, bars)
    plans: list[SectionPlan] = []
    groups = list(groups_of(timed.sections, grammar.name, grammar.style))
    for group in groups:
        own = genre_grammar(group.genre, group.style)
        plans += _group(group, own, intent, seed, presences_in(group, presences))
        if len(groups) > 1:
            name = f"{group.style} {group.genre}".strip()
            plans[group.first :] = [replace(p, genre=name) for p in plans[group.first :]]
    return plans


def _group(
    group: SectionGroup,
    grammar: GenreGrammar,
    intent: PromptIntent,
    seed: int,
    presences: Sequence[Presence],
) -> list[SectionPlan]:
    """Plan the sections of one genre."""
    sections = tuple(section.form for section in group.sections)
    requests = [request_of(section, intent) for section in group.sections]
    lineup = lineup_of(
        sections, grammar, intent, _rng(seed, "roles"), requests=requests, presences=presences
    )
    answers = {
        name: rule
        for name, rule in grammar.answers.items()
        if _rng(seed, f"answers {name}").random() < rule.chance
    }
    plans: list[SectionPlan] = []
    for number, form in enumerate(_in_mood(sections, intent)):
        names = dict.fromkeys(lineup.playing[number])
        timed = group.sections[number]
        moved = replace(form, energy=form.energy + requests[number].energy)
        section = _section(number, moved, lineup, grammar, with_own_moods(timed, intent))
        answered = _answered(form, names, section, answers)
        plans.append(timed_plan(answered, timed, number, lineup))
    return plans


def _only_roles(intent: PromptIntent) -> tuple[str, ...]:
    """List the categories of "only kick and bass"; empty where others may play as well."""
    if not intent.only_requested:
        return ()
    kinds = categories_of((*intent.requested, *_placed(intent)))
    if intent.ending is not None and intent.ending.last_hit:
        kinds.add("cymbal")
    return tuple(category for category in CATEGORIES if category in kinds)


def _placed(intent: PromptIntent) -> list[PartRequest]:
    """List what is asked for in single sections, or from a moment on."""
    by_kind = [requested for request in intent.sections for requested in request.requested]
    return by_kind + [requested for clause in intent.clauses for requested in clause.requested]


def excluded_words(intent: PromptIntent) -> tuple[str, ...]:
    """Refused categories, then refused sounds and moods, in single words where possible.

    "drums" among them means no drums at all; who refuses only drum loops refuses "drum loop".
    What is wanted in one section is not among them: the queries alone keep it there.
    """
    placed = categories_of(tuple(_placed(intent)))
    words = [category for category in intent.excluded if category not in placed]
    if "drums" in words and not set(DRUM_CATEGORIES) <= set(words):
        words[words.index("drums")] = "drum loop"
    for name in intent.excluded_words:
        first = name.split()[0]
        words += [name] if first in (name, *_ADJECTIVES) else [name, first]
    return tuple(dict.fromkeys([*words, *intent.avoided_moods]))


def _forms(grammar: GenreGrammar, rng: random.Random) -> list[Form]:
    """List the form chosen by its weight, then the others."""
    chosen = rng.choices(grammar.forms, [form.weight for form in grammar.forms])[0]
    return [chosen, *(form for form in grammar.forms if form is not chosen)]


def _in_mood(sections: tuple[FormSection, ...], intent: PromptIntent) -> list[FormSection]:
    """Sections with the energy that the moods give the track.

    What would leave the range is squeezed into it, so that louder sections stay louder.
    """
    shift = sum(_ENERGY.get(mood, 0.0) for mood in intent.moods)
    low = min(section.energy for section in sections)
    high = max(section.energy for section in sections)
    lowest, highest = max(_LEAST_ENERGY, low + shift), min(_MOST_ENERGY, high + shift)
    least = _LEAST_RANGE * (high - low)
    if highest - lowest < least:
        lowest = max(_LEAST_ENERGY, highest - least)
        highest = max(highest, lowest + least)
    scale = (highest - lowest) / (high - low) if high > low else 0.0
    return [
        replace(section, energy=round(lowest + scale * (section.energy - low), 6))
        for section in sections
    ]


def _section(
    number: int, section: FormSection, lineup: Lineup, grammar: GenreGrammar, intent: PromptIntent
) -> SectionPlan:
    energy = round(max(_LEAST_ENERGY, min(_MOST_ENERGY, section.energy)), 3)
    return SectionPlan(
        section=section.section,
        bars=section.bars,
        stem_queries=tuple(
            _query(lineup.roles[name], energy, grammar, intent.within(section.kind))
            for name in dict.fromkeys(lineup.playing[number])
        ),
        energy=energy,
        fill=section.fill and intent.fills is not False,
    )


def _answered(
    form: FormSection,
    names: Iterable[str],
    section: SectionPlan,
    answers: Mapping[str, AnswerRule],
) -> SectionPlan:
    """Share some roles of a section between two stems, as call and answer."""
    bars = {
        name: rule.bars
        for name, rule in answers.items()
        if form.kind in rule.kinds and form.bars >= 2 * rule.bars
    }
    return replace(
        section,
        stem_queries=tuple(
            replace(query, count=2, answer_bars=bars[name])
            if name in bars and query.pattern not in POSITIONS
            else query
            for name, query in zip(names, section.stem_queries, strict=True)
        ),
    )


def _query(
    role: PartRequest, energy: float, grammar: GenreGrammar, intent: PromptIntent
) -> StemQuery:
    own = next((w.tags for w in intent.requested if w.text == role.text), ())
    return StemQuery(
        category=role.category,
        tags=tags_of_role(role, intent, own),
        text=text_of_role(role, intent),
        pattern=_pattern(role, energy, grammar, intent),
        gain_db=round(role.gain_db + _style_gain(role.category, grammar, intent), 2),
    )


def _pattern(
    role: PartRequest, energy: float, grammar: GenreGrammar, intent: PromptIntent
) -> str | None:
    """Name a pattern where the genre would not choose it by itself: effects, half time, styles."""
    if role.pattern is not None:
        return role.pattern
    known = _pattern_names(role.category, grammar, intent)
    if intent.patterns.get(role.category) in known:
        return intent.patterns[role.category]
    if intent.half_time and role.category in _HALF_TIME:
        return "half time"
    if not grammar.style or intent.metre != grammar.time_signature:
        return None
    plain = genre_grammar(grammar.name).patterns[role.category]
    if grammar.patterns[role.category] == plain:
        return None
    return patterns_for(grammar.full_name, role.category, energy)[0].name


def _pattern_names(category: str, grammar: GenreGrammar, intent: PromptIntent) -> tuple[str, ...]:
    """List the patterns of a category in the track's metre."""
    return pattern_names(grammar.name, category, metre=intent.metre or grammar.time_signature)


def _style_gain(category: str, grammar: GenreGrammar, intent: PromptIntent) -> float:
    """Return what the style mixes differently from its genre, and what shall be softer."""
    softer = dict(intent.softer)
    own = grammar.mix_db[category] - genre_grammar(grammar.name).mix_db[category]
    drums = ("kick", "snare", "clap", "hihat", "cymbal", "tom", "percussion")
    return own + softer.get(category, softer.get("drums", 0.0) if category in drums else 0.0)


def _heading(intent: PromptIntent, grammar: GenreGrammar, form: str) -> list[str]:
    notes = []
    if intent.understood:
        words = dict.fromkeys(one.words for one in intent.understood)
        notes.append(f"understood: {', '.join(words)}")
    name = f"{grammar.style} {grammar.name}".strip()
    asked = "as asked" if intent.genre else "no genre named"
    notes.append(f"genre {name} ({asked}), form {form!r}")
    return notes


def _closing(intent: PromptIntent) -> list[str]:
    notes = [*intent.notes]
    refused = excluded_words(intent)
    if refused:
        notes.append(f"left out: {', '.join(refused)}")
    if intent.requested:
        notes.append(f"wanted: {', '.join(requested.text for requested in intent.requested)}")
    return notes


def _rng(seed: int, purpose: str) -> random.Random:
    """Chance of its own for each decision, so that one does not move another."""
    return random.Random(f"{seed} {purpose}")
