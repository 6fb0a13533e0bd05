/* SPDX-License-Identifier: Apache-2.0 */
#include "people/identity_said.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const size_t BYTES_MOST = (size_t)4 << 30;

static gy_status spent(gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory for what customers say of themselves");
}

/* ---- asking ---- */

typedef struct {
  const uint32_t *nodes;
  size_t n, at;
} cursor;

static gy_status open_nodes(void *shared, void **local, gy_error *err) {
  (void)err;
  ((cursor *)shared)->at = 0;
  *local = shared;
  return GY_OK;
}

static gy_status fill_nodes(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                            gy_error *err) {
  cursor *c = shared;
  size_t n = 0;
  (void)local, (void)err;
  for (; c->at < c->n && n < GY_CHUNK_ROWS; c->at++) {
    ((int32_t *)writer->data[0])[n] = (int32_t)c->at;
    ((int32_t *)writer->data[1])[n++] = (int32_t)c->nodes[c->at];
  }
  *n_rows = n;
  return GY_OK;
}

static bool says_something(const gy_identity_source *source) {
  bool says = false;
  for (size_t f = 0; f < GY_SAYS_COUNT; f++) says = says || source->says[f] != NULL;
  return says && source->types[GY_KEY_CUSTOMER] != NULL;
}

static void put_source(const gy_identity_work *work, size_t index, gy_buffer *sql) {
  const gy_identity_source *source = &work->plan->sources[index];
  gy_buffer_printf(sql, "SELECT place, k.node, %zu AS source", index);
  for (size_t f = 0; f < GY_SAYS_COUNT; f++) {
    char *name = source->says[f] != NULL ? gy_sql_identifier(source->says[f]) : NULL;
    gy_buffer_printf(sql, ", CAST(%s AS VARCHAR) AS c%zu", name != NULL ? name : "NULL", f);
    free(name);
  }
  char *relation = gy_sql_identifier(source->relation);
  gy_buffer_printf(sql,
                   " FROM %s JOIN identity_nodes_customer_id AS k ON k.key = CAST(customer_id AS %s) JOIN "
                   "gy_identity_asked() AS asked ON asked.node = k.node",
                   relation != NULL ? relation : "", work->types[GY_KEY_CUSTOMER]);
  if (relation == NULL) sql->failed = true;
  free(relation);
}

static bool put_said(const gy_identity_work *work, gy_buffer *sql) {
  bool says = false;
  gy_buffer_text(sql, "CREATE OR REPLACE TEMP TABLE identity_said AS SELECT place, node");
  for (size_t f = 0; f < GY_SAYS_COUNT; f++)
    gy_buffer_printf(sql,
                     ", arg_min(c%zu, struct_pack(s := source, v := c%zu)) FILTER (c%zu IS NOT NULL) AS c%zu",
                     f, f, f, f);
  gy_buffer_text(sql, " FROM (");
  for (size_t i = 0; i < work->plan->n_sources; i++) {
    if (!says_something(&work->plan->sources[i])) continue;
    gy_buffer_text(sql, says ? " UNION ALL " : "");
    put_source(work, i, sql);
    says = true;
  }
  gy_buffer_text(sql, ") GROUP BY place, node");
  return says;
}

gy_status gy_identity_ask(gy_identity_work *work, const uint32_t *nodes, size_t n, bool *says,
                          gy_error *err) {
  static const gy_source_column COLUMNS[] = {{"place", GY_TYPE_INT32}, {"node", GY_TYPE_INT32}};
  cursor asked = {.nodes = nodes, .n = n};
  gy_source source = {.shared = &asked,
                      .columns = COLUMNS,
                      .n_columns = 2,
                      .expected_rows = n,
                      .max_threads = 1,
                      .open = open_nodes,
                      .fill = fill_nodes};
  gy_buffer sql;
  gy_buffer_init(&sql, GY_IDENTITY_SQL_MAX);
  *says = put_said(work, &sql);
  gy_status status = *says ? gy_engine_publish(work->plan->engine, "gy_identity_asked", &source, err) : GY_OK;
  if (status == GY_OK && *says) return gy_identity_execute_buffer(work, &sql, err);
  gy_buffer_clear(&sql);
  return status;
}

/* ---- into memory ---- */

static gy_status take_rows(gy_said *said, const gy_chunk *chunk, gy_error *err) {
  for (size_t i = 0; i < chunk->n_rows; i++) {
    gy_text_place *one = said->of[((const int32_t *)chunk->columns[0].data)[i]];
    for (size_t f = 0; f < GY_SAYS_COUNT; f++) {
      const gy_column *column = &chunk->columns[f + 1];
      gy_text text = gy_column_is_null(column, i) ? (gy_text){"", 0} : ((const gy_text *)column->data)[i];
      one[f] = (gy_text_place){said->texts.length, text.length};
      gy_buffer_append(&said->texts, text.data, text.length);
    }
  }
  return said->texts.failed ? spent(err) : GY_OK;
}

