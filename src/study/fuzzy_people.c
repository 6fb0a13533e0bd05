/* SPDX-License-Identifier: Apache-2.0 */
#include "study/fuzzy_people.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "privacy/audit_log.h"
#include "study/project_privacy.h"

static const size_t bytes_max = (size_t)8 << 30;

static const struct {
  const char *column, *field;
  gy_link_compare compare;
  gy_identifier identifier; /* GY_IDENTIFIER_COUNT: in the store as it is */
} FIELDS[GY_FUZZY_FIELDS] = {{"person_name", "name", GY_LINK_NAME, GY_IDENTIFIER_PERSON_NAME},
                             {"birth", "birth", GY_LINK_DATE, GY_IDENTIFIER_COUNT},
                             {"phone", "phone", GY_LINK_PHONE, GY_IDENTIFIER_PHONE},
                             {"email", "email", GY_LINK_EMAIL, GY_IDENTIFIER_EMAIL},
                             {"address", "address", GY_LINK_ADDRESS, GY_IDENTIFIER_ADDRESS},
                             {"gender", "gender", GY_LINK_EXACT, GY_IDENTIFIER_COUNT}};

static gy_status spent(gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "identity.fuzzy: no memory for the customers");
}

/* ---- originals ---- */

/* One kind of the vault, by pseudonym. */
typedef struct originals {
  gy_buffer texts, keys; /* keys: pseudonym after pseudonym, as the vault sorts them */
  uint64_t *ends;
  size_t n, capacity;
} originals;

static gy_status take_original(void *context, const gy_vault_record *record, gy_error *err) {
  originals *to = context;
  if (to->n == to->capacity) {
    size_t capacity = to->capacity > 0 ? 2 * to->capacity : 1024;
    uint64_t *wider = realloc(to->ends, capacity * sizeof *wider);
    if (wider == NULL) return spent(err);
    to->ends = wider;
    to->capacity = capacity;
  }
  gy_buffer_append(&to->keys, record->key.pseudonym.bytes, sizeof record->key.pseudonym.bytes);
  gy_buffer_append(&to->texts, record->text, record->length);
  to->ends[to->n++] = to->texts.length;
  return to->texts.failed || to->keys.failed ? spent(err) : GY_OK;
}

static void wipe(gy_buffer *buffer) {
  if (buffer->data != NULL) sodium_memzero(buffer->data, buffer->length);
  gy_buffer_clear(buffer);
}

static void originals_clear(originals *of) {
  wipe(&of->texts);
  gy_buffer_clear(&of->keys);
  free(of->ends);
}

