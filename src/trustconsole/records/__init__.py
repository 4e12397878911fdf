"""What the console itself remembers: settings, observations. It writes in the state directory only."""

from trustconsole.records.acknowledgements import Acknowledgement, Acknowledgements
from trustconsole.records.observations import FileMemory, Observations
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

__all__ = [
    "MANUAL",
    "Acknowledgement",
    "Acknowledgements",
    "Evidence",
    "EvidenceKind",
    "FileMemory",
    "NodeSettings",
    "Observations",
    "Settings",
    "default_settings_path",
    "default_state_directory",
    "load_settings",
]
