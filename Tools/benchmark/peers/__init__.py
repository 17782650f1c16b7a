"""Other servers and libraries to compare with, each started on a port and folder of its own."""