static gy_text find_original(const originals *in, gy_text pseudonym) {
  gy_pseudonym wanted;
  size_t low = 0, high = in->n;
  if (!gy_pseudonym_parse(pseudonym.data, pseudonym.length, &wanted)) return (gy_text){"", 0};
  while (low < high) {
    size_t middle = (low + high) / 2;
    int order = memcmp(in->keys.data + middle * sizeof wanted.bytes, wanted.bytes, sizeof wanted.bytes);
    if (order == 0) {
      uint64_t from = middle > 0 ? in->ends[middle - 1] : 0;
      return (gy_text){in->texts.data + from, (size_t)(in->ends[middle] - from)};
    }
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return (gy_text){"", 0};
}

/* ---- which columns there are ---- */

static bool has_column(const json_t *columns, const char *name) {
  size_t i;
  json_t *column;
  json_array_foreach(columns, i, column) if (strcmp(json_string_value(json_object_get(column, "column")),
                                                    name) == 0) return true;
  return false;
}

/* A whole birth date under its own name says more than the year of birth. */
static const char *column_of(const json_t *columns, size_t field) {
  size_t i;
  json_t *column;
  gy_link_compare compare;
  json_array_foreach(columns, i, column) {
    const char *name = json_string_value(json_object_get(column, "column"));
    bool is_birth = FIELDS[field].compare == GY_LINK_DATE && strcmp(name, "birth") != 0;
    if (is_birth && gy_link_kind_by_name(name, &compare) && compare == GY_LINK_DATE) return name;
  }
  return has_column(columns, FIELDS[field].column) ? FIELDS[field].column : NULL;
}

/* SELECT of one customers' table, a column a field that `present` has. */
static bool put_select(const char *relation, const json_t *columns, bool present[GY_FUZZY_FIELDS],
                       gy_buffer *sql) {
  char *from = gy_sql_identifier(relation);
  gy_buffer_printf(sql, "%sSELECT CAST(customer_id AS VARCHAR) AS id", sql->length > 0 ? " UNION ALL " : "");
  for (size_t f = 0; f < GY_FUZZY_FIELDS; f++) {
    const char *name = column_of(columns, f);
    char *quoted = name != NULL ? gy_sql_identifier(name) : NULL;
    present[f] = present[f] || name != NULL;
    gy_buffer_printf(sql, ", CAST(%s AS VARCHAR) AS c%zu", quoted != NULL ? quoted : "NULL", f);
    free(quoted);
  }
  gy_buffer_printf(sql, " FROM %s WHERE customer_id IS NOT NULL", from != NULL ? from : "");
  bool good = from != NULL && !sql->failed;
  free(from);
  return good;
}

static gy_status compose(gy_run_context *run, bool present[GY_FUZZY_FIELDS], gy_buffer *sql, gy_error *err) {
  const gy_project_config *config = &run->project.config;
  gy_status status = GY_OK;
  for (uint32_t i = 0; i < config->n_sources && status == GY_OK; i++) {
    if (config->sources[i].target != GY_TARGET_CUSTOMERS) continue;
    json_t *columns = NULL;
    char *relation = gy_source_relation(config->sources[i].name);
    gy_value name = gy_bind_text(relation);
    status = relation == NULL ? spent(err)
                              : gy_engine_json(run->project.engine, gy_sql("study/relation_columns"), &name,
                                               1, NULL, &columns, err);
    if (status == GY_OK && has_column(columns, "customer_id") && !put_select(relation, columns, present, sql))
      status = spent(err);
    json_decref(columns);
    free(relation);
  }
  return status;
}

/* ---- rows ---- */

static bool take_chunk(gy_fuzzy_people *people, const originals *texts, const gy_chunk *chunk, size_t first) {
  for (size_t c = 0; c < chunk->n_columns; c++) {
    size_t field = c == 0 ? GY_FUZZY_FIELDS : c - 1;
    bool is_sealed = c > 0 && FIELDS[field].identifier != GY_IDENTIFIER_COUNT;
    const gy_text *values = chunk->columns[c].data;
    for (size_t row = 0; row < chunk->n_rows; row++) {
      gy_text text = gy_column_is_null(&chunk->columns[c], row) ? (gy_text){"", 0} : values[row];
      if (is_sealed && text.length > 0) text = find_original(&texts[field], text);
      gy_buffer_append(&people->bytes[field], text.data, text.length);
      people->offsets[field][first + row + 1] = people->bytes[field].length;
    }
    if (people->bytes[field].failed) return false;
  }
  return true;
}

static gy_status take_rows(gy_run_context *run, const char *inner, const originals *texts,
                           gy_fuzzy_people *people, gy_error *err) {
  gy_buffer sql;
  gy_result *rows = NULL;
  gy_chunk chunk = {0};
  int64_t n = 0;
  size_t first = 0;
  gy_buffer_init(&sql, 1 << 20);
  gy_buffer_printf(&sql, "SELECT count(DISTINCT id) FROM (%s)", inner);
  gy_status status =
      sql.failed ? spent(err) : gy_engine_int64(run->project.engine, sql.data, NULL, 0, &n, err);
  people->n = (size_t)n;
  for (size_t f = 0; f <= GY_FUZZY_FIELDS && status == GY_OK; f++)
    if ((people->offsets[f] = calloc(people->n + 1, sizeof(uint64_t))) == NULL) status = spent(err);
  gy_buffer_clear(&sql);
  gy_buffer_init(&sql, 1 << 20);
  gy_buffer_printf(&sql,
                   "SELECT id, min(c0), min(c1), min(c2), min(c3), min(c4), min(c5) FROM (%s) GROUP BY id "
                   "ORDER BY length(id), id",
                   inner);
  if (status == GY_OK && sql.failed) status = spent(err);
  if (status == GY_OK)
    status = gy_engine_query(run->project.engine, sql.data, NULL, 0, run->task, &rows, err);
  while (status == GY_OK && (status = gy_result_next(rows, &chunk, err)) == GY_OK && chunk.n_rows > 0) {
    if (!take_chunk(people, texts, &chunk, first)) status = spent(err);
    first += chunk.n_rows;
  }
  gy_result_destroy(rows);
  gy_buffer_clear(&sql);
  return status;
}

static gy_status open_vault(gy_run_context *run, const bool present[GY_FUZZY_FIELDS], originals *texts,
                            gy_error *err) {
  gy_key_ring *ring = NULL;
  gy_vault *vault = NULL;
  gy_status status = gy_project_ring(&run->project, false, &ring, err);
  if (status == GY_OK) status = gy_project_vault(&run->project, false, &vault, err);
  gy_audit_entry entry = {.action = "identity.fuzzy"};
  if (status == GY_OK) status = gy_audit_append(ring, &entry, err);
  for (size_t f = 0; f < GY_FUZZY_FIELDS && status == GY_OK; f++)
    if (present[f] && FIELDS[f].identifier != GY_IDENTIFIER_COUNT)
      status = gy_vault_scan(vault, FIELDS[f].identifier, take_original, &texts[f], err);
  return status;
}

/* Fields that are there move together; their order stays. */
static gy_status choose_fields(const bool present[GY_FUZZY_FIELDS], gy_fuzzy_people *people, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t f = 0; f < GY_FUZZY_FIELDS && status == GY_OK; f++) {
    if (!present[f]) continue;
    people->columns[people->spec.n_fields] = (gy_link_column){people->bytes[f].data, people->offsets[f]};
    status = gy_link_spec_add(&people->spec, FIELDS[f].field, FIELDS[f].field, FIELDS[f].compare, err);
  }
  people->list = (gy_link_list){people->n, people->columns};
  return status == GY_OK ? gy_link_guess_rules(&people->spec, err) : status;
}

