"""From estimates to facts: what names, metadata, sound and kits say is reconciled.

Face: ``estimates.Estimate``, ``estimates.Evidence``, ``names.name_hints``, ``names.NameHints``,
``corrections.Change``, ``kit_evidence.StemEvidence``, ``stem_in_kit.reconcile``,
``stem_in_kit.StemInKit``.
"""
