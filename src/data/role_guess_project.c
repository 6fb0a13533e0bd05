/* SPDX-License-Identifier: Apache-2.0
 *
 * Files with the same columns and the same target become one source; everything settled by looking is
 * written down, so that import does not have to guess again. */
#include "data/role_guess_project.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

static gy_status spent(gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory for the project's settings");
}

static char *copy(gy_project_config *config, const char *text) {
  return gy_arena_strndup(&config->arena, text, strlen(text));
}

/* The absolute path of what may not be there yet; false when it does not fit. */
static bool absolute(const char *path, char out[PATH_MAX]) {
  if (realpath(path, out) != NULL) return true;
  char here[PATH_MAX];
  if (path[0] == '/') return snprintf(out, PATH_MAX, "%s", path) < PATH_MAX;
  while (strncmp(path, "./", 2) == 0) path += 2;
  return getcwd(here, sizeof here) != NULL && snprintf(out, PATH_MAX, "%s/%s", here, path) < PATH_MAX;
}

/* "../online_retail.csv" for a file beside the project's folder. */
static char *relative(gy_project_config *config, const char *path, const char *dir) {
  char file[PATH_MAX], from[PATH_MAX], made[PATH_MAX] = "";
  if (gy_path_is_address(path) || !absolute(path, file) || !absolute(dir, from)) return copy(config, path);
  for (size_t n = strlen(from); n > 1 && from[n - 1] == '/'; n--) from[n - 1] = '\0';
  size_t shared = 0;
  for (size_t i = 0;; i++) {
    bool ends = from[i] == '\0' || from[i] == '/';
    if (ends && file[i] == '/') shared = i;
    if (from[i] != file[i] || from[i] == '\0') break;
  }
  size_t used = 0;
  for (const char *at = from + shared; *at != '\0' && used + 4 < sizeof made; at++) {
    if (*at == '/' && at[1] != '\0') used += (size_t)snprintf(made + used, sizeof made - used, "../");
  }
  snprintf(made + used, sizeof made - used, "%s", file + shared + 1);
  return copy(config, made);
}

/* In a list of globs, a name with glob signs stands for itself. */
static char *escaped(gy_project_config *config, const char *path) {
  size_t n = strlen(path), used = 0;
  char *made = gy_arena_alloc(&config->arena, 3 * n + 1);
  if (made == NULL) return NULL;
  for (size_t i = 0; i < n; i++) {
    bool is_sign = path[i] == '*' || path[i] == '?' || path[i] == '[';
    if (is_sign) made[used++] = '[';
    made[used++] = path[i];
    if (is_sign) made[used++] = ']';
  }
  made[used] = '\0';
  return made;
}

/* The same sheet of another workbook: the next month's. */
static bool is_same_place(const gy_sniff *a, const gy_sniff *b) {
  return strcmp(a->path, b->path) != 0 && strcmp(a->sheet, b->sheet) == 0 &&
         a->header_rows == b->header_rows && a->dialect.skip_lines == b->dialect.skip_lines;
}

static bool is_alike(const gy_guess_table *a, const gy_guess_table *b) {
  bool same =
      a->target == b->target && a->sniff.n_columns == b->sniff.n_columns &&
      a->sniff.format == b->sniff.format && a->sniff.dialect.delimiter == b->sniff.dialect.delimiter &&
      a->sniff.decimal == b->sniff.decimal && a->sniff.dialect.has_header == b->sniff.dialect.has_header &&
      a->sniff.encoding == b->sniff.encoding;
  if (same && a->sniff.format == GY_FORMAT_XLSX) same = is_same_place(&a->sniff, &b->sniff);
  for (size_t c = 0; same && c < a->sniff.n_columns; c++) {
    same = strcmp(a->sniff.columns[c].name, b->sniff.columns[c].name) == 0 && a->roles[c] == b->roles[c];
  }
  return same;
}

enum { NAME_MAX_BYTES = 96 };

/* "tax_amount" for "data/Tax amount.csv.gz": letters, digits and what is beyond ASCII. */
static void name_of_file(const char *path, char name[NAME_MAX_BYTES]) {
  const char *file = gy_path_name(path);
  size_t used = 0;
  for (; *file != '\0' && *file != '.' && used + 1 < NAME_MAX_BYTES / 2; file++) {
    bool is_part = isalnum((unsigned char)*file) || (unsigned char)*file >= 0x80;
    if (!is_part && (used == 0 || name[used - 1] == '_')) continue;
    name[used++] = is_part ? (char)tolower((unsigned char)*file) : '_';
  }
  while (used > 0 && ((unsigned char)name[used - 1] & 0xC0) == 0x80) used--; /* no half letter at the end */
  if (used > 0 && (unsigned char)name[used - 1] >= 0xC0) used--;
  name[used] = '\0';
}

