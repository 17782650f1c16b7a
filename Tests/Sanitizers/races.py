#!/usr/bin/env python3
"""Prints the races that ThreadSanitizer reported in a log, without those that it sees because it can't see a lock.

Swift's Mutex takes a free lock in code that is compiled into ours and a busy one in libswiftSynchronization, which is not
instrumented: of what two threads did under one lock, one after the other, the order isn't seen, and a program of ten lines
that only counts under a Mutex gets a report (Swift 6.3.1, Linux). So a report whose two accesses both stand inside a
closure of `withLock` is left out; one in which only one of them does is a race. The same goes for a continuation's own
memory, which the runtime hands from the one that waits to the one that resumes it; for a ByteBuffer's storage that its only
owner writes again, as the count of owners, by which it knows that the others are done, is the runtime's; and for the one empty
array that all empty arrays are, into which the standard library writes the count of zero that it has.

    races.py LOG    exit code 1 if any is left, 2 if the log can't be read
"""

import re
import sys

# A closure that takes `inout sending` and gives `sending`, as Mutex.withLock's does, in a mangled name.
UNDER_LOCK = "zYuYTXEfU"
# The function that touched the memory, where a continuation is made and where it is resumed.
CONTINUATION = re.compile(r"#0 \$s(?:s\d+withUnsafe(?:Throwing)?Continuation|Sc[cC]6resume)")
# ByteBuffer's way to change its storage if there is no other reference to it.
SOLE_OWNER = "10ByteBufferV21modifyIfUniquelyOwned"
EMPTY_ARRAY = "Location is global '_swiftEmptyArrayStorage'"
ACCESS = re.compile(r"^  (?:Modifying|Read|Write|Atomic|Previous|Concurrent)[^\n]*\n((?:    #[^\n]*\n)+)", re.M)


def is_race(report):
    if EMPTY_ARRAY in report:
        return False
    accesses = ACCESS.findall(report)[:2]
    if len(accesses) < 2:
        return True
    return not (
        all(UNDER_LOCK in stack for stack in accesses)
        or all(CONTINUATION.search(stack) for stack in accesses)
        or any(SOLE_OWNER in stack for stack in accesses)
    )


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
        reports = [part for part in re.split(r"^={18}$", log.read(), flags=re.M) if "WARNING: ThreadSanitizer" in part]
    races = [report for report in reports if is_race(report)]
    for race in races:
        print(race)
    print(f"{len(races)} races; {len(reports) - len(races)} reports of accesses in order left out")
    return 1 if races else 0


if __name__ == "__main__":
    sys.exit(main())
