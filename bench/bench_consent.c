/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds of every person, from a ledger of consents, beside one DuckDB arg-max aggregate over the same
 * rows: by person, purpose and channel the last thing said. In turn, in one process, from a store that lies
 * in the file system's cache; both are stored as tables. The second pair is a ledger in which one row in
 * fifty names an e-mail address. bench_consent STORE [ROWS (50000000)] [PEOPLE (10000000)] [ROUNDS (3)] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "people/consent_views.h"

static const char PROJECT[] =
    "sources:\n"
    "  - {name: consents, target: consents, files: [a.csv], columns: {c: customer, e: email, x: purpose, y: "
    "channel, g: "
    "granted, t: time}}\n"
    "  - {name: people, target: customers, files: [b.csv], columns: {c: customer, e: email}}\n";

static const char LEDGER[] =
    "CREATE OR REPLACE TABLE source_consents AS SELECT %s AS customer_id, %s['marketing', 'marketing', "
    "'marketing', "
    "'marketing', 'analytics', 'personalisation', 'third_party'][1 + CAST(hash(i + 7) %% 7 AS BIGINT)] AS "
    "purpose, "
    "['email', 'sms', 'push', 'kakao', '*', 'ads', 'mail', 'email'][1 + CAST(hash(i + 99) %% 8 AS BIGINT)] "
    "AS channel, "
    "hash(i + 3) %% 3 > 0 AS granted, TIMESTAMP '2020-01-01' + to_seconds(CAST(hash(i + 5) %% 180000000 AS "
    "BIGINT)) AS "
    "decided_at FROM range(%lld) t(i)";

typedef struct cost {
  double wall, cpu; /* seconds; of the processor, over all threads */
} cost;

static double processor_seconds(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
         1e-6 * (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

static cost run(gy_engine *engine, const char *sql) {
  gy_error err = {0};
  cost start = {gy_clock_seconds(), processor_seconds()};
  if (gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err) != GY_OK) {
    fprintf(stderr, "%s\n", err.text);
    exit(1);
  }
  return (cost){gy_clock_seconds() - start.wall, processor_seconds() - start.cpu};
}

static int by_value(const void *a, const void *b) {
  double x = ((const cost *)a)->wall, y = ((const cost *)b)->wall;
  return (x > y) - (x < y);
}

static void measure(gy_engine *engine, const gy_project_config *config, const char *what, int rounds) {
  static const char
      OURS[] = "CREATE OR REPLACE TABLE ours AS FROM consent_states(TIMESTAMP '2030-01-01')",
      PEER[] =
          "CREATE OR REPLACE TABLE peer AS SELECT customer_id, purpose, channel, arg_max(granted, "
          "decided_at) AS granted FROM source_consents GROUP BY ALL";
  cost ours[16], peer[16];
  gy_consent_shape shape;
  gy_error err = {0};
  if (gy_consent_views_create(engine, config, NULL, &shape, &err) != GY_OK) {
    fprintf(stderr, "%s\n", err.text);
    exit(1);
  }
  for (int i = 0; i < rounds; i++) {
    peer[i] = run(engine, PEER);
    run(engine, "DROP TABLE peer");
    ours[i] = run(engine, OURS);
    run(engine, "DROP TABLE ours");
  }
  qsort(ours, (size_t)rounds, sizeof *ours, by_value);
  qsort(peer, (size_t)rounds, sizeof *peer, by_value);
  cost us = ours[rounds / 2], them = peer[rounds / 2];
  printf("%-44s %8.3f s %8.3f s  ratio %.2f (target 1.50), of processor time %.2f\n", what, us.wall,
         them.wall, us.wall / them.wall, us.cpu / them.cpu);
  fflush(stdout);
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  long long rows = argc > 2 ? atoll(argv[2]) : 50000000, people = argc > 3 ? atoll(argv[3]) : 10000000;
  int rounds = argc > 4 && atoi(argv[4]) > 0 && atoi(argv[4]) <= 16 ? atoi(argv[4]) : 3;
  char sql[4096], customer[256];
  gy_project_config config = {0};
  gy_engine *engine = NULL;
  gy_error err = {0};
  gy_engine_options options = {.path = argv[1]};
  unlink(argv[1]);
  if (gy_project_config_parse(PROJECT, strlen(PROJECT), "bench", &config, &err) != GY_OK ||
      gy_engine_open(&options, &engine, &err) != GY_OK) {
    fprintf(stderr, "%s\n", err.text);
    return 1;
  }
  run(engine, gy_sql("schema/0001_store"));
  run(engine, gy_sql("schema/0003_imports"));
  run(engine, gy_sql("schema/0004_people"));
  snprintf(customer, sizeof customer, "CAST(hash(i) %% %lld AS BIGINT)", people);
  snprintf(sql, sizeof sql, LEDGER, customer, "", rows);
  run(engine, sql);
  measure(engine, &config, "consents by customer / DuckDB arg_max", rounds);
  snprintf(sql, sizeof sql,
           "CREATE OR REPLACE TABLE source_people AS SELECT i AS customer_id, CAST(md5(CAST(i AS VARCHAR)) "
           "AS UUID) AS email "
           "FROM range(%lld) t(i)",
           people);
  run(engine, sql);
  snprintf(customer, sizeof customer, "CASE WHEN i %% 50 > 0 THEN CAST(hash(i) %% %lld AS BIGINT) END",
           people);
  char email[256];
  snprintf(email, sizeof email,
           "CASE WHEN i %% 50 = 0 THEN CAST(md5(CAST(hash(i) %% %lld AS VARCHAR)) AS UUID) END AS email, ",
           people);
  snprintf(sql, sizeof sql, LEDGER, customer, email, rows);
  run(engine, sql);
  measure(engine, &config, "the same with 2 % by e-mail address", rounds);
  gy_engine_close(engine);
  gy_project_config_clear(&config);
  unlink(argv[1]);
  return 0;
}