static bool is_taken(const gy_project_config *config, const char *name) {
  for (uint32_t i = 0; i < config->n_sources; i++)
    if (strcmp(config->sources[i].name, name) == 0) return true;
  return false;
}

/* "orders" for one source of orders, "orders_2" for the next; tables that are none of gyeol's are called as
 * their files are. */
static char *source_name(gy_project_config *config, const gy_guess_table *table) {
  char base[NAME_MAX_BYTES], name[NAME_MAX_BYTES + 16];
  snprintf(base, sizeof base, "%s", gy_target_name(table->target));
  if (table->target == GY_TARGET_OTHER) name_of_file(table->sniff.path, base);
  if (base[0] == '\0') snprintf(base, sizeof base, "%s", gy_target_name(table->target));
  snprintf(name, sizeof name, "%s", base);
  for (unsigned n = 2; is_taken(config, name); n++) snprintf(name, sizeof name, "%s_%u", base, n);
  return copy(config, name);
}

/* A table that is none of gyeol's is kept beside orders, where it is small enough to have been read whole. */
static bool is_kept(const gy_guess_table *table, bool has_orders) {
  return table->target != GY_TARGET_OTHER || (has_orders && table->sniff.is_whole);
}

static const char *time_form(const gy_guess_table *table) {
  size_t column = gy_guess_column_of(table, GY_ROLE_TIME);
  if (column == SIZE_MAX) column = gy_guess_column_of(table, GY_ROLE_SIGNUP);
  if (column == SIZE_MAX) column = gy_guess_column_of(table, GY_ROLE_BIRTH);
  if (column == SIZE_MAX) return "auto";
  double share;
  bool is_ambiguous;
  return gy_time_form_name(gy_time_evidence_form(&table->sniff.columns[column].times, &share, &is_ambiguous));
}

static void set_dialect(const gy_sniff *sniff, gy_source_config *source) {
  source->format = sniff->format;
  source->encoding = sniff->encoding;
  if (sniff->format >= GY_FORMAT_JSON) return;
  if (sniff->format == GY_FORMAT_XLSX) {
    source->header = sniff->dialect.has_header ? GY_HEADER_YES : GY_HEADER_NO;
    source->skip_lines = sniff->dialect.skip_lines;
    source->header_rows = sniff->header_rows;
    return;
  }
  source->delimiter[0] = sniff->format == GY_FORMAT_CSV ? sniff->dialect.delimiter : '\0';
  source->quote = sniff->dialect.quote == '"'    ? GY_QUOTE_DOUBLE
                  : sniff->dialect.quote == '\'' ? GY_QUOTE_SINGLE
                                                 : GY_QUOTE_NONE;
  source->header = sniff->dialect.has_header ? GY_HEADER_YES : GY_HEADER_NO;
  source->skip_lines = sniff->dialect.skip_lines;
  source->decimal = sniff->decimal;
}

static gy_status add_source(gy_project_config *config, const gy_guess_table *table, gy_error *err) {
  if (config->n_sources == GY_PROJECT_SOURCES_MAX) {
    return gy_fail(err, GY_ELIMIT, "more than %d kinds of files; give fewer at a time",
                   GY_PROJECT_SOURCES_MAX);
  }
  gy_source_config *source = &config->sources[config->n_sources];
  const gy_sniff *sniff = &table->sniff;
  *source = (gy_source_config){.target = table->target, .n_columns = (uint32_t)sniff->n_columns};
  set_dialect(sniff, source);
  source->name = source_name(config, table);
  source->time_format = copy(config, time_form(table));
  source->sheet = copy(config, sniff->sheet != NULL ? sniff->sheet : "");
  source->files = gy_arena_calloc(&config->arena, GY_PROJECT_FILES_MAX, sizeof *source->files);
  source->columns = gy_arena_calloc(&config->arena, sniff->n_columns + 1, sizeof *source->columns);
  if (source->name == NULL || source->time_format == NULL || source->sheet == NULL || source->files == NULL ||
      source->columns == NULL)
    return spent(err);
  for (size_t c = 0; c < sniff->n_columns; c++) {
    source->columns[c] =
        (gy_column_role){.column = copy(config, sniff->columns[c].name), .role = table->roles[c]};
    if (source->columns[c].column == NULL) return spent(err);
    if (table->roles[c] == GY_ROLE_CONSENT)
      (void)gy_consent_column_read(sniff->columns[c].name, &source->columns[c].purpose,
                                   &source->columns[c].channel);
  }
  config->n_sources++;
  return GY_OK;
}

