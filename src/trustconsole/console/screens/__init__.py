"""The console's screens: main, detail, help, commands, first start."""
