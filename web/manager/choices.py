"""What a page of the board can be narrowed to, as choices of a form."""

from collections.abc import Mapping, Sequence

from rules.organisation import agencies, departments, districts
from rules.taxonomy import groups, newest_leaves
from schema.codes import Channel
from storage.figures import Dimension
from web.manager.asking import Asked
from web.manager.saying import Saying

Choice = tuple[str, str]


def choices(asked: Asked, saying: Saying) -> Mapping[Dimension, Sequence[Choice]]:
    """By dimension the codes with their names; of departments those that the reader may see, and
    where the page is narrowed to an agency or a bureau, those of it."""
    return {
        Dimension.AGENCY: _named(Dimension.AGENCY, list(agencies()), saying),
        Dimension.BUREAU: [(one, one) for one in _bureaus(asked)],
        Dimension.DEPARTMENT: _named(Dimension.DEPARTMENT, _departments(asked), saying),
        Dimension.DISTRICT: _named(Dimension.DISTRICT, list(districts()), saying),
        Dimension.CHANNEL: _named(Dimension.CHANNEL, list(Channel), saying),
        Dimension.ITEM_GROUP: _named(Dimension.ITEM_GROUP, list(groups()), saying),
        Dimension.ITEM: _named(Dimension.ITEM, _items(asked), saying),
    }


def _named(by: Dimension, codes: Sequence[str], saying: Saying) -> list[Choice]:
    return [(code, saying.dimension(by, code)) for code in codes]


def _departments(asked: Asked) -> list[str]:
    agency, bureau = asked.value(Dimension.AGENCY), asked.value(Dimension.BUREAU)
    chosen = asked.value(Dimension.DEPARTMENT)
    found = departments(asked.today)
    return [
        code
        for code, row in found.items()
        if (asked.departments is None or code in asked.departments)
        and (code == chosen or (agency in (None, row.agency) and bureau in (None, row.bureau_ko)))
        and not row.is_duty
    ]


def _bureaus(asked: Asked) -> list[str]:
    found = departments(asked.today).items()
    own = [
        row.bureau_ko
        for code, row in found
        if row.bureau_ko and (asked.departments is None or code in asked.departments)
    ]
    return list(dict.fromkeys(own))


def _items(asked: Asked) -> list[str]:
    group = asked.value(Dimension.ITEM_GROUP)
    return [code for code in newest_leaves() if group is None or code[:2] == group]