static gy_status add_sources(const gy_guess_table *tables, size_t n, const char *dir,
                             gy_project_config *config, int *source_of, gy_error *err) {
  config->sources = gy_arena_calloc(&config->arena, GY_PROJECT_SOURCES_MAX, sizeof *config->sources);
  if (config->sources == NULL) return spent(err);
  bool has_orders = false;
  for (size_t t = 0; t < n; t++)
    has_orders =
        has_orders || tables[t].target == GY_TARGET_ORDER_ITEMS || tables[t].target == GY_TARGET_ORDERS;
  for (size_t t = 0; t < n; t++) {
    source_of[t] = -1;
    if (!is_kept(&tables[t], has_orders)) continue;
    for (size_t u = 0; u < t && source_of[t] < 0; u++) {
      if (source_of[u] >= 0 && is_alike(&tables[u], &tables[t])) source_of[t] = source_of[u];
    }
    if (source_of[t] < 0) {
      source_of[t] = (int)config->n_sources;
      gy_status status = add_source(config, &tables[t], err);
      if (status != GY_OK) return status;
    }
    gy_source_config *source = &config->sources[source_of[t]];
    char *path = relative(config, tables[t].sniff.path, dir);
    if (path != NULL && !gy_path_is_address(path)) path = escaped(config, path);
    source->files[source->n_files] = path;
    if (source->files[source->n_files++] == NULL) return spent(err);
  }
  return GY_OK;
}

/* C536379 among 536365, 536366, ... with negative quantities: the letter marks cancelled orders. */
static char cancel_letter(const gy_guess_table *table) {
  size_t order = gy_guess_column_of(table, GY_ROLE_ORDER),
         quantity = gy_guess_column_of(table, GY_ROLE_QUANTITY);
  if (order == SIZE_MAX || quantity == SIZE_MAX) return '\0';
  const gy_sniff_column *ids = &table->sniff.columns[order];
  int best = 0;
  for (int i = 1; i < 26; i++) {
    if (ids->n_lettered[i] > ids->n_lettered[best]) best = i;
  }
  uint64_t n = ids->n_lettered[best];
  bool is_exception = n > 0 && gy_sniff_share(ids, ids->n_integers) > 0.5;
  return is_exception && table->sniff.columns[quantity].n_negative * 2 >= n ? (char)('A' + best) : '\0';
}

static bool is_korean(const gy_guess_table *table) {
  if (table->sniff.encoding == GY_ENCODING_CP949) return true;
  for (size_t c = 0; c < table->sniff.n_columns; c++) {
    const gy_sniff_column *column = &table->sniff.columns[c];
    if (gy_sniff_share(column, column->n_hangul) > 0.3) return true;
  }
  return false;
}

gy_status gy_guess_project(const gy_guess_table *tables, size_t n_tables, const char *project_dir,
                           gy_project_config *config, int *source_of, gy_error *err) {
  gy_status status = add_sources(tables, n_tables, project_dir, config, source_of, err);
  if (status != GY_OK) return status;
  bool korean = false;
  char prefix[2] = "";
  for (size_t t = 0; t < n_tables; t++) {
    if (tables[t].target == GY_TARGET_OTHER) continue;
    korean |= is_korean(&tables[t]);
    if (prefix[0] == '\0') prefix[0] = cancel_letter(&tables[t]);
  }
  config->language = korean ? GY_LANGUAGE_KO : GY_LANGUAGE_EN;
  config->cleaning.cancelled.prefix = copy(config, prefix);
  char dir[PATH_MAX];
  config->name =
      copy(config, absolute(project_dir, dir) && gy_path_name(dir)[0] != '\0' ? gy_path_name(dir) : "shop");
  return config->name != NULL && config->cleaning.cancelled.prefix != NULL ? GY_OK : spent(err);
}
