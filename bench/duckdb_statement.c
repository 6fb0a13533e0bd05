/* SPDX-License-Identifier: Apache-2.0
 *
 * The peer of the main job: one DuckDB statement over a file, as a whole process.
 *   duckdb_statement SQL...      prints seconds per statement */
#include <duckdb.h>
#include <stdio.h>
#include <time.h>

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
  duckdb_database database;
  duckdb_connection connection;
  if (duckdb_open(NULL, &database) != DuckDBSuccess || duckdb_connect(database, &connection) != DuckDBSuccess)
    return 1;
  for (int i = 1; i < argc; i++) {
    duckdb_result result;
    double start = seconds_now();
    if (duckdb_query(connection, argv[i], &result) != DuckDBSuccess) {
      fprintf(stderr, "%s\n", duckdb_result_error(&result));
      return 1;
    }
    printf("%.3f\n", seconds_now() - start);
    duckdb_destroy_result(&result);
  }
  duckdb_disconnect(&connection);
  duckdb_close(&database);
  return 0;
}
