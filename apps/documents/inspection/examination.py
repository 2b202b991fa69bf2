"""One examination: from a file's name and bytes to a verdict, through archives down to their members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from apps.documents.inspection import archives, kinds, markings, names, office, texts
from apps.documents.inspection.archives import Budget, Member, Rebuilt, shown, unpacked
from apps.documents.inspection.kinds import ZIP, Kind
from apps.documents.inspection.outcome import (
    Finding,
    Inspection,
    Limits,
    Reason,
    Refused,
    Verdict,
    blocked,
    finding,
)

_HEAD = 64 * 1024


class Marked(Exception):
    """A file bears a marking of classified information."""

    def __init__(self, marking: str, member: str | None) -> None:
        super().__init__(marking)
        self.marking = marking
        self.member = member


@dataclass
class Result:
    """What one file was found to be; `sanitised` replaces it."""

    kind: Kind
    sanitised: Path | None = None
    pages: int | None = None
    text_length: int = 0
    removed: list[Finding] = field(default_factory=list)


@dataclass
class Examination:
    """Everything that one inspection shares: its limits, its folder and what its archives have used."""

    limits: Limits
    workshop: Path
    _made: int = 0

    def __post_init__(self) -> None:
        self._budget = Budget(self.limits)

    def verdict(self, path: Path, *, name: str, declared_type: str) -> Inspection:
        """The verdict on a file. Raises for what is no property of the file, such as a full disk."""
        try:
            problem = names.problem(name)
            if problem is not None:
                return blocked(problem)
            result = self._examine(path, name=name, declared_type=declared_type, member=None, depth=0)
        except Refused as refusal:
            return blocked(refusal.reason, refusal.member)
        except Marked as marked:
            return blocked(Reason.MARKED_CLASSIFIED, marked.member, marking=marked.marking)
        if result.sanitised is not None:
            result.sanitised.rename(self.workshop / "sanitised")
        return Inspection(
            Verdict.CLEAN,
            media_type=result.kind.media_type,
            extension=names.extension(name),
            sanitised=self.workshop / "sanitised" if result.sanitised is not None else None,
            pages=result.pages,
            text_length=result.text_length,
            removed=tuple(result.removed[:200]),
        )

    def _examine(self, path: Path, *, name: str, declared_type: str, member: str | None, depth: int) -> Result:
        self._check_marking(markings.in_name(name), member)
        extension = names.extension(name)
        if extension not in kinds.BY_EXTENSION:
            self._refuse_by_content(path, member)
            raise Refused(Reason.EXTENSION_NOT_ALLOWED, member)
        size = path.stat().st_size
        if size == 0:
            raise Refused(Reason.EMPTY, member)
        with path.open("rb") as file:
            head = file.read(_HEAD)
        try:
            kind = kinds.binary_kind(head)
            if kind is None:
                return self._text(path, size, extension, declared_type, member)
            if kind is ZIP:
                return self._packed(path, extension, declared_type, member, depth)
            kinds.agree(kind, extension=extension, declared_type=declared_type)
            if kind.family == "image":
                return self._image(path, kind, member)
            return self._pdf(path, member)
        except Refused as refusal:
            raise Refused(refusal.reason, _joined(member, refusal.member)) from None

    def _refuse_by_content(self, path: Path, member: str | None) -> None:
        """Where the extension is not accepted, the content may give the better reason."""
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if not head:
            raise Refused(Reason.EMPTY, member)
        try:
            kind = kinds.binary_kind(head)
            reason = None if kind else kinds.markup(head.decode("utf-8", "replace"))
        except Refused as refusal:
            raise Refused(refusal.reason, member) from None
        if reason is not None:
            raise Refused(reason, member)

    def _text(self, path: Path, size: int, extension: str, declared_type: str, member: str | None) -> Result:
        if size > self.limits.text_bytes:
            raise Refused(Reason.TOO_LARGE)
        text = texts.decoded(path.read_bytes())
        running = kinds.markup(text)
        if running is not None:
            raise Refused(running)
        kind = kinds.agree(texts.kind_of(text), extension=extension, declared_type=declared_type)
        texts.check(text, kind)
        self._check_text(text, member)
        return Result(kind, text_length=len(text))

    def _image(self, path: Path, kind: Kind, member: str | None) -> Result:
        from apps.documents.inspection import images

        if path.stat().st_size > self.limits.image_bytes:
            raise Refused(Reason.TOO_LARGE)
        data = path.read_bytes()
        if kinds.ends_as_archive(data[-66_000:]):
            raise Refused(Reason.POLYGLOT)
        picture = images.sanitised(data, kind, self.limits)
        result = Result(kind, removed=[finding(each, member) for each in sorted(picture.removed)])
        if picture.data != data:
            result.sanitised = self._new_path()
            result.sanitised.write_bytes(picture.data)
        return result

    def _pdf(self, path: Path, member: str | None) -> Result:
        from apps.documents.inspection import pdf

        target = self._new_path()
        document = pdf.sanitised(path, target, self.limits)
        self._check_text(document.text, member)
        return Result(
            kinds.PDF,
            sanitised=target if document.is_rewritten else None,
            pages=document.pages,
            text_length=len(document.text),
            removed=[finding(each, member) for each in sorted(document.removed)],
        )

    def _packed(self, path: Path, extension: str, declared_type: str, member: str | None, depth: int) -> Result:
        inside = archives.members(path, self._budget)
        kind = office.kind_of(path, inside, self._budget)
        kinds.agree(kind, extension=extension, declared_type=declared_type)
        if kind is ZIP:
            return self._archive(path, inside, member, depth + 1)
        target = self._new_path()

        def nested(source: Path, name: str, part: Member) -> Path | None:
            if depth + 1 > self.limits.depth:
                raise Refused(Reason.ARCHIVE_DEPTH, shown(name))
            result, extracted = self._member(source, part, shown(name), depth + 1)
            if result.sanitised is None:
                extracted.unlink()
            return result.sanitised

        package = office.inspected(path, target, kind, inside, self._budget, nested)
        self._check_text(package.text, member)
        return Result(
            kind,
            sanitised=target if package.is_rewritten else None,
            pages=package.pages,
            text_length=len(package.text),
            removed=[finding(what, _joined(member, where)) for what, where in package.removed],
        )

    def _archive(self, path: Path, inside: list[Member], member: str | None, depth: int) -> Result:
        if depth > self.limits.depth:
            raise Refused(Reason.ARCHIVE_DEPTH)
        result = Result(ZIP)
        changed: dict[str, Path] = {}
        for part in inside:
            # Also folders that have no entry of their own.
            for folder in part.name.split("/")[:-1]:
                self._check_marking(markings.in_name(folder), _joined(member, shown(part.name)))
            if part.is_folder:
                continue
            found, extracted = self._member(path, part, shown(part.name), depth)
            result.text_length += found.text_length
            result.removed += [Finding(each.code, each.text, _joined(member, each.member)) for each in found.removed]
            if found.sanitised is not None:
                changed[part.name] = found.sanitised
            extracted.unlink()
        if changed:
            result.sanitised = self._new_path()
            self._rebuild(path, result.sanitised, inside, changed)
        return result

    def _member(self, source: Path, part: Member, shown_name: str, depth: int) -> tuple[Result, Path]:
        """Unpack one member and examine it as a file of its own."""
        extracted = self._new_path()
        with extracted.open("wb") as file:
            for piece in unpacked(source, part, self._budget):
                file.write(piece)
        name = part.name.rpartition("/")[2]
        return self._examine(extracted, name=name, declared_type="", member=shown_name, depth=depth), extracted

    def _rebuild(self, source: Path, target: Path, inside: list[Member], changed: dict[str, Path]) -> None:
        again = Budget(self.limits)
        archive = Rebuilt(target)
        for part in inside:
            new = changed.get(part.name)
            archive.add(part, _file(new) if new is not None else unpacked(source, part, again))
            if new is not None:
                new.unlink()
        archive.close()

    def _check_text(self, text: str, member: str | None) -> None:
        self._check_marking(markings.in_text(text), member)

    def _check_marking(self, marking: markings.Marking | None, member: str | None) -> None:
        if marking is not None:
            raise Marked(marking.marking, member)

    def _new_path(self) -> Path:
        self._made += 1
        return self.workshop / f"part-{self._made}"


def _file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(64 * 1024):
            yield piece


def _joined(outer: str | None, inner: str | None) -> str | None:
    if outer is None or inner is None or inner.startswith(outer):
        return inner if inner is not None else outer
    return f"{outer}/{inner}"
