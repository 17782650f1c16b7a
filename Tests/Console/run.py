"""Runs the console's tests in Chromium; closes on 'N passed, N failed'. Pictures go into .build/console-screenshots.

    SPELLTABLE_BIN=.build/debug python3 Tests/Console/run.py [name of a test, module or class ...]
"""

import sys
import unittest
from pathlib import Path

here = Path(__file__).parent
sys.path[:0] = [str(here), str(here.parent / "EndToEnd")]


def main():
    loader = unittest.defaultTestLoader
    suite = loader.loadTestsFromNames(sys.argv[1:]) if sys.argv[1:] else loader.discover(str(here), "test_*.py", str(here))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    # A test with several failing parts is one failed test.
    failed = len({getattr(test, "test_case", test).id() for test, _ in result.failures + result.errors})
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed")
    return 1 if failed or not (result.testsRun or result.skipped) else 0


sys.exit(main())