gy_status gy_said_load(gy_identity_work *work, const uint32_t *nodes, size_t n, gy_said *said, bool *says,
                       gy_error *err) {
  gy_result *rows = NULL;
  gy_chunk chunk = {0};
  *said = (gy_said){.of = calloc(n + 1, sizeof *said->of)};
  gy_buffer_init(&said->texts, BYTES_MOST);
  gy_buffer_init(&said->letters, BYTES_MOST);
  if (said->of == NULL) return spent(err);
  gy_status status = gy_identity_ask(work, nodes, n, says, err);
  if (status != GY_OK || !*says) return status;
  status = gy_engine_query(work->plan->engine, "SELECT place, c0, c1, c2 FROM identity_said", NULL, 0,
                           work->task, &rows, err);
  while (status == GY_OK && (status = gy_result_next(rows, &chunk, err)) == GY_OK && chunk.n_rows > 0)
    status = take_rows(said, &chunk, err);
  gy_result_destroy(rows);
  return status;
}

gy_text gy_said_text(const gy_said *said, size_t place, gy_identity_says field) {
  const gy_text_place *at = &said->of[place][field];
  return (gy_text){at->n > 0 ? said->texts.data + at->begin : "", at->n};
}

void gy_said_clear(gy_said *said) {
  if (said->letters.data != NULL) sodium_memzero(said->letters.data, said->letters.length);
  gy_buffer_clear(&said->letters);
  gy_buffer_clear(&said->texts);
  free(said->of);
  free(said->names);
  free(said->originals);
}

/* ---- names ---- */

static int by_pseudonym(const void *left, const void *right) {
  return memcmp(left, right, sizeof(gy_pseudonym));
}

static const gy_text_place *original_of(const gy_said *said, const gy_pseudonym *name) {
  if (said->n_names == 0) return NULL;
  const gy_pseudonym *found = bsearch(name, said->names, said->n_names, sizeof *said->names, by_pseudonym);
  return found != NULL ? &said->originals[found - said->names] : NULL;
}

static gy_status take_name(void *context, const gy_vault_record *record, gy_error *err) {
  gy_said *said = context;
  gy_text_place *at = (gy_text_place *)original_of(said, &record->key.pseudonym);
  if (at == NULL) return GY_OK;
  *at = (gy_text_place){said->letters.length, record->length};
  gy_buffer_append(&said->letters, record->text, record->length);
  return said->letters.failed ? spent(err) : GY_OK;
}

static gy_status choose_names(gy_said *said, const uint8_t *is_wanted, size_t n, gy_error *err) {
  said->names = malloc((n + 1) * sizeof *said->names);
  said->originals = calloc(n + 1, sizeof *said->originals);
  if (said->names == NULL || said->originals == NULL) return spent(err);
  size_t n_wanted = 0;
  for (size_t i = 0; i < n; i++) {
    gy_text name = gy_said_text(said, i, GY_SAYS_NAME);
    if (is_wanted[i] && gy_pseudonym_parse(name.data, name.length, &said->names[n_wanted])) n_wanted++;
  }
  qsort(said->names, n_wanted, sizeof *said->names, by_pseudonym);
  for (size_t i = 0; i < n_wanted; i++)
    if (said->n_names == 0 || by_pseudonym(&said->names[said->n_names - 1], &said->names[i]) != 0)
      said->names[said->n_names++] = said->names[i];
  return GY_OK;
}

gy_status gy_said_open_names(gy_said *said, const uint8_t *is_wanted, size_t n, const gy_identity_plan *plan,
                             gy_error *err) {
  gy_vault *vault = NULL;
  gy_status status = choose_names(said, is_wanted, n, err);
  if (status != GY_OK || said->n_names == 0 || plan->open_vault == NULL) return status;
  status = plan->open_vault(plan->context, "identity.contradictions", &vault, err);
  if (status != GY_OK || vault == NULL) return status;
  return gy_vault_scan(vault, GY_IDENTIFIER_PERSON_NAME, take_name, said, err);
}

gy_text gy_said_name(const gy_said *said, size_t place) {
  gy_text name = gy_said_text(said, place, GY_SAYS_NAME);
  gy_pseudonym pseudonym;
  if (!gy_pseudonym_parse(name.data, name.length, &pseudonym)) return name;
  const gy_text_place *at = original_of(said, &pseudonym);
  return at != NULL && at->n > 0 ? (gy_text){said->letters.data + at->begin, at->n} : (gy_text){"", 0};
}

/* ---- voices ---- */

gy_status gy_identity_voices(gy_identity_work *work, const uint32_t *nodes, size_t n, uint32_t *voices,
                             gy_error *err) {
  gy_result *rows = NULL;
  gy_chunk chunk = {0};
  bool says = false;
  for (size_t i = 0; i < n; i++) voices[i] = nodes[i];
  gy_status status = gy_identity_ask(work, nodes, n, &says, err);
  if (status != GY_OK || !says) return status;
  status = gy_engine_query(
      work->plan->engine,
      "SELECT place, min(node) OVER (PARTITION BY c0, c1) AS voice FROM identity_said WHERE c0 IS NOT NULL",
      NULL, 0, work->task, &rows, err);
  while (status == GY_OK && (status = gy_result_next(rows, &chunk, err)) == GY_OK && chunk.n_rows > 0)
    for (size_t i = 0; i < chunk.n_rows; i++)
      voices[((const int32_t *)chunk.columns[0].data)[i]] =
          (uint32_t)((const int32_t *)chunk.columns[1].data)[i];
  gy_result_destroy(rows);
  return status;
}
