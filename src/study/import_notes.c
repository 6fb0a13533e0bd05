/* SPDX-License-Identifier: Apache-2.0
 *
 * Whose rows an import brings or takes, for those who need not ask everybody again (segment_scope.h). Files
 * come and go as a whole, so that the ids in their rows are all there is to know. Where a change of one row
 * may change what is made of another customer's, it is anybody's. */
#include <stdlib.h>

#include "study/duplicate_rows.h"
#include "study/import_step.h"

static bool has_target(const gy_project_config *config, gy_target target) {
  for (uint32_t i = 0; i < config->n_sources; i++)
    if (config->sources[i].target == target) return true;
  return false;
}

/* Whether rules read rows that are made of the source's. What they know of customers themselves is compared
 * by value. */
static bool is_read_by_rules(const gy_import_step *step) {
  gy_target target = step->source->target;
  bool keeps = step->run->project.state_dir != NULL; /* a plain file has no segments */
  return keeps && target != GY_TARGET_CUSTOMERS && target != GY_TARGET_PRODUCTS &&
         target != GY_TARGET_REGIONS && target != GY_TARGET_MARKET && target != GY_TARGET_OTHER;
}

/* Headers say whose lines are, and rows that are put aside may give way to those of another customer. */
static bool reaches_others(const gy_import_step *step) {
  const gy_project_config *config = &step->run->project.config;
  gy_target target = step->source->target;
  bool is_order = target == GY_TARGET_ORDERS || target == GY_TARGET_ORDER_ITEMS;
  return gy_duplicates_any(&step->source->duplicates) ||
         (is_order && has_target(config, GY_TARGET_ORDERS) && has_target(config, GY_TARGET_ORDER_ITEMS));
}

gy_status gy_import_step_note_all(const gy_import_step *step, gy_error *err) {
  gy_value source = gy_bind_text(step->source->name);
  if (!is_read_by_rules(step)) return GY_OK;
  return gy_engine_execute(step->run->project.engine, gy_sql("segment/changes_note_all"), &source, 1, NULL,
                           NULL, NULL, err);
}

gy_status gy_import_step_note(const gy_import_step *step, const char *relation, const char *condition,
                              gy_error *err) {
  gy_engine *engine = step->run->project.engine;
  if (!is_read_by_rules(step)) return GY_OK;
  gy_value values[] = {gy_bind_text(relation), gy_bind_text(step->source->name)};
  int64_t n = 0;
  gy_status status = gy_engine_int64(
      engine, "SELECT count(*) FROM duckdb_columns() WHERE table_name = $1 AND column_name = 'customer_id'",
      values, 1, &n, err);
  if (status != GY_OK || n == 0 || reaches_others(step))
    return status == GY_OK ? gy_import_step_note_all(step, err) : status;
  char *name = gy_sql_identifier(relation), *sql = NULL;
  const gy_sql_part parts[] = {{"relation", name}, {"condition", condition}};
  status = name != NULL ? gy_sql_expand(gy_sql("segment/changes_note"), parts, 2, &sql, err)
                        : gy_fail(err, GY_ENOMEM, "no memory to note changed customers");
  if (status == GY_OK)
    status = gy_engine_execute(engine, sql, &values[1], 1, NULL, step->run->task, NULL, err);
  free(name);
  free(sql);
  return status;
}
