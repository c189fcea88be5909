"""Looking after the library: stems, kits, collections, edits, removal, quarantine."""
