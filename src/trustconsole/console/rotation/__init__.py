"""What the screens of a rotation show, apart from how it is drawn: rows, gate, questions, words."""
