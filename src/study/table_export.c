/* SPDX-License-Identifier: Apache-2.0 */
#include "study/table_export.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/file.h"
#include "study/output_file.h"
#include "study/table_export_xlsx.h"

/* How the engine is to write; "" for the one format that it does not. */
static const char *copy_options(const char *path) {
  static const struct {
    const char *ending, *options;
  } FORMATS[] = {{".csv", "FORMAT csv, HEADER"},
                 {".tsv", "FORMAT csv, HEADER, DELIMITER '\t'"},
                 {".parquet", "FORMAT parquet, COMPRESSION zstd"},
                 {".json", "FORMAT json, ARRAY true"},
                 {".ndjson", "FORMAT json"},
                 {".xlsx", ""}};
  size_t length = strlen(path);
  for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++) {
    size_t ending = strlen(FORMATS[i].ending);
    if (length > ending && strcasecmp(path + length - ending, FORMATS[i].ending) == 0)
      return FORMATS[i].options;
  }
  return NULL;
}

static gy_status copy_to(gy_engine *engine, const char *select, const char *file, const char *options,
                         const gy_task *task, uint64_t *n_rows, gy_error *err) {
  if (options[0] == '\0') return gy_table_export_xlsx(engine, select, file, task, n_rows, err);
  char *literal = gy_sql_literal(file);
  gy_buffer sql;
  gy_buffer_init(&sql, 4 << 20);
  gy_buffer_printf(&sql, "COPY (%s) TO %s (%s)", select, literal != NULL ? literal : "", options);
  gy_status status = literal != NULL && !sql.failed
                         ? gy_engine_execute(engine, sql.data, NULL, 0, "writing", task, n_rows, err)
                         : gy_fail(err, GY_ENOMEM, "no memory to write %s", file);
  gy_buffer_clear(&sql);
  free(literal);
  return status;
}

gy_status gy_table_export(gy_engine *engine, const char *select, const char *path, const gy_task *task,
                          uint64_t *n_rows, gy_error *err) {
  const char *options = copy_options(path);
  if (options == NULL)
    return gy_fail(
        err, GY_EUSAGE,
        "%s: the ending says which format to write; use .csv, .tsv, .xlsx, .parquet, .json or .ndjson", path);
  const char *name = gy_path_name(path);
  char *dir = name == path ? strdup(".") : strndup(path, (size_t)(name - path - (name - path > 1)));
  gy_output_file file = {.descriptor = -1};
  gy_status status = dir != NULL ? gy_output_file_name(&file, dir, name, err)
                                 : gy_fail(err, GY_ENOMEM, "no memory to write %s", path);
  if (status == GY_OK && !gy_path_is_dir(dir))
    status = gy_fail(err, GY_ENOTFOUND, "cannot write %s: there is no folder %s", path, dir);
  if (status == GY_OK) status = copy_to(engine, select, file.partial, options, task, n_rows, err);
  if (status == GY_ENOSPACE) /* the engine blames the store's disk */
    status = gy_fail(err, GY_ENOSPACE, "cannot write %s: its disk is full", path);
  if (status == GY_OK) status = gy_output_file_publish(&file, err);
  if (status != GY_OK) gy_output_file_abandon(&file);
  free(dir);
  return status;
}
