"""People of the staff as rules and storage name them: what somebody does, where, and for whom."""

from schema.codes import Role
from schema.model import Frozen

STAFF_ROLES = frozenset(Role) - {Role.CITIZEN, Role.SYSTEM, Role.CHANNEL}


class Duty(Frozen):
    """A role in a department (직무). `instead_of` is the login of the absent person whose duty a
    deputy does (대리); None for the person's own."""

    role: Role
    department: str
    instead_of: str | None = None
