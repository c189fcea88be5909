"""Looking after the library: stems, kits, collections, edits, removal, quarantine.

Face: ``stems.StemService``, ``bulk_edits.BulkEditService``, ``collections.CollectionService``,
``map.LibraryMapService``, ``quarantine.QuarantineService``, ``kits.list_kits``,
``removal.remove_stem``, ``storage_use.storage_use``.
"""
