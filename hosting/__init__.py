"""The app for a department: who may enter, what is kept about it, and the processes behind one address."""
