"""The console's own widgets: a list that draws only what is in sight, panes, bars, the detail."""
