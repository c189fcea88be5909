"""Evidence survives being stored."""

import json

from src.music.evidence.estimates import Estimate
from src.music.evidence.kit_evidence import StemEvidence, evidence_from, evidence_record
from tests.music.kit_stems import tonal


def test_evidence_comes_back_from_json_as_it_was() -> None:
    evidence = tonal("Am", 0.5)
    back = evidence_from(json.loads(json.dumps(evidence_record(evidence))))
    assert back.bpm == evidence.bpm
    assert back.key == evidence.key
    assert back.tempos == evidence.tempos
    assert max(abs(a - b) for a, b in zip(back.keys, evidence.keys, strict=True)) < 1e-4
    assert evidence_record(back) == evidence_record(evidence)


def test_what_is_unknown_comes_back_unknown() -> None:
    shot = StemEvidence(0.3, "kick", Estimate(False, 0.9, "audio"), None, None)
    assert evidence_from(evidence_record(shot)) == shot


def test_a_stem_needs_little_room() -> None:
    assert len(json.dumps(evidence_record(tonal("Am", 0.5)))) < 700
