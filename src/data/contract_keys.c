/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys: whether values come twice, and whether they occur in another source. Integers that lie close together
 * become a bit map that the scan of all rules reads and writes; everything else is the engine's work, which
 * groups and joins out of core. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/contract_plan.h"

/* At most so many bits a value, so that the map is no larger than the values, and 512 MiB in all. */
enum { BITS_A_VALUE = 32 };
static const uint64_t LEAST_BITS = 1 << 20, MOST_BITS = UINT64_C(1) << 32;

static gy_status expand_and(gy_engine *engine, const char *name, const gy_sql_part *parts, size_t n_parts,
                            const char *tail, const gy_task *task, gy_result **rows, gy_error *err) {
  char *sql = NULL, *whole = NULL;
  gy_status status = gy_sql_expand(gy_sql(name), parts, n_parts, &sql, err);
  if (status == GY_OK && asprintf(&whole, "%s%s", sql, tail) < 0) whole = NULL;
  if (status == GY_OK && whole == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for a statement");
  if (status == GY_OK) status = gy_engine_query(engine, whole, NULL, 0, task, rows, err);
  free(sql);
  free(whole);
  return status;
}

/* ---- dense integers ---- */

static gy_status set_bits(void *shared, void *local, const gy_chunk *chunk, gy_error *err) {
  (void)local;
  (void)err;
  contract_bits *bits = shared;
  const int64_t *values = chunk->columns[0].data;
  for (size_t row = 0; row < chunk->n_rows; row++) {
    if (gy_column_is_null(&chunk->columns[0], row)) continue;
    uint64_t at = (uint64_t)values[row] - (uint64_t)bits->least;
    __atomic_fetch_or(&bits->words[at / 64], UINT64_C(1) << (at % 64), __ATOMIC_RELAXED);
  }
  return GY_OK;
}

static gy_status fill_bits(gy_engine *engine, const gy_sql_part *parts, contract_bits *bits,
                           const gy_task *task, gy_error *err) {
  char *sql = NULL;
  gy_sink sink = {.shared = bits, .consume = set_bits};
  gy_status status = gy_sql_expand("SELECT {{column}} FROM {{relation}}", parts, 2, &sql, err);
  if (status == GY_OK) status = gy_engine_scan(engine, sql, NULL, 0, &sink, "contracts", task, err);
  free(sql);
  return status;
}

/* Reads least, most and count; false where the span is too wide. */
static bool is_dense(const gy_chunk *span, contract_bits *bits) {
  if (gy_column_is_null(&span->columns[0], 0)) return true; /* no value: no bits */
  int64_t least = *(const int64_t *)span->columns[0].data, most = *(const int64_t *)span->columns[1].data;
  uint64_t n = (uint64_t) * (const int64_t *)span->columns[2].data, width = (uint64_t)most - (uint64_t)least;
  uint64_t allowed = n < MOST_BITS / BITS_A_VALUE ? n * BITS_A_VALUE : MOST_BITS;
  if (allowed < LEAST_BITS) allowed = LEAST_BITS;
  bits->least = least;
  bits->n = width + 1;
  return width < allowed;
}

gy_status contract_bits_make(gy_engine *engine, const char *relation, const char *column, bool fill,
                             const gy_task *task, contract_bits **bits, gy_error *err) {
  char *relation_sql = gy_sql_identifier(relation), *column_sql = gy_sql_identifier(column);
  const gy_sql_part parts[] = {{"relation", relation_sql}, {"column", column_sql}};
  gy_result *rows = NULL;
  gy_chunk span = {0};
  contract_bits *made = calloc(1, sizeof *made);
  bool good = relation_sql != NULL && column_sql != NULL && made != NULL, dense = false;
  gy_status status = good ? expand_and(engine, "contract/key_span", parts, 2, "", task, &rows, err)
                          : gy_fail(err, GY_ENOMEM, "no memory to check a key");
  if (status == GY_OK) status = gy_result_next(rows, &span, err);
  if (status == GY_OK)
    dense = span.n_rows == 1 && span.columns[0].type == GY_TYPE_INT64 && is_dense(&span, made);
  if (status == GY_OK && dense) {
    made->words = calloc(made->n / 64 + 1, sizeof *made->words);
    if (made->words == NULL) status = gy_fail(err, GY_ENOMEM, "no memory to check a key");
  }
  if (status == GY_OK && dense && fill) status = fill_bits(engine, parts, made, task, err);
  if (status == GY_OK && dense) {
    *bits = made;
    made = NULL;
  } else if (status == GY_OK) {
    *bits = NULL;
  }
  contract_bits_destroy(made);
  gy_result_destroy(rows);
  free(relation_sql);
  free(column_sql);
  return status;
}

void contract_bits_destroy(contract_bits *bits) {
  if (bits == NULL) return;
  free(bits->words);
  free(bits);
}

/* ---- anything else ---- */

typedef struct {
  gy_buffer columns, present, value; /* fragments: of keys within the source */
  char *relation, *column, *other, *key;
  gy_sql_part parts[7];
  size_t n_parts;
} key_sql;

static void put_identifier(gy_buffer *out, const char *format, const char *name) {
  char *quoted = gy_sql_identifier(name);
  if (quoted == NULL) out->failed = true;
  if (quoted != NULL) gy_buffer_printf(out, format, quoted);
  free(quoted);
}

static void put_key_column(const gy_source_config *source, const char *name, size_t i, key_sql *k) {
  const char *target = contract_target(source, name);
  put_identifier(&k->columns, i > 0 ? ", %s" : "%s", target);
  put_identifier(&k->present, i > 0 ? " AND %s IS NOT NULL" : "%s IS NOT NULL", target);
  put_identifier(&k->value, i > 0 ? ", CAST(%s AS VARCHAR)" : "concat_ws(', ', CAST(%s AS VARCHAR)", target);
}

static gy_status describe_unique(const contract_plan *plan, const gy_contract_config *config, key_sql *k,
                                 gy_error *err) {
  const gy_source_config *source = plan->source->source;
  if (config->column != NULL) put_key_column(source, config->column, 0, k);
  for (uint32_t i = 0; i < config->n_columns; i++) put_key_column(source, config->columns[i], i, k);
  gy_buffer_text(&k->value, ")");
  if (k->columns.failed || k->present.failed || k->value.failed)
    return gy_fail(err, GY_ENOMEM, "no memory to check a key");
  k->parts[1] = (gy_sql_part){"columns", k->columns.data};
  k->parts[2] = (gy_sql_part){"present", k->present.data};
  k->parts[3] = (gy_sql_part){"value", k->value.data};
  k->n_parts = 4;
  return GY_OK;
}

/* Ids of different types are compared as texts. */
static gy_status describe_foreign(const contract_plan *plan, const gy_contract_config *config, key_sql *k,
                                  gy_error *err) {
  const gy_source_config *other = NULL;
  const gy_column_role *column = NULL;
  (void)gy_project_config_reference(plan->source->project, config->references, &other, &column);
  size_t index = (size_t)(other - plan->source->project->sources);
  k->column = gy_sql_identifier(contract_target(plan->source->source, config->column));
  k->other = gy_sql_identifier(plan->source->relations[index]);
  char *key = gy_sql_identifier(gy_column_role_target(other, column));
  if (key == NULL || asprintf(&k->key, "CAST(%s AS VARCHAR)", key) < 0) k->key = NULL;
  free(key);
  if (k->column == NULL || k->other == NULL || k->key == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory to check a key");
  k->parts[1] = (gy_sql_part){"column", k->column};
  k->parts[2] = (gy_sql_part){"other", k->other};
  k->parts[3] = (gy_sql_part){"key", k->key};
  k->n_parts = 4;
  return GY_OK;
}

static void take_example(gy_contract_outcome *outcome, int64_t row_no, const gy_column *values, size_t row) {
  contract_example *example = &outcome->examples[outcome->n_examples++];
  const gy_text *text = (const gy_text *)values->data + row;
  *example = (contract_example){.row_no = row_no, .is_missing = gy_column_is_null(values, row)};
  if (!example->is_missing)
    snprintf(example->value, sizeof example->value, "%.*s", (int)text->length, text->data);
}

/* The rows of a query, to examples or to failures. */
static gy_status take_rows(gy_result *rows, uint32_t contract, gy_contract_outcome *outcome,
                           contract_failures *failures, gy_error *err) {
  gy_chunk chunk;
  for (;;) {
    gy_status status = gy_result_next(rows, &chunk, err);
    if (status != GY_OK || chunk.n_rows == 0) return status;
    const int64_t *row_nos = chunk.columns[0].data;
    for (size_t row = 0; row < chunk.n_rows && status == GY_OK; row++) {
      if (failures != NULL)
        status = contract_failures_add(failures, row_nos[row], contract, err);
      else if (outcome->n_examples < CONTRACT_EXAMPLES)
        take_example(outcome, row_nos[row], &chunk.columns[1], row);
    }
    if (status != GY_OK) return status;
  }
}

static gy_status fetch_rows(const contract_plan *plan, const key_sql *k, uint32_t contract,
                            gy_contract_outcome *outcome, contract_failures *failures, gy_error *err) {
  bool is_unique = outcome->config->rule == GY_RULE_UNIQUE;
  gy_result *rows = NULL;
  gy_status status =
      expand_and(plan->engine, is_unique ? "contract/doubles_rows" : "contract/orphans_rows", k->parts,
                 k->n_parts, failures == NULL ? " ORDER BY row_no LIMIT 3" : "", plan->task, &rows, err);
  if (status == GY_OK) status = take_rows(rows, contract, outcome, failures, err);
  gy_result_destroy(rows);
  return status;
}

static gy_status count_failed(const contract_plan *plan, const key_sql *k, gy_contract_outcome *outcome,
                              gy_error *err) {
  bool is_unique = outcome->config->rule == GY_RULE_UNIQUE;
  char *sql = NULL;
  int64_t n = 0;
  gy_status status = gy_sql_expand(gy_sql(is_unique ? "contract/doubles_count" : "contract/orphans_count"),
                                   k->parts, k->n_parts, &sql, err);
  if (status == GY_OK) status = gy_engine_int64(plan->engine, sql, NULL, 0, &n, err);
  if (status == GY_OK) outcome->n_failed = (uint64_t)n;
  free(sql);
  return status;
}

/* ---- duplicates ---- */

/* Rows with one key of the contract have one key of the source's duplicates: of those only one will stay. */
static bool is_settled_by_key(const gy_source_config *source, const gy_contract_config *config) {
  for (uint32_t i = 0; i < source->duplicates.n_key; i++) {
    const char *key = contract_target(source, source->duplicates.key[i]);
    bool found = config->column != NULL && strcmp(contract_target(source, config->column), key) == 0;
    for (uint32_t c = 0; c < config->n_columns && !found; c++)
      found = strcmp(contract_target(source, config->columns[c]), key) == 0;
    if (!found) return false;
  }
  return source->duplicates.n_key > 0;
}

/* Rows that will be put aside as duplicates are no doubles: those that repeat another one altogether are left
 * out of the relation, looked for only among keys that come twice. */
static gy_status leave_out_duplicates(const contract_plan *plan, key_sql *k, gy_contract_outcome *outcome,
                                      gy_error *err) {
  const gy_source_config *source = plan->source->source;
  char *distinct = NULL;
  if (is_settled_by_key(source, outcome->config)) {
    outcome->n_failed = outcome->n_examples = 0;
    return GY_OK;
  }
  if (source->duplicates.exact != GY_EXACT_DROP) return GY_OK;
  gy_status status = gy_sql_expand(gy_sql("contract/distinct_doubles"), k->parts, k->n_parts, &distinct, err);
  if (status != GY_OK) return status;
  free(k->relation);
  k->relation = distinct;
  k->parts[0].fragment = distinct;
  outcome->n_examples = 0;
  return count_failed(plan, k, outcome, err);
}

gy_status contract_keys_check(const contract_plan *plan, uint32_t contract, gy_contract_outcome *outcome,
                              contract_failures *failures, gy_error *err) {
  const gy_contract_config *config = outcome->config;
  key_sql k = {.relation = gy_sql_identifier(plan->source->relation)};
  gy_buffer_init(&k.columns, 1 << 20);
  gy_buffer_init(&k.present, 1 << 20);
  gy_buffer_init(&k.value, 1 << 20);
  k.parts[0] = (gy_sql_part){"relation", k.relation};
  gy_status status = k.relation != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to check a key");
  if (status == GY_OK)
    status = config->rule == GY_RULE_UNIQUE ? describe_unique(plan, config, &k, err)
                                            : describe_foreign(plan, config, &k, err);
  if (status == GY_OK && plan->by_sql[contract]) status = count_failed(plan, &k, outcome, err);
  if (status == GY_OK && config->rule == GY_RULE_UNIQUE && outcome->n_failed > 0)
    status = leave_out_duplicates(plan, &k, outcome, err);
  if (status == GY_OK && outcome->n_failed > 0 && outcome->n_examples == 0)
    status = fetch_rows(plan, &k, contract, outcome, NULL, err);
  if (status == GY_OK && outcome->n_failed > 0 && config->severity == GY_SEVERITY_QUARANTINE)
    status = fetch_rows(plan, &k, contract, outcome, failures, err);
  gy_buffer_clear(&k.columns);
  gy_buffer_clear(&k.present);
  gy_buffer_clear(&k.value);
  free(k.relation);
  free(k.column);
  free(k.other);
  free(k.key);
  return status;
}
