"""Secrets of the open store: the setting, what was met, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.controls.question_dialog import QuestionDialog
from app.kit.controls.radio_button import RadioButton
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import SMALL
from app.secrets.secret_table import SecretTable
from app.secrets.words import POLICIES, done_sentence, scanned_sentence, standing
from hpm_engine import Changed, Job, Memory, Secret, SecretPolicy, SecretState

_WIDTH = 122  # characters
_SAID = (
    "Keys, tokens and passwords read [REDACTED:rule:tag] where they were redacted; equal ones have"
    " one tag, and searching for it finds every place. What agents are given is redacted whatever"
    " is set. Another setting changes nothing that is stored."
)
_CONSENT = (
    "Every secret that stands in clear is redacted in texts, search, original bytes, names, notes,"
    " searches and settings, and the file is written anew, which takes as much free space as the"
    " store has. Sessions that held one are prepared for recall and compressed anew, and leave"
    " their topics; runs of learning can no longer be undone."
)
_FOR_GOOD = (
    "It cannot be undone. Agents' checkpoints, and backups and exports made before keep"
    " what they have."
)
Listed = tuple[SecretPolicy, tuple[Secret, ...], int | None]


class SecretsDialog(Dialog):
    """Every change is made at once; ``find`` shows where one stands."""

    def __init__(self, session: Session, find: Callable[[Secret], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Secrets")
        self._session, self._find = session, find
        self._read = LatestRead(session, self)
        self.policies = {policy: RadioButton(text) for policy, text in POLICIES.items()}
        self.state = SafeLabel("Reading…", wrap=True)
        self.table = SecretTable()
        buttons = DialogButtons()
        action = DialogButtons.ButtonRole.ActionRole
        self.scan = buttons.put("Look at what is stored", action)
        self.show_places = buttons.put("Show", action)
        self.clear = buttons.put("Not a secret", action)
        self.settle = buttons.put("Is a secret", action)
        self.mask_stored = buttons.put("Redact for good…", action)
        buttons.put("Close", DialogButtons.ButtonRole.RejectRole).setDefault(True)
        buttons.rejected.connect(self.reject)
        for policy, radio in self.policies.items():
            radio.clicked.connect(partial(self._choose, policy))
        self.scan.clicked.connect(self._scan)
        self.show_places.clicked.connect(self._show_chosen)
        self.clear.clicked.connect(lambda: self._decide(clear=True))
        self.settle.clicked.connect(lambda: self._decide(clear=False))
        self.mask_stored.clicked.connect(self._ask_to_mask)
        self.table.itemSelectionChanged.connect(self._enable)
        self.table.opened.connect(lambda secret: self._open(secret))
        column = self.content
        column.setSpacing(SMALL)
        column.addWidget(SafeLabel("Secrets of what arrives"))
        for radio in self.policies.values():
            column.addWidget(radio)
        column.addWidget(SafeLabel(_SAID, tone=Colour.MUTED, wrap=True))
        column.addWidget(self.state)
        column.addWidget(self.table, 1)
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDTH)
        self.finished.connect(self.deleteLater)
        session.changed.connect(self._on_changed)
        self._enable()
        self._ask()

    def _ask(self) -> None:
        self._read.ask(_listed, self._show, lambda error: self.state.setText(str(error)))

    def _show(self, listed: Listed) -> None:
        policy, secrets, scanned_at = listed
        self.policies[policy].setChecked(True)
        self.state.setText(standing(secrets, scanned_at))
        self.table.show_secrets(secrets)
        stored = any(secret.state is SecretState.STORED for secret in secrets)
        self.mask_stored.setEnabled(stored)
        self._enable()

    def _enable(self) -> None:
        chosen = self.table.chosen()
        self.show_places.setEnabled(len(chosen) == 1)
        self.clear.setEnabled(any(s.state is not SecretState.CLEARED for s in chosen))
        undecided = (SecretState.WAITING, SecretState.CLEARED)
        self.settle.setEnabled(any(s.state in undecided for s in chosen))

    def _choose(self, policy: SecretPolicy) -> None:
        self._session.edit(lambda memory, _: memory.secrets.set_policy(policy), "Secrets")

    def _decide(self, *, clear: bool) -> None:
        tags = [secret.tag for secret in self.table.chosen()]

        def call(memory: Memory, _job: Job) -> Changed:
            return memory.secrets.clear(tags) if clear else memory.secrets.settle(tags)

        self._session.edit(call, "Secrets")

    def _scan(self) -> None:
        self.scan.setEnabled(False)
        self.state.setText("Looking at all that is stored…")
        task = self._session.write(
            lambda memory, job: memory.secrets.scan(job),
            "Looking for secrets",
            sentence=scanned_sentence,
        )
        task.finished.connect(lambda: self.scan.setEnabled(True))
        task.finished.connect(self._ask)

    def _show_chosen(self) -> None:
        if len(chosen := self.table.chosen()) == 1:
            self._open(chosen[0])

    def _open(self, secret: Secret) -> None:
        self._find(secret)
        self.close()

    def _ask_to_mask(self) -> None:
        QuestionDialog(
            "Redact secrets for good", _CONSENT, _FOR_GOOD, "Redact for good", self._mask, self
        ).open()

    def _mask(self) -> None:
        task = self._session.write(
            lambda memory, job: memory.secrets.mask_stored(job),
            "Redacting secrets",
            sentence=done_sentence,
        )
        task.finished.connect(self._ask)

    def _on_changed(self, changed: Changed) -> None:
        if changed & (Changed.SETTINGS | Changed.EPISODES):
            self._ask()


def _listed(memory: Memory, _job: Job) -> Listed:
    return memory.secrets.policy(), memory.secrets.all(), memory.secrets.scanned_at()
