"""Which sounds that a prompt names lie in the library under that name."""

from collections import Counter
from collections.abc import Mapping, Sequence

from src.db.database import Database
from src.db.rows.named_stems import stems_with_text
from src.music.prompt.library_sounds import LibrarySound
from src.words.file_names import names_of_files, words_of_file


class NamedSounds:
    """Looks names up in files, folders and tags of a library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, names: Sequence[str]) -> Mapping[str, LibrarySound]:
        """Map each name that the library has to the category that most files of that name are.

        All words of a name must stand in one file's path or tags, as words, in any order.
        """
        found = {}
        with self._database.transaction() as session:
            for name in names:
                categories: Counter[str] = Counter()
                for words in names_of_files(name):
                    longest = max(words, key=len)
                    for stem in stems_with_text(session, longest):
                        if words <= words_of_file(" ".join((stem.file, *stem.tags))):
                            categories[stem.category] += 1
                if categories:
                    found[name] = LibrarySound(name, dict(categories))
        return found
