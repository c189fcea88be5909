"""Parts of pages: tables, cards, forms, the track and its edits."""
