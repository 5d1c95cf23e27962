"""What lxml alone needs for a document: `python -m tests.benchmarks.parsing SECONDS < document`.

The least that anybody can do who takes it in: bytes to a tree, as lxml does it by default.
"""

import sys
import time

from lxml import etree

if __name__ == "__main__":
    document, seconds = sys.stdin.buffer.read(), float(sys.argv[1])
    etree.fromstring(document)
    count, started = 0, time.process_time()
    while time.process_time() - started < seconds or not count:
        etree.fromstring(document)
        count += 1
    print((time.process_time() - started) / count * 1e6)
