/* SPDX-License-Identifier: Apache-2.0 */
#include "study/engagement_view.h"

#include <stdlib.h>

#include "engine/engine.h"

static const struct {
  gy_role role;
  const char *column, *event;
} OUTCOMES[] = {{GY_ROLE_OPENED, "opened", "'open'"},
                {GY_ROLE_CLICKED, "clicked", "'click'"},
                {GY_ROLE_CONVERTED, "converted", "'conversion'"}};
enum { N_OUTCOMES = sizeof OUTCOMES / sizeof *OUTCOMES };

static bool has_role(const gy_source_config *source, gy_role role) {
  for (uint32_t i = 0; i < source->n_columns; i++)
    if (source->columns[i].role == role) return true;
  return false;
}

/* "EXCLUDE (opened, clicked)"; "" where there is nothing to leave out. */
static void put_without(const gy_source_config *source, gy_buffer *out) {
  const char *before = "EXCLUDE (";
  gy_buffer_text(out, "");
  for (size_t o = 0; o < N_OUTCOMES; o++) {
    if (!has_role(source, OUTCOMES[o].role)) continue;
    gy_buffer_printf(out, "%s%s", before, OUTCOMES[o].column);
    before = ", ";
  }
  if (before[0] == ',') gy_buffer_text(out, ")");
}

static gy_status append(gy_buffer *sql, const char *template, const gy_sql_part *parts, size_t n,
                        gy_error *err) {
  char *text = NULL;
  gy_status status = gy_sql_expand(gy_sql(template), parts, n, &text, err);
  if (status == GY_OK && sql->length > 0) gy_buffer_text(sql, " UNION ALL ");
  if (status == GY_OK) gy_buffer_append(sql, text, gy_sql_body_length(text));
  free(text);
  return status;
}

gy_status gy_engagement_rows(const gy_source_config *source, const char *timezone, const char *rows,
                             gy_buffer *sql, gy_error *err) {
  enum { SQL_MAX = 4 << 20 };
  bool names_events = has_role(source, GY_ROLE_EVENT), any = false;
  for (size_t o = 0; o < N_OUTCOMES; o++) any = any || has_role(source, OUTCOMES[o].role);
  char *zone = gy_sql_literal(timezone);
  gy_buffer made, without;
  gy_buffer_init(&made, SQL_MAX);
  gy_buffer_init(&without, 256);
  put_without(source, &without);
  gy_sql_part parts[] = {
      {"rows", rows}, {"without", without.data}, {"zone", zone}, {"outcome", ""}, {"event", ""}};
  gy_status status =
      zone != NULL && !without.failed ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the view engagements");
  if (status == GY_OK && names_events)
    status = append(&made, "study/engagements_named", parts, 2, err);
  else if (status == GY_OK && (!any || has_role(source, GY_ROLE_TIME)))
    status = append(&made, "study/engagements_sent", parts, 2, err);
  for (size_t o = 0; o < N_OUTCOMES && !names_events && status == GY_OK; o++) {
    if (!has_role(source, OUTCOMES[o].role)) continue;
    parts[3].fragment = OUTCOMES[o].column;
    parts[4].fragment = OUTCOMES[o].event;
    status = append(&made, "study/engagement_outcome", parts, 5, err);
  }
  if (status == GY_OK && (made.failed || !gy_buffer_append(sql, made.data, made.length)))
    status = gy_fail(err, GY_ENOMEM, "no memory for the view engagements");
  gy_buffer_clear(&made);
  gy_buffer_clear(&without);
  free(zone);
  return status;
}
