"""What the console itself remembers: settings, observations, acknowledgements, backups, audit log.

It writes in the state directory only.
"""

from trustconsole.records.acknowledgements import Acknowledgement, Acknowledgements
from trustconsole.records.audit import AuditLog
from trustconsole.records.audit_chain import AuditVerification, Damage
from trustconsole.records.audit_records import AuditRecord
from trustconsole.records.backups import Backup, Backups
from trustconsole.records.journal import (
    Change,
    ChangeAction,
    ChangeState,
    Journal,
    ModuleAtStart,
    Override,
    Plan,
    RotationKind,
    load_journal,
    save_journal,
)
from trustconsole.records.observations import FileMemory, Observations
from trustconsole.records.operator import Operator
from trustconsole.records.settings import (
    MANUAL,
    Evidence,
    EvidenceKind,
    NodeSettings,
    Settings,
    default_settings_path,
    default_state_directory,
    load_settings,
)
from trustconsole.records.signer_settings import SignerSettings

__all__ = [
    "MANUAL",
    "Acknowledgement",
    "Acknowledgements",
    "AuditLog",
    "AuditRecord",
    "AuditVerification",
    "Backup",
    "Backups",
    "Change",
    "ChangeAction",
    "ChangeState",
    "Damage",
    "Evidence",
    "EvidenceKind",
    "FileMemory",
    "Journal",
    "ModuleAtStart",
    "NodeSettings",
    "Observations",
    "Operator",
    "Override",
    "Plan",
    "RotationKind",
    "Settings",
    "SignerSettings",
    "default_settings_path",
    "default_state_directory",
    "load_journal",
    "load_settings",
    "save_journal",
]
