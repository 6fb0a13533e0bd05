/* SPDX-License-Identifier: Apache-2.0 */
#include "study/customer_scores.h"

#include <stdlib.h>

#include "study/relations.h"

gy_status gy_scores_list(gy_engine *engine, json_t **models, gy_error *err) {
  gy_relation_kind kind = GY_RELATION_NONE;
  gy_status status = gy_relation_find(engine, "customer_scores", &kind, err);
  if (status != GY_OK) return status;
  if (kind != GY_RELATION_NONE)
    return gy_engine_json(engine, gy_sql("segment/scores"), NULL, 0, NULL, models, err);
  *models = json_array();
  return *models != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the list of models");
}

gy_status gy_scores_show(gy_engine *engine, const char *model, const char *relation, gy_error *err) {
  char *literal = gy_sql_literal(model), *sql = NULL;
  if (literal == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the scores of %s", model);
  const gy_sql_part parts[] = {{"relation", relation}, {"model", literal}};
  gy_status status = gy_sql_expand(gy_sql("segment/scores_of"), parts, 2, &sql, err);
  if (status == GY_OK) status = gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, err);
  free(sql);
  free(literal);
  return status;
}
