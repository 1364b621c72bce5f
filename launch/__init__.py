"""What starts the app for a person without a terminal: the command of the wheel, and a double click on Windows."""
