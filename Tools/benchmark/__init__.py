"""What Tools/bench does: parts that measure, peers to measure against, load programs, tables and curves."""
