"""What one column becomes: by the caller's word, else by the tool's preset, else by its name."""

from dataclasses import dataclass, field, replace

from app.filters.catalog import SYSTEM_KEYS, Catalog, Field
from app.filters.problems import Code, InvalidValue, Problem, Refused
from app.filters.vocabulary import FieldType
from app.queries.fields import key_of
from app.queries.names import read_name
from app.transfer.columns.consents import consent_of, with_consent
from app.transfer.columns.fields import existing_field, free_key
from app.transfer.columns.given_words import REFUSING, with_refusals_of
from app.transfer.columns.judging import Usual, form_of, kind_of, note_on
from app.transfer.columns.names import KNOWN, OUR_HEADERS, OUR_NOTES, REASON
from app.transfer.columns.options import DATED, with_options
from app.transfer.columns.plan import Column, Role
from app.transfer.columns.presets.preset import NOTHING, TEXT_FIELD, Preset
from app.transfer.columns.sources import Source
from app.transfer.columns.words import plain

_REFUSES = "it says who must not be mailed, which holds whatever else becomes of it"
_ONCE = (Role.EMAIL, Role.TEXT, Role.TIME, Role.FIELD)


@dataclass(slots=True)
class Drafting:
    """The columns planned so far: what they claim, the keys taken, and every problem found."""

    catalog: Catalog
    preset: Preset | None
    usual: Usual
    taken: set[str]
    problems: list[Problem]
    claims: dict[tuple[Role, str], Source] = field(default_factory=dict)

    def column(self, source: Source) -> Column:
        """The column's plan; NOTHING where there is a problem with it, which is noted."""
        try:
            column = with_options(self._drafted(source, self._template(source)), source.asked)
            column = self._refusing(column, source)
            if source.asked.numbers is None and not column.note:
                column = replace(column, note=note_on(column, source.seen))
            self._claim(column, source)
        except InvalidValue as invalid:
            self.problems.append(Problem(invalid.code, invalid.message, source.path))
        except Refused as refused:
            self.problems += [replace(problem, path=source.path) for problem in refused.problems]
        else:
            return column
        return replace(NOTHING, name=source.header)

    def _template(self, source: Source) -> Column | None:
        template = source.asked.column or source.given or self._known(source)
        if template is None or source.asked.column or template.role in (Role.FIELD, Role.LABELS):
            return template
        other = self.claims.get((template.role, template.key))
        return None if source.within or (other and other.asked.column) else template

    def _known(self, source: Source) -> Column | None:
        header = plain(source.header)
        if source.header in OUR_NOTES:
            return replace(NOTHING, key=REASON if source.header == REASON else "")
        if self.preset and not source.within and (found := self.preset.column(header)):
            return found
        if source.header not in OUR_HEADERS and source.header in self.catalog.fields:
            return None
        return KNOWN.get(header) or self._consent(source)

    def _refusing(self, column: Column, source: Source) -> Column:
        """A column that the caller has placed, which still says who must not be mailed where it is known for that."""
        header = plain(source.header)
        known = source.given or (self.preset and self.preset.column(header)) or KNOWN.get(header)
        if source.asked.column is None or not known or not any(meaning in REFUSING for _, meaning in known.words):
            return column
        match column.role:
            case Role.NOTHING:
                return replace(known, name=source.header, note=_REFUSES)
            case Role.STATUS | Role.FIELD:
                return replace(column, words=with_refusals_of(known.words, column.words), note=_REFUSES)
            case _:
                return column

    def _consent(self, source: Source) -> Column | None:
        is_field = source.asked.type is not None or existing_field(source.header, self.catalog)
        return None if is_field or source.within else consent_of(source.header, source.seen)

    def _drafted(self, source: Source, template: Column | None) -> Column:
        if template is None or template.role is Role.FIELD:
            return self._with_consent(self._field(source, template), source, template)
        form = self._form(template.type, source) if template.role is Role.TIME else ""
        return replace(template, name=source.header, form=form)

    def _with_consent(self, column: Column, source: Source, template: Column | None) -> Column:
        if template or source.asked.type or source.within or column.role is not Role.FIELD:
            return column
        return with_consent(column, source.header, source.seen)

    def _field(self, source: Source, template: Column | None) -> Column:
        name, name_part = self._name(source, template), template.name_part if template else 0
        if found := self._existing(name, template):
            if source.seen.is_yearless and found.type in DATED:
                return self._without_year(found, source)
            form = self._form(found.type, source)
            return Column(Role.FIELD, found.key, found.name, found.type, form=form, name_part=name_part)
        if source.asked.column or (name and key_of(name) not in SYSTEM_KEYS and source.seen.filled):
            return replace(self._new(name, source, template), name_part=name_part)
        return replace(NOTHING, name=source.header)

    def _without_year(self, dated: Field, source: Source) -> Column:
        """Days that no date can be: they go to a text beside the field."""
        name = f"{dated.name} (no year)"
        if source.asked.column:
            message = f'its days have no year, which {dated.name} needs; map it to a text, as {{"to": "{name}"}}'
            raise InvalidValue(Code.INVALID_DATE, message)
        note = f"its days have no year, which {dated.name} needs"
        beside = existing_field(name, self.catalog)
        if beside is None:
            return replace(self._new(name, source, TEXT_FIELD), note=note)
        if beside.type is FieldType.TEXT:
            return Column(Role.FIELD, beside.key, beside.name, note=note)
        return replace(NOTHING, name=source.header, note=note)

    def _existing(self, name: str, template: Column | None) -> Field | None:
        known = existing_field(template.key, self.catalog) if template and template.key else None
        return known or existing_field(name, self.catalog)

    def _name(self, source: Source, template: Column | None) -> str:
        name = (template.name if template else "") or source.header
        key = key_of(name)
        clashes = key in SYSTEM_KEYS or (Role.FIELD, key) in self.claims
        return f"{source.within} {name}" if source.within and not source.asked.column and clashes else name

    def _new(self, name: str, source: Source, template: Column | None) -> Column:
        type, form = self._kind(source, template)
        key = free_key((template.key if template else "") or name, self.taken)
        self.taken.add(key)
        return Column(Role.FIELD, key, read_name(name, "file"), type, is_new=True, form=form)

    def _kind(self, source: Source, template: Column | None) -> tuple[FieldType, str]:
        asked = source.asked
        if asked.type:
            return asked.type, self._form(asked.type, source)
        if asked.dates is not None:
            days = any(kind.type is FieldType.DATE and kind.form == asked.dates for kind in source.seen.kinds)
            return FieldType.DATE if days else FieldType.DATETIME, asked.dates
        if asked.numbers is not None:
            return FieldType.NUMBER, asked.numbers
        if template and not template.is_new:
            return template.type, ""
        return kind_of(source.seen, self.usual)

    def _form(self, type: FieldType, source: Source) -> str:
        asked = source.asked.numbers if type is FieldType.NUMBER else source.asked.dates
        return form_of(type, source.seen, self.usual) if asked is None else asked

    def _claim(self, column: Column, source: Source) -> None:
        if column.role not in _ONCE:
            return
        other = self.claims.setdefault((column.role, column.key), source)
        if other is not source:
            message = f'"{other.header[:100]}" and "{source.header[:100]}" mean the same field'
            raise InvalidValue(Code.NOT_ALLOWED, message)
