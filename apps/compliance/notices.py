"""Mails that tell owners, each in their own language, how the verification of their organisation goes.

No officer is named, and nothing of what a watch-list said.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from apps.compliance.models import VerificationCase
from apps.organisations.notices import Notice, owners_tell


class Told(StrEnum):
    """What owners are told of a case."""

    RENEWAL = "renewal"
    REMINDER = "reminder"
    REQUEST = "request"
    VERIFIED = "verified"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"


TEXTS: Mapping[Told, Mapping[str, Notice]] = {
    Told.RENEWAL: {
        "en": Notice(
            "Tandem: the verification of {organisation} is to be renewed",
            """The verification of {organisation} is to be renewed until {due_on}. Sign in, show what the checklist
asks for and submit the case. Until that day nothing changes; after it the organisation is suspended
until the case is submitted and decided.
""",
        ),
        "uk": Notice(
            "Tandem: організація {organisation} має пройти повторну перевірку",
            """Організація {organisation} має пройти повторну перевірку до {due_on} включно. Увійдіть, надайте те, що
вказано в контрольному переліку, і подайте справу. До цього дня нічого не змінюється; після нього статус організації
буде зупинено, доки справу не подано й не вирішено.
""",
        ),
    },
    Told.REMINDER: {
        "en": Notice(
            "Tandem: {organisation} has until {due_on} to renew its verification",
            """The verification of {organisation} is not renewed yet, and it is your turn. After {due_on} the
organisation is suspended: nobody outside sees it any more.
""",
        ),
        "uk": Notice(
            "Tandem: організація {organisation} має пройти повторну перевірку до {due_on}",
            """Повторну перевірку організації {organisation} ще не завершено, і наступний крок за вами. Після {due_on}
статус організації буде зупинено: ніхто поза нею її більше не бачитиме.
""",
        ),
    },
    Told.REQUEST: {
        "en": Notice(
            "Tandem: a question about the verification of {organisation}",
            """The officer of the case asks {organisation} for something until {due_on}. Sign in to read and answer it.
""",
        ),
        "uk": Notice(
            "Tandem: запит щодо перевірки організації {organisation}",
            """Особа, яка розглядає справу, очікує від організації {organisation} відповіді до {due_on} включно.
Увійдіть, щоб прочитати запит і відповісти.
""",
        ),
    },
    Told.VERIFIED: {
        "en": Notice(
            "Tandem: {organisation} is verified",
            """{organisation} is verified. Other verified organisations see from now on what its settings show them.
The verification is to be renewed until {next_due_on}.
""",
        ),
        "uk": Notice(
            "Tandem: організацію {organisation} перевірено",
            """Організацію {organisation} перевірено. Інші перевірені організації відтепер бачать те, що показують її
налаштування. Пройти повторну перевірку потрібно до {next_due_on} включно.
""",
        ),
    },
    Told.REFUSED: {
        "en": Notice(
            "Tandem: the verification of {organisation} was refused",
            """The verification of {organisation} was refused. Sign in to read the reasons and what you can do.
""",
        ),
        "uk": Notice(
            "Tandem: організацію {organisation} відмовлено визнати перевіреною",
            """Організацію {organisation} відмовлено визнати перевіреною. Увійдіть, щоб прочитати, чому відмовлено і
що можна зробити.
""",
        ),
    },
    Told.SUSPENDED: {
        "en": Notice(
            "Tandem: {organisation} is suspended",
            """{organisation} is suspended: nobody outside sees it, and it sees nobody else, until the operator gives
its standing back. Sign in to read what is known to you of the cause and how to go on.
""",
        ),
        "uk": Notice(
            "Tandem: статус організації {organisation} зупинено",
            """Статус організації {organisation} зупинено: ніхто поза нею її не бачить, і вона не бачить інших, доки
оператор не відновить її статус. Увійдіть, щоб прочитати, що вам можна знати про причину та що робити далі.
""",
        ),
    },
    Told.REINSTATED: {
        "en": Notice(
            "Tandem: {organisation} has its standing back",
            """{organisation} is no longer suspended. Others see of it what its settings show them.
""",
        ),
        "uk": Notice(
            "Tandem: статус організації {organisation} відновлено",
            """Статус організації {organisation} більше не зупинено. Інші бачать про неї те, що показують її
налаштування.
""",
        ),
    },
}


def case_tell(*, case_id: UUID, told: Told) -> int:
    """Tell the owners of the case's organisation. Returns how many were told. Raises MailNotSent.

    Dates are as they stand when the mail is written.
    """
    case = VerificationCase.objects.select_related("organisation").get(pk=case_id)
    request = case.requests.order_by("-id").first() if told == Told.REQUEST else None
    due_on = case.due_on if request is None else request.due_on
    return owners_tell(
        organisation=case.organisation,
        texts=TEXTS[told],
        due_on=due_on.isoformat() if due_on else "–",
        next_due_on=case.next_due_on.isoformat() if case.next_due_on else "–",
    )
