"""Commands that fill the library, repair it and find things in it."""

from pathlib import Path
from typing import TYPE_CHECKING

from src.cli.call import Call, Result
from src.cli.filters import filter_of
from src.core.errors import InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from src.db.rows.stem_edits import Selection


def preprocess(call: Call) -> Result:
    """Analyse a folder of kits into the library."""
    folder = Path(call.options.folder) if call.options.folder else None
    if folder is not None and not folder.is_dir():
        raise NotFoundError(f"there is no folder {call.options.folder!r}")
    if folder is None:
        call.services.settings.raw_path.mkdir(parents=True, exist_ok=True)
    report = call.services.analyzer.run(folder, progress=call.progress).to_dict()
    names = ("found", "unchanged", "added", "duplicates", "moved", "quarantined", "missing")
    text = ", ".join(f"{report[name]} {name}" for name in names if name in report)
    return Result(report, f"{text}, in {report['seconds']:.1f} s")


def reanalyse(call: Call) -> Result:
    """Hear stems again; corrections stay."""
    selection = _selection(call)
    report = call.services.reanalysis.run(selection, progress=call.progress).to_dict()
    text = (
        f"{report['reanalysed']} of {report['selected']} stems analysed again,"
        f" {report['changed']} changed, {report['failed']} failed, in {report['seconds']:.1f} s"
    )
    answer = [f"{one['path']}: {one['message']}" for one in report["problems"]]
    return Result(report, "\n".join([*answer, text]))


def reembed(call: Call) -> Result:
    """Hear the library with the wanted embedder, then search by it."""
    report = call.services.reembedding.run(progress=call.progress).to_dict()
    answer = [f"{one['path']}: {one['message']}" for one in report["problems"]]
    end = "searches use it now" if report["switched"] else "searches used it already"
    text = (
        f"{report['embedded']} of {report['stems']} stems embedded by {report['model_id']},"
        f" {report['failed']} failed, in {report['seconds']:.1f} s; {end}"
    )
    return Result(report, "\n".join([*answer, text]))


def notes(call: Call) -> Result:
    """Hear the notes of melodic loops that were never listened to."""
    report = call.services.note_hearing.run(progress=call.progress).to_dict()
    text = (
        f"{report['melodies']} of {report['loops']} loops are melodies with notes,"
        f" {report['failed']} failed, in {report['seconds']:.1f} s"
    )
    return Result(report, text)


def _selection(call: Call) -> "Selection":
    """Read which stems are meant: ids, or filters, or all, and never all by mistake."""
    from src.db.crud import StemFilter
    from src.db.rows.stem_edits import Selection

    options = call.options
    requested = filter_of(options)
    if [bool(options.ids), requested != StemFilter(), options.all].count(True) != 1:
        raise InvalidInputError("say which stems: either ids, or filters, or --all")
    return Selection(ids=tuple(options.ids)) if options.ids else Selection(requested=requested)


def quarantine(call: Call) -> Result:
    """List refused files, or give one another chance."""
    service = call.services.quarantine
    if call.options.retry:
        service.retry(call.options.retry)
        report = call.services.analyzer.run(progress=call.progress)
        return Result(report.to_dict(), f"{report.added} added, {report.quarantined} refused again")
    rows = [item.to_dict() for item in service.list_files()]
    lines = [f"{row['id']}  {row['reason']:<16} {row['original_path']!r}" for row in rows]
    return Result({"quarantine": rows}, "\n".join(lines) or "The quarantine is empty.")
