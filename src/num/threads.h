/* SPDX-License-Identifier: Apache-2.0
 *
 * The calling thread's place in its team, for scratch that each thread has of its own. Only inside a parallel
 * region of one's own: elsewhere the team is the caller's, who may have more threads than there is scratch.
 */
#ifndef GYEOL_NUM_THREADS_H
#define GYEOL_NUM_THREADS_H

#include <stddef.h>

#ifdef _OPENMP
#include <omp.h>
#endif

/* 0 to the team's number of threads - 1. */
static inline size_t gy_thread_number(void) {
#ifdef _OPENMP
  return (size_t)omp_get_thread_num();
#else
  return 0;
#endif
}

/* How many threads the calling thread's team has. */
static inline size_t gy_team_size(void) {
#ifdef _OPENMP
  return (size_t)omp_get_num_threads();
#else
  return 1;
#endif
}

#endif
