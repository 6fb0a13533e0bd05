/* SPDX-License-Identifier: Apache-2.0
 *
 * `gyeol forget`: names are resolved to people and their traces while the store is held, then the plan is
 * carried out (forgetting.h). */
#include <gyeol/forget.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "people/forget_resolve.h"
#include "people/forget_store.h"
#include "people/forget_texts.h"
#include "privacy/box.h"
#include "study/forgetting_keys.h"
#include "study/project_sql.h"
#include "study/step.h"
#include "study/store_vault.h"

enum { LIST_MAX = 64 << 20, NAMES_MAX = 1000000 };

typedef struct {
  gy_project project;
  const gy_forget_options *options;
  const gy_task *task;
  gy_forgetting_keys keys;
  json_t *names;                   /* [text...] */
  json_t *given, *name_references; /* every form of every name; references, a list a name */
  gy_trace_tables tables;
  json_t *traces, *found, *texts, *vault, *rows, *sources, *references;
  int64_t people, already, unknown;
  char earlier[40]; /* receipt of those who are forgotten already */
} forget;

static void forget_clear(forget *f) {
  json_t *const OWN[] = {f->names, f->given, f->name_references, f->traces,    f->found, f->texts,
                         f->vault, f->rows,  f->sources,         f->references};
  for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++) json_decref(OWN[i]);
  gy_trace_tables_clear(&f->tables);
  gy_project_clear(&f->project);
}

/* ---- names ---- */

static gy_status add_name(forget *f, const char *text, size_t n, const char *where, size_t line,
                          gy_error *err) {
  while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t' || text[n - 1] == '\r')) n--;
  while (n > 0 && (*text == ' ' || *text == '\t')) text++, n--;
  if (n == 0 || *text == '#') return GY_OK;
  json_t *name = json_stringn(text, n);
  if (name == NULL) return gy_fail(err, GY_EPARSE, "%s:%zu: this line is no text in UTF-8", where, line);
  if (json_array_append_new(f->names, name) != 0) return gy_fail(err, GY_ENOMEM, "no memory for the names");
  if (json_array_size(f->names) > NAMES_MAX)
    return gy_fail(err, GY_ELIMIT, "more than %d names at once; use several files", NAMES_MAX);
  return GY_OK;
}

static gy_status read_names(forget *f, gy_error *err) {
  gy_status status = GY_OK;
  f->names = json_array();
  for (size_t i = 0; i < f->options->n_names && status == GY_OK; i++)
    status = add_name(f, f->options->names[i], strlen(f->options->names[i]), "argument", i + 1, err);
  if (status != GY_OK || f->options->file == NULL) return status;
  gy_buffer text;
  gy_buffer_init(&text, LIST_MAX);
  status = gy_file_read(f->options->file, &text, err);
  const char *at = text.data != NULL ? text.data : "";
  if (strncmp(at, "\xEF\xBB\xBF", 3) == 0) at += 3;
  for (size_t line = 1; status == GY_OK && *at != '\0'; line++) {
    size_t n = strcspn(at, "\n");
    status = add_name(f, at, n, f->options->file, line, err);
    at += n + (at[n] == '\n');
  }
  if (status == GY_OK && json_array_size(f->names) == 0)
    status = gy_fail(err, GY_EUSAGE,
                     "%s names nobody; write a customer id, an e-mail address or a phone number a line",
                     f->options->file);
  gy_buffer_wipe(&text);
  return status;
}

static gy_status make_forms(forget *f, gy_error *err) {
  gy_status status = GY_OK;
  size_t i;
  json_t *name;
  f->given = json_array();
  f->name_references = json_array();
  json_array_foreach(f->names, i, name) {
    json_t *references = json_array();
    if (json_array_append_new(f->name_references, references) != 0)
      return gy_fail(err, GY_ENOMEM, "no memory for the names");
    status = gy_forgetting_forms(&f->keys, i, json_string_value(name), f->given, references, err);
    if (status != GY_OK) return status;
  }
  return status;
}

