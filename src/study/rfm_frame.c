/* SPDX-License-Identifier: Apache-2.0 */
#include "study/rfm_frame.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/feature_frame.h"

/* ---- the segments of a project ---- */

/* A project's own segments: entries of the same name are boxes of one segment. */
static gy_status own_map(const gy_rfm_config *config, gy_rfm_frame *frame, gy_error *err) {
  gy_rfm_rule rules[GY_RFM_MAX_RULES];
  size_t n_segments = 0;
  frame->segments = calloc(config->n_segments, sizeof *frame->segments);
  if (frame->segments == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the RFM segments");
  for (uint32_t i = 0; i < config->n_segments; i++) {
    const gy_rfm_segment_config *entry = &config->segments[i];
    rules[i] = (gy_rfm_rule){.segment = entry->name,
                             .r_min = (uint8_t)entry->r[0],
                             .r_max = (uint8_t)entry->r[1],
                             .f_min = (uint8_t)entry->f[0],
                             .f_max = (uint8_t)entry->f[1],
                             .m_min = (uint8_t)entry->m[0],
                             .m_max = (uint8_t)entry->m[1]};
    bool known = false;
    for (size_t s = 0; s < n_segments && !known; s++)
      known = strcmp(frame->segments[s].name, entry->name) == 0;
    if (!known)
      frame->segments[n_segments++] =
          (gy_rfm_segment){.name = entry->name,
                           .name_ko = entry->name_ko != NULL ? entry->name_ko : entry->name,
                           .meaning_en = "",
                           .meaning_ko = ""};
  }
  return gy_rfm_map_init(&frame->map, frame->segments, n_segments, rules, config->n_segments, err);
}

static gy_status make_map(const gy_rfm_config *config, gy_rfm_frame *frame, gy_error *err) {
  if (config->n_segments > 0) return own_map(config, frame, err);
  size_t n_segments, n_rules;
  const gy_rfm_segment *segments = gy_rfm_default_segments(&n_segments);
  const gy_rfm_rule *rules = gy_rfm_default_rules(&n_rules);
  return gy_rfm_map_init(&frame->map, segments, n_segments, rules, n_rules, err);
}

static void set_limits(gy_rfm_thresholds *thresholds, const double *limits, double unit) {
  thresholds->given = true;
  for (int i = 0; i < GY_RFM_SCORES - 1; i++) thresholds->limit[i] = (int64_t)llround(limits[i] * unit);
}

static gy_rfm_options make_options(const gy_rfm_config *config) {
  gy_rfm_options options = gy_rfm_defaults();
  if (config->method == GY_RFM_THRESHOLDS) {
    set_limits(&options.recency_days, config->thresholds.recency_days, 1);
    set_limits(&options.orders, config->thresholds.orders, 1);
    set_limits(&options.monetary, config->thresholds.monetary, GY_MONEY_SCALE);
  }
  if (config->method == GY_RFM_WEIGHTED) {
    options.weight_r = config->weights.recency;
    options.weight_f = config->weights.frequency;
    options.weight_m = config->weights.monetary;
  }
  return options;
}

/* ---- reading and scoring ---- */

static gy_status fill(void *shared, void *local, const gy_chunk *chunk, gy_error *err) {
  (void)local;
  gy_rfm_frame *frame = shared;
  const int32_t *no = chunk->columns[0].data, *recency = chunk->columns[1].data,
                *orders = chunk->columns[2].data;
  const int64_t *monetary = chunk->columns[3].data;
  for (size_t row = 0; row < chunk->n_rows; row++) {
    if (no[row] < 0 || (size_t)no[row] >= frame->n)
      return gy_fail(err, GY_ECORRUPT, "the store has customer number %d but only %zu customers", no[row],
                     frame->n);
    frame->recency_days[no[row]] = recency[row];
    frame->orders[no[row]] = orders[row];
    frame->monetary[no[row]] = monetary[row];
  }
  return GY_OK;
}

static bool allocate(gy_rfm_frame *frame, size_t n) {
  frame->n = n;
  size_t room = n + 1;
  frame->recency_days = calloc(room, sizeof *frame->recency_days);
  frame->orders = calloc(room, sizeof *frame->orders);
  frame->monetary = calloc(room, sizeof *frame->monetary);
  frame->r = calloc(room, 1);
  frame->f = calloc(room, 1);
  frame->m = calloc(room, 1);
  frame->segment = calloc(room, 1);
  return frame->recency_days && frame->orders && frame->monetary && frame->r && frame->f && frame->m &&
         frame->segment;
}

gy_status gy_rfm_frame_plan(const gy_rfm_config *config, gy_rfm_frame *frame, gy_error *err) {
  *frame = (gy_rfm_frame){.options = make_options(config)};
  return make_map(config, frame, err);
}

gy_status gy_rfm_frame_make(gy_engine *engine, const gy_rfm_config *config, const gy_task *task,
                            gy_rfm_frame *frame, gy_error *err) {
  int64_t n = 0;
  gy_status status = gy_rfm_frame_plan(config, frame, err);
  if (status == GY_OK)
    status = gy_engine_int64(engine, "SELECT count(*) FROM customer_features", NULL, 0, &n, err);
  if (status != GY_OK) return status;
  if (!allocate(frame, (size_t)n))
    return gy_fail(err, GY_ENOMEM, "no memory to score %lld customers", (long long)n);
  gy_sink sink = {.shared = frame, .consume = fill};
  status =
      gy_engine_scan(engine, gy_sql("study/rfm_measures"), NULL, 0, &sink, "reading features", task, err);
  if (status != GY_OK) return status;
  gy_rfm_input input = {frame->n, frame->recency_days, frame->orders, frame->monetary};
  status = gy_rfm_cuts_find(&input, &frame->options, &frame->cuts, err);
  if (status != GY_OK) return status;
  gy_rfm_output output = {.recency_score = frame->r,
                          .frequency_score = frame->f,
                          .monetary_score = frame->m,
                          .segment = frame->segment};
  gy_rfm_score(&input, &frame->cuts, &frame->options, &frame->map, &output);
  return GY_OK;
}

void gy_rfm_frame_clear(gy_rfm_frame *frame) {
  free(frame->recency_days);
  free(frame->orders);
  free(frame->monetary);
  free(frame->r);
  free(frame->f);
  free(frame->m);
  free(frame->segment);
  free(frame->segments);
  *frame = (gy_rfm_frame){0};
}

gy_status gy_rfm_frame_store(const gy_rfm_frame *frame, gy_engine *engine, const gy_task *task,
                             gy_error *err) {
  static const char *const NAMES[] = {"recency_score", "frequency_score", "monetary_score", "segment"};
  const uint8_t *const bytes[] = {frame->r, frame->f, frame->m, frame->segment};
  int32_t *wide = malloc((4 * frame->n + 1) * sizeof *wide);
  if (wide == NULL) return gy_fail(err, GY_ENOMEM, "no memory to store %zu scores", frame->n);
  const int32_t *columns[4];
  for (size_t c = 0; c < 4; c++) {
    columns[c] = wide + c * frame->n;
    for (size_t i = 0; i < frame->n; i++) wide[c * frame->n + i] = bytes[c][i];
  }
  gy_status status = gy_feature_labels_store(engine, "customer_rfm", NAMES, columns, 4, frame->n, task, err);
  free(wide);
  return status;
}
