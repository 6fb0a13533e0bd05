/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is one person, measured, in seconds and the largest resident memory.
 *
 *   bench_identity components NODES LINKS [FOLDER]
 *
 * Components of random links; with a folder links and labels are written there for bench/peer_components.py.
 *
 *   bench_identity score STORE FOLDER
 *
 * People of a project beside the truth of gyeol simulate --people messy.
 *
 *   bench_identity shop CUSTOMERS [STORE]
 *
 * The whole resolution of a shop whose customers have an e-mail and a phone, one in twenty a second id by one
 * of them, one order in ten without a customer id: a first time, and again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <gyeol/components.h>

#include "base/clock.h"
#include "base/rng.h"
#include "data/project_file.h"
#include "people/identity.h"

static double peak_gb(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)usage.ru_maxrss / 1e6;
}

static void write_array(const char *folder, const char *name, const void *data, size_t bytes) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(data, 1, bytes, file) != bytes || fclose(file) != 0) {
    perror(path);
    exit(1);
  }
}

static int components(size_t n, size_t m, const char *folder) {
  gy_link *links = malloc(m * sizeof *links);
  uint32_t *labels = malloc(n * sizeof *labels);
  size_t count = 0;
  gy_error err = {0};
  gy_rng rng;
  if (links == NULL || labels == NULL) return 1;
  gy_rng_init(&rng, 1, 0);
  for (size_t i = 0; i < m; i++)
    links[i] = (gy_link){(uint32_t)gy_rng_below(&rng, n), (uint32_t)gy_rng_below(&rng, n)};
  double start = gy_clock_seconds();
  if (gy_components(n, links, m, NULL, labels, &count, &err) != GY_OK) {
    fprintf(stderr, "%s\n", err.text);
    return 1;
  }
  printf("%zu links over %zu nodes: %zu components, %.3f s, %.2f GB\n", m, n, count,
         gy_clock_seconds() - start, peak_gb());
  if (folder != NULL) {
    write_array(folder, "links.u32", links, m * sizeof *links);
    write_array(folder, "labels.u32", labels, n * sizeof *labels);
  }
  free(links);
  free(labels);
  return 0;
}

static const char TABLES[] =
    "CREATE TABLE source_customers AS SELECT range + 1 AS customer_id, CAST(md5('e' || CASE WHEN range %% 20 "
    "= 7 THEN "
    "range - 1 ELSE range END) AS UUID) AS email, CAST(md5('p' || CASE WHEN range %% 40 = 11 THEN range - 1 "
    "ELSE range "
    "END) AS UUID) AS phone FROM range(%lld);"
    "CREATE TABLE source_orders AS SELECT CASE WHEN range %% 10 = 3 THEN NULL ELSE 1 + hash(range) %% %lld "
    "END :: BIGINT "
    "AS customer_id, CASE WHEN range %% 10 = 3 THEN CAST(md5('e' || (hash(range) %% %lld)) AS UUID) END AS "
    "email, "
    "make_timestamp(1700000000000000 + range) AS ordered_at FROM range(%lld)";

static gy_status resolve(gy_engine *engine, const gy_project_config *config, const char *when,
                         gy_error *err) {
  gy_identity_source sources[2] = {{.name = "customers", .relation = "source_customers"},
                                   {.name = "orders", .relation = "source_orders", .time = "ordered_at"}};
  gy_identity_result result;
  for (size_t i = 0; i < 2; i++) {
    sources[i].types[GY_KEY_CUSTOMER] = "BIGINT";
    sources[i].types[GY_KEY_EMAIL] = "UUID";
  }
  sources[0].types[GY_KEY_PHONE] = "UUID";
  gy_identity_plan plan = {engine, &config->identity, sources, 2, NULL, NULL};
  double start = gy_clock_seconds();
  gy_status status = gy_engine_begin(engine, err);
  if (status == GY_OK) status = gy_identity_resolve(&plan, NULL, &result, err);
  if (status == GY_OK) status = gy_engine_commit(engine, err);
  if (status == GY_OK)
    printf("%s: %lld keys, %lld people, %lld with several customer ids, %.2f s, %.2f GB\n", when,
           (long long)result.n_keys, (long long)result.n_people, (long long)result.n_merged,
           gy_clock_seconds() - start, peak_gb());
  return status;
}

