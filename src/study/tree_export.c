/* SPDX-License-Identifier: Apache-2.0 */
#include "study/tree_export.h"

#include <stdatomic.h>

#include "engine/engine.h"
#include "study/table_export.h"

typedef struct {
  const gy_dendrogram *tree;
  _Atomic size_t next;
} merge_source;

static gy_status give_merges(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                             gy_error *err) {
  (void)local, (void)err;
  merge_source *source = shared;
  size_t start = atomic_fetch_add(&source->next, GY_CHUNK_ROWS), n = (size_t)source->tree->n_leaves - 1;
  *n_rows = start >= n ? 0 : n - start < GY_CHUNK_ROWS ? n - start : GY_CHUNK_ROWS;
  for (size_t row = 0; row < *n_rows; row++) {
    const gy_merge *merge = &source->tree->merges[start + row];
    ((int32_t *)writer->data[0])[row] = (int32_t)(start + row);
    ((int32_t *)writer->data[1])[row] = merge->a;
    ((int32_t *)writer->data[2])[row] = merge->b;
    ((double *)writer->data[3])[row] = merge->height;
    ((double *)writer->data[4])[row] = merge->size;
  }
  return GY_OK;
}

gy_status gy_tree_export(const gy_dendrogram *tree, const char *path, const gy_task *task, gy_error *err) {
  static const gy_source_column COLUMNS[] = {{"merge", GY_TYPE_INT32},
                                             {"a", GY_TYPE_INT32},
                                             {"b", GY_TYPE_INT32},
                                             {"height", GY_TYPE_DOUBLE},
                                             {"size", GY_TYPE_DOUBLE}};
  if (path == NULL) return GY_OK;
  merge_source shared = {.tree = tree};
  gy_source source = {.shared = &shared, .columns = COLUMNS, .n_columns = 5, .fill = give_merges};
  gy_engine *engine = NULL;
  gy_status status = gy_engine_open(&(gy_engine_options){.n_threads = 1}, &engine, err);
  if (status == GY_OK) status = gy_engine_publish(engine, "gy_merges", &source, err);
  if (status == GY_OK)
    status = gy_table_export(engine, "SELECT * FROM gy_merges() ORDER BY merge", path, task, NULL, err);
  gy_engine_close(engine);
  return status;
}
