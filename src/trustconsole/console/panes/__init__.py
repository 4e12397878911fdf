"""The five panes as views: what each shows, without a screen."""

from trustconsole.console.panes.bundles import BundlesView
from trustconsole.console.panes.configuration import ConfigurationView
from trustconsole.console.panes.profile import ProfileView
from trustconsole.console.panes.restarts import RestartsView
from trustconsole.console.panes.trust_root import TrustRootView

VIEWS = (TrustRootView, ProfileView, ConfigurationView, BundlesView, RestartsView)
"""One view class for each row of `commands.PANES`, in its order."""

__all__ = ["VIEWS", "BundlesView", "ConfigurationView", "ProfileView", "RestartsView", "TrustRootView"]
