/* SPDX-License-Identifier: Apache-2.0 */
#include "study/segment_campaigns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/civil.h"
#include "data/project_file_schema.h"

enum { TEXT_BYTES_MAX = 1 << 20 };

static gy_status no_memory(gy_error *err) { return gy_fail(err, GY_ENOMEM, "no memory for the campaigns"); }

/* The day of the data, as gyeol.yaml writes days. */
static void write_today(const gy_segment_judgement *j, char text[32]) {
  const gy_rule_clock *clock = &j->catalogue.clock;
  int64_t utc_s = clock->now_us / 1000000, year;
  int month, day;
  int64_t local_s = utc_s + gy_zone_of_utc(clock->zone, utc_s).offset_s;
  gy_civil_date(local_s / 86400 - (local_s % 86400 < 0), &year, &month, &day);
  snprintf(text, 32, "%04d-%02d-%02d", (int)year, month, day);
}

static const char *state_of(const gy_campaign_config *campaign, const char *today) {
  if (strcmp(today, campaign->from) < 0) return "planned";
  return campaign->until != NULL && strcmp(today, campaign->until) > 0 ? "ended" : "running";
}

static const gy_segment_judged *find_defined(const gy_segment_judgement *j, const char *name) {
  for (size_t i = 0; i < j->n; i++)
    if (strcmp(j->segments[i].entry->name, name) == 0) return &j->segments[i];
  return NULL;
}

/* Its number in the store, though its file is gone; 0: there never was one. */
static gy_status find_stored(const gy_run_context *run, const char *name, int64_t *no, gy_error *err) {
  gy_value value = gy_bind_text(name);
  return gy_engine_int64(
      run->project.engine,
      "SELECT coalesce(max(segment_no), 0) FROM segments WHERE segment = $1 AND NOT removed", &value, 1, no,
      err);
}

static char *complaint_of(const gy_segment_judgement *j, const gy_campaign_config *campaign,
                          const char *name) {
  const char **names = calloc(j->n + 1, sizeof *names);
  for (size_t i = 0; names != NULL && i < j->n; i++) names[i] = j->segments[i].entry->name;
  const char *meant = names != NULL ? gy_word_nearest(name, names, j->n) : NULL;
  char *text = NULL;
  if (asprintf(&text,
               "gyeol.yaml: campaign '%s' goes to the segment '%s', which is not defined in segments/%s%s%s",
               campaign->name, name, meant != NULL ? "; did you mean '" : "", meant != NULL ? meant : "",
               meant != NULL ? "'?" : "") < 0)
    text = NULL;
  free(names);
  return text;
}

/* ---- effect ---- */

typedef struct audience {
  gy_buffer numbers,
      removed;     /* of its segments, separated by commas; removed begins with 0, which none has */
  char *complaint; /* NULL: all of them are or were defined */
} audience;

static gy_status find_audience(const gy_run_context *run, const gy_segment_judgement *j,
                               const gy_campaign_config *campaign, audience *a, gy_error *err) {
  gy_status status = GY_OK;
  gy_buffer_text(&a->numbers, "0");
  gy_buffer_text(&a->removed, "0");
  for (uint32_t s = 0; s < campaign->n_segments && status == GY_OK; s++) {
    const gy_segment_judged *segment = find_defined(j, campaign->segments[s]);
    int64_t no = segment != NULL ? segment->known.no : 0;
    if (segment == NULL) status = find_stored(run, campaign->segments[s], &no, err);
    if (status == GY_OK && no == 0) {
      a->complaint = complaint_of(j, campaign, campaign->segments[s]);
      return a->complaint != NULL ? GY_OK : no_memory(err);
    }
    gy_buffer_printf(&a->numbers, ", %lld", (long long)no);
    if (segment == NULL) gy_buffer_printf(&a->removed, ", %lld", (long long)no);
  }
  return status == GY_OK && (a->numbers.failed || a->removed.failed) ? no_memory(err) : status;
}

