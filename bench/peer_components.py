# SPDX-License-Identifier: Apache-2.0
"""Components of the links that bench_identity wrote, by scipy: seconds with building the matrix, and whether the
components are equal. peer_components.py FOLDER NODES"""
import sys
import time

import numpy
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

folder, n = sys.argv[1], int(sys.argv[2])
links = numpy.fromfile(folder + "/links.u32", dtype=numpy.uint32).reshape(-1, 2)
ours = numpy.fromfile(folder + "/labels.u32", dtype=numpy.uint32)
a, b = links[:, 0].astype(numpy.int32), links[:, 1].astype(numpy.int32)
start = time.perf_counter()
matrix = coo_matrix((numpy.ones(len(a), dtype=numpy.int8), (a, b)), shape=(n, n)).tocsr()
count, theirs = connected_components(matrix, directed=False)
seconds = time.perf_counter() - start
# Equal partitions: every label of one goes with one label of the other, both ways.
first = numpy.full(count, -1, dtype=numpy.int64)
first[theirs[::-1]] = ours[::-1]
equal = bool((first[theirs] == ours).all()) and int(ours.max()) + 1 == count
print(f"scipy: {count} components, {seconds:.3f} s; components {'equal' if equal else 'DIFFER'}")
sys.exit(0 if equal else 1)