static int shop(long long n, const char *path) {
  gy_engine_options options = {.path = path};
  gy_engine *engine = NULL;
  gy_project_config config;
  gy_error err = {0};
  char tables[2048];
  snprintf(tables, sizeof tables, TABLES, n, n, n, n * 5);
  gy_status status = gy_project_config_init(&config, &err);
  if (status == GY_OK) status = gy_engine_open(&options, &engine, &err);
  const char *const setup[] = {gy_sql("schema/0001_store"), gy_sql("schema/0004_people"), tables};
  for (size_t i = 0; i < 3 && status == GY_OK; i++)
    status = gy_engine_execute(engine, setup[i], NULL, 0, NULL, NULL, NULL, &err);
  if (status == GY_OK) status = resolve(engine, &config, "a first time", &err);
  if (status == GY_OK) status = resolve(engine, &config, "again       ", &err);
  if (status != GY_OK) fprintf(stderr, "%s\n", err.text);
  gy_engine_close(engine);
  gy_project_config_clear(&config);
  return status == GY_OK ? 0 : 1;
}

/* Pairs of registrations, and of registrations and orders of guests, against the simulator's truth. */
static const char SCORE[] =
    "WITH truth AS (SELECT CAST(customer_id AS VARCHAR) AS record, person_id, true AS is_registered FROM "
    "read_csv('%s/truth_people.csv') UNION ALL SELECT 'order ' || order_id, person_id, false FROM "
    "read_csv('%s/truth_guests.csv')), found AS (SELECT CAST(c.customer_id AS VARCHAR) AS record, "
    "coalesce(k.person, CAST(c.customer_id AS VARCHAR)) AS person FROM source_customers AS c LEFT JOIN "
    "person_keys AS k ON k.kind = 'customer_id' AND k.key = CAST(c.customer_id AS VARCHAR) UNION ALL SELECT "
    "'order ' || CAST(o.order_id AS VARCHAR), CAST(any_value(coalesce(CAST(e.person AS VARCHAR), "
    "CAST(p.person "
    "AS VARCHAR))) AS VARCHAR) FROM source_order_items AS o LEFT JOIN person_by_email AS e ON e.key = "
    "o.email "
    "LEFT "
    "JOIN person_by_phone AS p ON p.key = o.phone WHERE o.customer_id IS NULL GROUP BY o.order_id), rows AS "
    "(SELECT record, person_id, is_registered, coalesce(person, 'nobody ' || record) AS person FROM truth "
    "JOIN "
    "found USING (record) WHERE is_registered OR %s), pairs AS (SELECT (SELECT sum(n * (n - 1) / 2) FROM "
    "(SELECT count(*) AS n FROM rows GROUP BY person_id)) AS truth, (SELECT sum(n * (n - 1) / 2) FROM "
    "(SELECT "
    "count(*) AS n FROM rows GROUP BY person)) AS found, (SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) "
    "AS "
    "n FROM rows GROUP BY person_id, person)) AS agreed) SELECT format('precision {:.4f}  recall {:.4f}  {} "
    "pairs "
    "found of {} in truth', agreed / found, agreed / truth, CAST(found AS BIGINT), CAST(truth AS BIGINT)) "
    "FROM "
    "pairs";

static int score(const char *store, const char *truth) {
  static const char *const WHO[] = {"registrations and orders of guests", "registrations alone"};
  gy_engine_options options = {.path = store, .read_only = true};
  gy_engine *engine = NULL;
  gy_error err = {0};
  gy_status status = gy_engine_open(&options, &engine, &err);
  for (size_t i = 0; i < 2 && status == GY_OK; i++) {
    char *sql = NULL, *text = NULL;
    if (asprintf(&sql, SCORE, truth, truth, i == 0 ? "true" : "false") < 0) return 1;
    status = gy_engine_text(engine, sql, NULL, 0, &text, &err);
    if (status == GY_OK) printf("  %-36s %s\n", WHO[i], text);
    free(sql);
    free(text);
  }
  if (status != GY_OK) fprintf(stderr, "%s\n", err.text);
  gy_engine_close(engine);
  return status == GY_OK ? 0 : 1;
}

int main(int argc, char **argv) {
  if (argc >= 4 && strcmp(argv[1], "components") == 0)
    return components(strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10), argc > 4 ? argv[4] : NULL);
  if (argc >= 3 && strcmp(argv[1], "shop") == 0)
    return shop(strtoll(argv[2], NULL, 10), argc > 3 ? argv[3] : NULL);
  if (argc >= 4 && strcmp(argv[1], "score") == 0) return score(argv[2], argv[3]);
  fprintf(stderr,
          "bench_identity components NODES LINKS [FOLDER] | shop CUSTOMERS [STORE] | score STORE TRUTH\n");
  return 2;
}