/* ---- who was found ---- */

static const json_t *found_by(const forget *f, size_t n) {
  size_t i;
  json_t *row;
  json_array_foreach(f->found, i, row) {
    if ((size_t)json_integer_value(json_object_get(row, "n")) == n) return row;
  }
  return NULL;
}

/* Names that nothing is held on: forgotten before, or never known. */
static gy_status judge_names(forget *f, gy_error *err) {
  size_t i, n = json_array_size(f->names);
  if (n == 0) return GY_OK; /* forms were given, of no name */
  json_t *references;
  bool *is_found = calloc(n, sizeof *is_found);
  if (is_found == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the names");
  json_t *row;
  json_array_foreach(f->found, i, row) { is_found[json_integer_value(json_object_get(row, "n"))] = true; }
  gy_status status = GY_OK;
  json_array_foreach(f->name_references, i, references) {
    char receipt[40];
    json_int_t people = is_found[i] ? json_integer_value(json_object_get(found_by(f, i), "people")) : 0;
    if (people > 1)
      status = gy_fail(err, GY_EUSAGE,
                       "name %zu leads to %lld people, so that nobody was forgotten; name each of them "
                       "by customer id",
                       i + 1, (long long)people);
    if (status != GY_OK) break;
    if (is_found[i]) continue;
    status = gy_receipt_find(&f->project, references, receipt, err);
    if (status != GY_OK) break;
    f->already += receipt[0] != '\0';
    f->unknown += receipt[0] == '\0';
    if (strcmp(receipt, f->earlier) > 0) memcpy(f->earlier, receipt, sizeof receipt);
  }
  free(is_found);
  return status;
}

static gy_status collect_references(forget *f, gy_error *err) {
  const char *kind;
  json_t *values, *value, *list;
  size_t i;
  gy_status status = GY_OK;
  f->references = json_array();
  json_object_foreach(f->traces, kind, values) {
    json_array_foreach(values, i, value) {
      if (status == GY_OK)
        status = gy_forgetting_reference(&f->keys, kind, json_string_value(value), f->references, err);
    }
  }
  json_array_foreach(f->name_references, i, list) {
    if (found_by(f, i) != NULL && json_array_extend(f->references, list) != 0)
      status = gy_fail(err, GY_ENOMEM, "no memory for the names");
  }
  return status;
}

/* What is to be taken out of texts: originals from the vault, and names that are no customer ids. */
static gy_status collect_texts(forget *f, gy_error *err) {
  size_t i;
  json_t *name;
  f->texts = json_array();
  f->vault = json_object();
  json_array_foreach(f->names, i, name) {
    const char *text = json_string_value(name);
    bool is_plain = strspn(text, "0123456789") == strlen(text);
    if (found_by(f, i) != NULL && !is_plain && json_array_append(f->texts, name) != 0)
      return gy_fail(err, GY_ENOMEM, "no memory for the names");
  }
  return gy_forgetting_originals(&f->keys, f->traces, f->texts, f->vault, err);
}

/* ---- sources ---- */

static bool has_changed(const char *path, const json_t *row) {
  struct stat now;
  if (stat(path, &now) != 0) return false;
  int64_t modified = (int64_t)now.st_mtim.tv_sec * 1000000000 + now.st_mtim.tv_nsec;
  return now.st_size != json_integer_value(json_object_get(row, "n_bytes")) ||
         modified != json_integer_value(json_object_get(row, "modified_ns"));
}

static gy_status add_source(forget *f, const char *source, const char *path, int64_t rows, bool changed,
                            gy_error *err) {
  json_t *entry = json_pack("{s:s, s:s, s:I, s:b}", "source", source, "file", gy_path_name(path), "rows",
                            (json_int_t)rows, "changed", (int)changed);
  return json_array_append_new(f->sources, entry) == 0 ? GY_OK
                                                       : gy_fail(err, GY_ENOMEM, "no memory for the sources");
}

/* Files of a source whose rows are theirs: as they were read; `changed` says that a file is another one by
 * now. */
static gy_status look_at_source(forget *f, const gy_source_config *source, const gy_trace_table *table,
                                const char *theirs, gy_error *err) {
  json_t *rows = NULL, *row;
  char *sql = NULL, *relation = gy_sql_identifier(table->name);
  bool has_files = gy_trace_table_column(table, "gy_file") != NULL;
  gy_value name = gy_bind_text(source->name);
  int written =
      has_files
          ? asprintf(&sql,
                     "SELECT i.path, i.n_bytes, i.modified_ns, t.rows FROM (SELECT gy_file // 2 AS file_no, "
                     "count(*) AS rows FROM %s WHERE %s GROUP BY ALL) AS t JOIN import_files AS i "
                     "ON i.file_no = t.file_no AND i.source = $1 ORDER BY i.place",
                     relation, theirs)
          : asprintf(&sql,
                     "SELECT NULL AS path, count(*) AS rows FROM %s WHERE %s AND $1 IS NOT NULL "
                     "HAVING count(*) > 0",
                     relation, theirs);
  gy_status status =
      relation != NULL && written >= 0 ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the sources");
  if (written < 0) sql = NULL;
  if (status == GY_OK) status = gy_engine_json(f->project.engine, sql, &name, 1, NULL, &rows, err);
  size_t i;
  json_array_foreach(rows, i, row) {
    const char *path = json_string_value(json_object_get(row, "path"));
    int64_t n = json_integer_value(json_object_get(row, "rows"));
    if (path != NULL) status = add_source(f, source->name, path, n, has_changed(path, row), err);
    for (uint32_t k = 0; path == NULL && k < source->n_files && status == GY_OK; k++)
      status = add_source(f, source->name, source->files[k], n, false, err);
    if (status != GY_OK) break;
  }
  json_decref(rows);
  free(relation);
  free(sql);
  return status;
}

static gy_status look_at_sources(forget *f, gy_error *err) {
  gy_status status = GY_OK;
  f->sources = json_array();
  for (uint32_t s = 0; s < f->project.config.n_sources && status == GY_OK; s++) {
    const gy_source_config *source = &f->project.config.sources[s];
    char *relation = NULL, *theirs = NULL;
    if (asprintf(&relation, "source_%s", source->name) < 0)
      return gy_fail(err, GY_ENOMEM, "no memory for the sources");
    const gy_trace_table *table = gy_trace_tables_find(&f->tables, relation);
    if (table != NULL) status = gy_trace_table_sql(table, &theirs, err);
    if (status == GY_OK && theirs != NULL) status = look_at_source(f, source, table, theirs, err);
    free(theirs);
    free(relation);
  }
  return status;
}

/* ---- the plan ---- */

static json_t *customer_columns(const gy_project_config *config) {
  json_t *columns = json_object();
  for (uint32_t s = 0; s < config->n_sources; s++)
    for (uint32_t c = 0; c < config->sources[s].n_columns; c++)
      if (config->sources[s].columns[c].role == GY_ROLE_CUSTOMER)
        json_object_set_new(columns, config->sources[s].name,
                            json_string(config->sources[s].columns[c].column));
  return columns;
}

/* How the last run computed its figures; empty before a first one. */
static gy_status figures_of(forget *f, json_t **figures, gy_error *err) {
  gy_step_record features = {0};
  gy_status status = gy_step_load(f->project.engine, "features", NULL, &features, err);
  json_t *made = json_pack("{s:s, s:i}", "zone", f->project.config.timezone, "active_days", GY_ACTIVE_DAYS);
  static const char *const KEYS[][2] = {
      {"counts_sql", "counts"}, {"orders_sql", "orders"}, {"as_of_us", "as_of_us"}};
  for (size_t i = 0; i < 3; i++) {
    json_t *value = json_object_get(features.detail, KEYS[i][0]);
    if (value != NULL) json_object_set(made, KEYS[i][1], value);
  }
  json_decref(features.detail);
  if (status == GY_OK)
    *figures = made;
  else
    json_decref(made);
  return status;
}

/* A reason is a text of somebody's and may name whom it is about. */
static gy_status clean_reason(const forget *f, json_t **reason, gy_error *err) {
  gy_forget_words *words = NULL;
  char *clean = NULL;
  *reason = json_null();
  if (f->options->reason == NULL) return GY_OK;
  gy_status status = gy_forget_words_create(f->traces, f->texts, &words, err);
  if (status == GY_OK) status = gy_forget_sentence(f->options->reason, words, &clean, err);
  if (status == GY_OK) *reason = json_string(clean != NULL ? clean : f->options->reason);
  if (status == GY_OK && *reason == NULL) status = gy_fail(err, GY_EUSAGE, "--reason is no text in UTF-8");
  gy_forget_words_destroy(words);
  free(clean);
  return status;
}

static gy_status make_plan(forget *f, json_t **plan, gy_error *err) {
  int64_t now_us = gy_clock_utc_us();
  char name[40], requested[32];
  json_t *figures = NULL, *reason = NULL;
  gy_clock_rfc3339(now_us, requested);
  gy_status status = gy_receipt_name(&f->project, now_us, name, err);
  if (status == GY_OK) status = figures_of(f, &figures, err);
  if (status == GY_OK) status = clean_reason(f, &reason, err);
  if (status == GY_OK) {
    *plan =
        json_pack("{s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:O, s:O, s:O, s:O, s:O}", "receipt",
                  name, "requested_at", requested, "requested_us", (json_int_t)now_us, "project",
                  f->project.config.name, "people", (json_int_t)f->people, "already", (json_int_t)f->already,
                  "unknown", (json_int_t)f->unknown, "reason", reason, "figures", figures, "customer_columns",
                  customer_columns(&f->project.config), "traces", f->traces, "texts", f->texts, "references",
                  f->references, "vault", f->vault, "sources", f->sources);
    if (*plan == NULL) status = gy_fail(err, GY_ENOMEM, "no memory to forget people");
    return status;
  }
  json_decref(figures);
  json_decref(reason);
  return status;
}

/* ---- the command ---- */

static gy_status resolve(forget *f, gy_error *err) {
  gy_status status = gy_forgetting_keys_open(&f->project, &f->keys, err);
  if (status == GY_OK && f->given == NULL) status = make_forms(f, err);
  if (status == GY_OK) status = gy_trace_tables_list(f->project.engine, &f->tables, err);
  if (status == GY_OK)
    status =
        gy_forget_resolve(f->project.engine, &f->tables, f->given, &f->traces, &f->found, &f->people, err);
  if (status == GY_OK) status = judge_names(f, err);
  if (status == GY_OK) status = collect_texts(f, err);
  if (status == GY_OK) status = collect_references(f, err);
  if (status == GY_OK) status = look_at_sources(f, err);
  return status;
}

static gy_status count_rows(forget *f, gy_error *err) {
  json_t *plan = json_pack("{s:O, s:O, s:o}", "traces", f->traces, "texts", f->texts, "customer_columns",
                           customer_columns(&f->project.config));
  gy_status status = plan != NULL ? gy_engine_execute(f->project.engine, gy_sql("people/forget_rows"), NULL,
                                                      0, NULL, NULL, NULL, err)
                                  : gy_fail(err, GY_ENOMEM, "no memory to look for people");
  if (status == GY_OK) status = gy_forgetting_rejects(f->project.engine, &f->keys, plan, err);
  if (status == GY_OK) status = gy_forget_store_count(f->project.engine, &f->tables, &f->rows, err);
  json_decref(plan);
  return status;
}

static gy_status carry_out(forget *f, json_t **receipt, gy_error *err) {
  json_t *plan = NULL;
  gy_status status = make_plan(f, &plan, err);
  if (status == GY_OK) status = gy_forgetting_start(&f->project, plan, f->task, receipt, err);
  json_decref(plan);
  return status;
}

static gy_status give_result(const forget *f, const json_t *receipt, double seconds, char **result,
                             gy_error *err) {
  const json_t *removed = json_object_get(receipt, "removed");
  json_t *made = json_pack("{s:s, s:b, s:I, s:I, s:I, s:f}", "project", f->project.config.name, "dry_run",
                           (int)f->options->dry_run, "people", (json_int_t)f->people, "already",
                           (json_int_t)f->already, "unknown", (json_int_t)f->unknown, "seconds", seconds);
  const char *name = json_string_value(json_object_get(receipt, "receipt"));
  if (name == NULL && f->earlier[0] != '\0') name = f->earlier;
  json_object_set_new(made, "receipt", name != NULL ? json_string(name) : json_null());
  json_object_set_new(made, "sources", f->sources != NULL ? json_incref(f->sources) : json_array());
  if (removed != NULL)
    json_object_set_new(made, "removed", json_deep_copy(removed));
  else
    json_object_set_new(made, "removed", json_pack("{s:O?, s:O?}", "tables", f->rows, "vault", f->vault));
  *result = made != NULL ? json_dumps(made, JSON_COMPACT) : NULL;
  json_decref(made);
  return *result != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the result");
}

gy_status gy_forget_given(gy_project *project, json_t *given, const gy_task *task, int64_t *people,
                          gy_error *err) {
  static const gy_forget_options NO_OPTIONS = {.reason = "forgotten before this backup was restored"};
  forget f = {.project = *project,
              .options = &NO_OPTIONS,
              .task = task,
              .given = json_incref(given),
              .names = json_array(),
              .name_references = json_array()};
  json_t *receipt = NULL;
  gy_status status = resolve(&f, err);
  if (status == GY_OK && f.people > 0) status = carry_out(&f, &receipt, err);
  *people = f.people;
  json_decref(receipt);
  *project = f.project;
  f.project = (gy_project){0};
  forget_clear(&f);
  return status;
}

gy_status gy_project_forget(const char *dir, const gy_forget_options *options, const gy_task *task,
                            char **result, gy_error *err) {
  double start = gy_clock_seconds();
  forget f = {.options = options, .task = task};
  json_t *receipt = NULL;
  gy_status status = gy_project_load(dir, &f.project, err);
  bool resumed = status == GY_OK && gy_forgetting_is_pending(&f.project);
  if (status == GY_OK) status = read_names(&f, err);
  if (status == GY_OK && json_array_size(f.names) == 0 && !resumed)
    status = gy_fail(err, GY_EUSAGE, "say whom: gyeol forget ID... or gyeol forget --file LIST");
  /* Opening for writing finishes what was interrupted. */
  if (status == GY_OK) status = gy_project_open_store(&f.project, GY_STORE_WRITE, task, err);
  if (status == GY_OK) status = gy_store_vault_check(&f.project, err);
  bool named = json_array_size(f.names) > 0;
  if (status == GY_OK && named) status = resolve(&f, err);
  if (status == GY_OK && named && f.people == 0 && f.already == 0)
    status = gy_fail(err, GY_ENOTFOUND,
                     "nothing is held on whom was named, and nobody was forgotten; check how customer "
                     "ids are written, or name an e-mail address or a phone number");
  if (status == GY_OK && f.people > 0 && options->dry_run) status = count_rows(&f, err);
  if (status == GY_OK && f.people > 0 && !options->dry_run) status = carry_out(&f, &receipt, err);
  if (status == GY_OK) status = give_result(&f, receipt, gy_clock_seconds() - start, result, err);
  json_decref(receipt);
  forget_clear(&f);
  return status;
}
