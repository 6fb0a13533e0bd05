/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/rfm_sql.h"

#include <stdlib.h>

#include "feature/sql_parts.h"

/* 1 + how many limits the measure reaches, or the quintile of its rank. `worse` counts the customers below.
 */
static void add_score(gy_sql_parts *parts, const char *key, const gy_rfm_thresholds *thresholds,
                      const char *worse, const char *condition, const char *scale) {
  if (!thresholds->given) {
    gy_sql_parts_printf(parts, key, "1 + CAST(floor(5 * %s / customers) AS INTEGER)", worse);
    return;
  }
  gy_buffer text;
  gy_buffer_init(&text, GY_SQL_FRAGMENT_MAX);
  gy_buffer_text(&text, "1");
  for (int k = 0; k < GY_RFM_SCORES - 1; k++) {
    gy_buffer_printf(&text, " + CASE WHEN %s %lld%s THEN 1 ELSE 0 END", condition,
                     (long long)thresholds->limit[k], scale);
  }
  gy_sql_parts_take_buffer(parts, key, &text);
}

/* The cells of each segment, in runs of monetary scores. */
static void add_segments(gy_sql_parts *parts, const gy_rfm_map *map) {
  gy_buffer boxes, names;
  gy_buffer_init(&boxes, GY_SQL_FRAGMENT_MAX);
  gy_buffer_init(&names, GY_SQL_FRAGMENT_MAX);
  gy_buffer_text(&boxes, "CASE");
  for (int r = 1; r <= GY_RFM_SCORES; r++) {
    for (int f = 1; f <= GY_RFM_SCORES; f++) {
      for (int m = 1; m <= GY_RFM_SCORES; m++) {
        int segment = map->cell[gy_rfm_cell(r, f, m)];
        if (m < GY_RFM_SCORES && map->cell[gy_rfm_cell(r, f, m + 1)] == segment) continue;
        gy_buffer_printf(&boxes, "\n    WHEN r = %d AND f = %d AND m <= %d THEN %d", r, f, m, segment);
      }
    }
  }
  gy_buffer_text(&boxes, " END");
  gy_buffer_text(&names, "CASE segment");
  for (size_t s = 0; s < map->n_segments; s++) {
    char *name = gy_sql_literal(map->segments[s].name);
    if (name == NULL)
      parts->failed = true;
    else
      gy_buffer_printf(&names, " WHEN %zu THEN %s", s, name);
    free(name);
  }
  gy_buffer_text(&names, " END");
  gy_sql_parts_take_buffer(parts, "segment", &boxes);
  gy_sql_parts_take_buffer(parts, "segment_name", &names);
}

gy_status gy_rfm_sql(const char *features, const gy_rfm_options *options, const gy_rfm_map *map, char **sql,
                     gy_error *err) {
  gy_sql_parts parts = {0};
  gy_sql_parts_printf(&parts, "features", "%s", features != NULL ? features : "customer_features");
  add_score(&parts, "recency_score", &options->recency_days, "older", "recency_days <=", "");
  add_score(&parts, "frequency_score", &options->orders, "rarer", "orders >=", "");
  add_score(&parts, "monetary_score", &options->monetary, "poorer", "monetary >=", " * 0.0001");
  gy_sql_parts_printf(&parts, "total_score",
                      "(%.17g * r + %.17g * f + %.17g * m) / CAST(%.17g AS DOUBLE PRECISION)",
                      options->weight_r, options->weight_f, options->weight_m,
                      options->weight_r + options->weight_f + options->weight_m);
  add_segments(&parts, map);
  return gy_sql_parts_expand(&parts, "feature/rfm_scores", sql, err);
}
