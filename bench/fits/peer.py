# SPDX-License-Identifier: Apache-2.0
"""What the Python peers share: data read once, one fit for each line read, "SECONDS QUALITY" answered."""
import os
import sys
import time
import warnings

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = sys.argv[5]

import numpy  # noqa: E402  (after the thread count is set)

warnings.filterwarnings("ignore")


def fit_main(cases):
    """cases: name -> (fit(x) -> model, quality(x, model) -> float); only fit is timed."""
    fit, quality = cases[sys.argv[1]]
    x = numpy.fromfile(sys.argv[2], dtype=numpy.float32).reshape(int(sys.argv[3]), int(sys.argv[4]))
    for _ in sys.stdin:
        start = time.perf_counter()
        model = fit(x)
        seconds = time.perf_counter() - start
        print(seconds, repr(float(quality(x, model))), flush=True)
