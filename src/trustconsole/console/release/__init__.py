"""What the release screen shows: the tree of questions, the components, and the sheet of each row."""