gy_status gy_fuzzy_people_load(gy_run_context *run, gy_fuzzy_people *people, gy_error *err) {
  bool present[GY_FUZZY_FIELDS] = {false};
  originals texts[GY_FUZZY_FIELDS] = {0};
  gy_buffer sql;
  *people = (gy_fuzzy_people){0};
  gy_arena_init(&people->spec.arena, 0, 0);
  gy_buffer_init(&sql, 1 << 20);
  for (size_t f = 0; f <= GY_FUZZY_FIELDS; f++) gy_buffer_init(&people->bytes[f], bytes_max);
  for (size_t f = 0; f < GY_FUZZY_FIELDS; f++) {
    gy_buffer_init(&texts[f].texts, bytes_max);
    gy_buffer_init(&texts[f].keys, bytes_max);
  }
  gy_status status = compose(run, present, &sql, err);
  people->has_names = present[0] && gy_project_has_vault(&run->project);
  if (status == GY_OK && people->has_names) {
    status = open_vault(run, present, texts, err);
    if (status == GY_OK) status = take_rows(run, sql.data, texts, people, err);
    if (status == GY_OK) status = choose_fields(present, people, err);
  }
  for (size_t f = 0; f < GY_FUZZY_FIELDS; f++) originals_clear(&texts[f]);
  gy_buffer_clear(&sql);
  return status;
}

void gy_fuzzy_people_clear(gy_fuzzy_people *people) {
  for (size_t f = 0; f <= GY_FUZZY_FIELDS; f++) {
    wipe(&people->bytes[f]);
    free(people->offsets[f]);
  }
  gy_link_spec_clear(&people->spec);
  *people = (gy_fuzzy_people){0};
}

gy_text gy_fuzzy_customer(const gy_fuzzy_people *people, size_t record) {
  uint64_t from = people->offsets[GY_FUZZY_FIELDS][record],
           end = people->offsets[GY_FUZZY_FIELDS][record + 1];
  return (gy_text){people->bytes[GY_FUZZY_FIELDS].data + from, (size_t)(end - from)};
}