/* SQL: customer_id of whom the campaign has reached, where engagements name campaigns. */
static char *reached_sql(const gy_segment_judgement *j, const char *campaign) {
  const gy_rule_catalogue *catalogue = &j->catalogue.rule;
  bool known = false;
  for (size_t t = 0; t < catalogue->n_tables; t++)
    for (size_t c = 0; c < catalogue->tables[t].n_columns; c++)
      known |= strcmp(catalogue->tables[t].name, "engagements") == 0 &&
               strcmp(catalogue->tables[t].columns[c].name, "campaign_id") == 0;
  if (!known) return strdup("SELECT CAST(NULL AS VARCHAR) AS customer_id WHERE FALSE");
  char *literal = gy_sql_literal(campaign), *sql = NULL;
  if (literal == NULL || asprintf(&sql,
                                  "SELECT CAST(customer_id AS VARCHAR) AS customer_id FROM engagements WHERE "
                                  "CAST(campaign_id AS VARCHAR) = %s",
                                  literal) < 0)
    sql = NULL;
  free(literal);
  return sql;
}

static gy_status count_effect(const gy_run_context *run, const gy_segment_judgement *j,
                              const gy_campaign_config *campaign, const audience *a, json_t *entry,
                              gy_error *err) {
  char *reached = reached_sql(j, campaign->name), *sql = NULL;
  json_t *rows = NULL;
  if (reached == NULL) return no_memory(err);
  const gy_sql_part parts[] = {
      {"numbers", a->numbers.data}, {"removed", a->removed.data}, {"reached", reached}};
  gy_status status = gy_sql_expand(gy_sql("segment/campaign_effect"), parts, 3, &sql, err);
  if (status == GY_OK) status = gy_engine_json(run->project.engine, sql, NULL, 0, run->task, &rows, err);
  if (status == GY_OK) json_object_update(entry, json_array_get(rows, 0));
  json_decref(rows);
  free(sql);
  free(reached);
  return status;
}

static gy_status add_campaign(const gy_run_context *run, const gy_segment_judgement *j,
                              const gy_campaign_config *campaign, const char *state, json_t *list,
                              gy_error *err) {
  audience a = {0};
  gy_buffer_init(&a.numbers, TEXT_BYTES_MAX);
  gy_buffer_init(&a.removed, TEXT_BYTES_MAX);
  json_t *names = json_array(), *entry = NULL;
  for (uint32_t s = 0; s < campaign->n_segments; s++)
    json_array_append_new(names, json_string(campaign->segments[s]));
  entry = json_pack("{s:s, s:s, s:s, s:s?, s:o}", "campaign", campaign->name, "state", state, "from",
                    campaign->from, "until", campaign->until, "segments", names);
  gy_status status = entry != NULL ? find_audience(run, j, campaign, &a, err) : no_memory(err);
  if (status == GY_OK && a.complaint != NULL) json_object_set_new(entry, "error", json_string(a.complaint));
  if (status == GY_OK && a.complaint == NULL) status = count_effect(run, j, campaign, &a, entry, err);
  if (status == GY_OK && json_array_append(list, entry) != 0) status = no_memory(err);
  json_decref(entry);
  free(a.complaint);
  gy_buffer_clear(&a.numbers);
  gy_buffer_clear(&a.removed);
  return status;
}

gy_status gy_segment_campaigns(const gy_run_context *run, const gy_segment_judgement *judgement,
                               json_t **campaigns, gy_error *err) {
  const gy_project_config *config = &run->project.config;
  char today[32];
  write_today(judgement, today);
  json_t *list = json_array();
  gy_status status = list != NULL ? GY_OK : no_memory(err);
  for (uint32_t i = 0; i < config->n_campaigns && status == GY_OK; i++) {
    const char *state = state_of(&config->campaigns[i], today);
    if (strcmp(state, "ended") != 0)
      status = add_campaign(run, judgement, &config->campaigns[i], state, list, err);
  }
  if (status == GY_OK)
    *campaigns = list;
  else
    json_decref(list);
  return status;
}

gy_status gy_segment_campaigns_check(const gy_run_context *run, const gy_segment_judgement *judgement,
                                     json_t *errors, gy_error *err) {
  const gy_project_config *config = &run->project.config;
  for (uint32_t i = 0; i < config->n_campaigns; i++)
    for (uint32_t s = 0; s < config->campaigns[i].n_segments; s++) {
      const char *name = config->campaigns[i].segments[s];
      if (find_defined(judgement, name) != NULL) continue;
      char *complaint = complaint_of(judgement, &config->campaigns[i], name);
      if (complaint == NULL) return no_memory(err);
      json_array_append_new(
          errors, json_pack("{s:s, s:s}", "campaign", config->campaigns[i].name, "error", complaint));
      free(complaint);
    }
  return GY_OK;
}
