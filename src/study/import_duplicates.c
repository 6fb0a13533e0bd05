/* SPDX-License-Identifier: Apache-2.0
 *
 * Duplicates of the sources of a run: found anew in a source whose rows changed, and in those that are
 * compared with it by priority. */
#include <stdlib.h>
#include <string.h>

#include "study/duplicate_rows.h"
#include "study/import_step.h"

static bool are_compared(const gy_source_config *a, const gy_source_config *b) {
  return a->target == b->target && a->duplicates.priority > 0 && b->duplicates.priority > 0;
}

bool gy_import_step_is_stale(const gy_import_step *steps, size_t n, size_t index) {
  const gy_source_config *own = steps[index].source;
  if (!gy_duplicates_any(&own->duplicates)) return false;
  bool stale = steps[index].must_run || steps[index].has_expired;
  for (size_t i = 0; i < n && !stale; i++)
    stale = (steps[i].must_run || steps[i].has_expired) && are_compared(steps[i].source, own);
  return stale;
}

/* A kept step's detail is stored again with its new counts. */
static gy_status keep_counts(gy_import_step *step, gy_error *err) {
  json_t *counts = NULL;
  gy_status status = gy_duplicates_count(step->run->project.engine, step->source->name, &counts, err);
  if (status != GY_OK) return status;
  json_object_set_new(step->detail, "duplicates", counts);
  if (step->must_run) return GY_OK;
  char *text = json_dumps(step->detail, JSON_COMPACT);
  gy_value values[] = {gy_bind_text(step->name), gy_bind_text(text)};
  status = text != NULL
               ? gy_engine_execute(step->run->project.engine, "UPDATE steps SET detail = $2 WHERE step = $1",
                                   values, 2, NULL, NULL, NULL, err)
               : gy_fail(err, GY_ENOMEM, "no memory for the duplicates of %s", step->source->name);
  free(text);
  return status;
}

static int by_priority(const void *a, const void *b) {
  const gy_import_step *x = *(const gy_import_step *const *)a, *y = *(const gy_import_step *const *)b;
  uint32_t p = x->source->duplicates.priority, q = y->source->duplicates.priority;
  return (p > q) - (p < q);
}

static gy_status find_across(gy_import_step **stale, size_t n, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < i && status == GY_OK; j++)
      if (are_compared(stale[i]->source, stale[j]->source))
        status = gy_duplicates_across(stale[i]->run->project.engine, stale[i]->source, stale[j]->source,
                                      stale[i]->run->task, err);
  return status;
}

gy_status gy_import_steps_find_duplicates(gy_import_step *steps, size_t n, gy_error *err) {
  gy_import_step **stale = calloc(n + 1, sizeof(gy_import_step *));
  if (stale == NULL) return gy_fail(err, GY_ENOMEM, "no memory to look for duplicates");
  size_t n_stale = 0;
  gy_status status = GY_OK;
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    if (!gy_import_step_is_stale(steps, n, i)) continue;
    stale[n_stale++] = &steps[i];
    gy_engine *engine = steps[i].run->project.engine;
    if (!steps[i].must_run)
      status = gy_duplicates_restore(engine, steps[i].source->name, steps[i].run->task, err);
    if (status == GY_OK) status = gy_duplicates_find(engine, steps[i].source, steps[i].run->task, err);
  }
  qsort(stale, n_stale, sizeof(gy_import_step *), by_priority);
  if (status == GY_OK) status = find_across(stale, n_stale, err);
  for (size_t i = 0; i < n_stale && status == GY_OK; i++) status = keep_counts(stale[i], err);
  free(stale);
  return status;
}
