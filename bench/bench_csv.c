/* SPDX-License-Identifier: Apache-2.0
 *
 * How fast a delimited file is read and tokenized, without converting or storing anything.
 *   bench_csv FILE [THREADS] */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "data/csv_file.h"
#include "data/csv_tokenize.h"

enum { BATCH = 2048 };

static gy_status read_blocks(gy_csv_file *file, uint64_t *n_records, uint64_t *n_bytes, gy_error *err) {
  gy_csv_tokenizer *tokenizer = NULL;
  gy_csv_block block = {0};
  gy_csv_batch batch;
  gy_status status = gy_csv_tokenizer_create(gy_csv_file_dialect(file), gy_csv_file_newline(file),
                                             gy_csv_file_column_count(file), BATCH, &tokenizer, err);
  while (status == GY_OK) {
    status = gy_csv_file_next(file, &block, err);
    if (status != GY_OK || block.length == 0) break;
    *n_bytes += block.length;
    status = gy_csv_tokenizer_start(tokenizer, block.text, block.length, block.first_line, err);
    do {
      if (status == GY_OK) status = gy_csv_tokenizer_next(tokenizer, &batch, err);
      if (status == GY_OK) *n_records += batch.n_records;
    } while (status == GY_OK && batch.n_records + batch.n_faults > 0);
  }
  gy_csv_block_clear(&block);
  gy_csv_tokenizer_destroy(tokenizer);
  return status;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: bench_csv FILE [THREADS]\n");
    return 2;
  }
  int n_threads = argc > 2 ? atoi(argv[2]) : omp_get_max_threads();
  gy_csv_dialect dialect = gy_csv_dialect_default();
  for (int round = 0; round < 3; round++) {
    gy_error err = {0};
    gy_csv_file *file = NULL;
    double start = gy_clock_seconds();
    gy_status status = gy_csv_file_open(argv[1], GY_ENCODING_AUTO, &dialect, &file, &err);
    uint64_t n_records = 0, n_bytes = 0;
    if (status == GY_OK) {
#pragma omp parallel num_threads(n_threads) reduction(+ : n_records, n_bytes)
      {
        gy_error mine = {0};
        if (read_blocks(file, &n_records, &n_bytes, &mine) != GY_OK) fprintf(stderr, "%s\n", mine.text);
      }
    } else {
      fprintf(stderr, "%s\n", err.text);
    }
    double seconds = gy_clock_seconds() - start;
    printf("%d threads: %.3f s, %llu records, %.2f GB/s\n", n_threads, seconds, (unsigned long long)n_records,
           (double)n_bytes / seconds / 1e9);
    gy_csv_file_close(file);
    if (status != GY_OK) return gy_status_exit_code(status);
  }
  return 0;
}
