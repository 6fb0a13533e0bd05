/* SPDX-License-Identifier: Apache-2.0
 *
 * Cleaning and features: the canonical views, the view order_lines with its flags, one scan of it through the
 * customer kernel, and the table customer_features. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "data/cleaning_rules.h"
#include "feature/customer_kernel.h"
#include "people/forgotten_totals.h"
#include "study/calendar_sections.h"
#include "study/run_context.h"

enum { FEATURES_VERSION = 2 };

/* The state of the step while it runs. */
typedef struct {
  gy_run_context *run;
  gy_engine *engine;
  gy_canonical canonical;
  gy_cleaning_rules rules;
  bool has_as_of;
  int64_t as_of_us;
  gy_customer_kernel_options options;
  char *scan_sql;
  gy_customer_totals totals;
  const char **extra; /* lends */
  size_t n_extra;
  gy_zone *zone;
  gy_local_time local_time;
  char *refused; /* SQL of lines whose customer refused analytics; NULL: nobody did */
  int64_t n_left_out, n_lines_left_out;
  char *amount_left_out; /* decimal */
  json_t *forgotten;     /* sums over forgotten people */
} features_step;

static bool has(gy_role_set roles, gy_role role) { return (roles & GY_ROLE_BIT(role)) != 0; }

static const char *as_of_text(const gy_run_context *run) {
  if (run->options->as_of != NULL) return run->options->as_of;
  return run->project.config.as_of;
}

static gy_status build_rules(features_step *step, gy_error *err) {
  gy_cleaning_inputs inputs = {.items = step->canonical.items,
                               .orders = step->canonical.orders,
                               .order_id_is_integer = step->canonical.order_id_is_integer,
                               .attributes = (const char *const *)step->canonical.attributes,
                               .n_attributes = step->canonical.n_attributes,
                               .has_as_of = step->has_as_of,
                               .as_of_us = step->as_of_us,
                               .refused = step->refused};
  gy_cleaning_rules_clear(&step->rules);
  step->rules = (gy_cleaning_rules){0};
  gy_status status = gy_cleaning_rules_build(&step->run->project.config.cleaning, &inputs, &step->rules, err);
  if (status != GY_OK) return status;
  snprintf(step->run->counts_sql, sizeof step->run->counts_sql, "%s", step->rules.counts_sql);
  snprintf(step->run->orders_sql, sizeof step->run->orders_sql, "%s", step->rules.orders_sql);
  return gy_engine_execute(step->engine, step->rules.view_sql, NULL, 0, NULL, step->run->task, NULL, err);
}

/* A stated as-of becomes an instant; a plain date is read at the clock time of the last line that counts, so
 * that naming the day after the last order is the same as saying nothing. */
static gy_status resolve_as_of(features_step *step, gy_error *err) {
  const char *text = as_of_text(step->run);
  if (strcmp(text, "auto") == 0) return GY_OK;
  bool is_date = strlen(text) == 10;
  gy_sql_part part = {"counts", step->rules.counts_sql};
  char *sql = NULL;
  gy_status status =
      gy_sql_expand(gy_sql(is_date ? "study/as_of_date" : "study/as_of_time"), &part, 1, &sql, err);
  if (status != GY_OK) return status;
  gy_value values[] = {gy_bind_text(text), gy_bind_text(step->run->project.config.timezone)};
  status = gy_engine_int64(step->engine, sql, values, 2, &step->as_of_us, NULL);
  free(sql);
  if (status != GY_OK)
    return gy_fail(err, GY_EUSAGE,
                   "as-of '%s' is neither auto, a date like 2025-12-31, nor a time like 2025-12-31 18:00",
                   text);
  step->has_as_of = true;
  return build_rules(step, err);
}

/* ---- the scan ---- */

/* Columns beyond the canonical ones in which exact duplicates must agree too. */
static gy_status list_extra_columns(features_step *step, gy_error *err) {
  step->extra = calloc(step->canonical.n_attributes + 2, sizeof *step->extra);
  if (step->extra == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the scan of the order lines");
  gy_role_set present = step->canonical.items;
  if (has(present, GY_ROLE_DESCRIPTION)) step->extra[step->n_extra++] = "description";
  if (has(present, GY_ROLE_STATUS)) step->extra[step->n_extra++] = "status";
  for (size_t i = 0; i < step->canonical.n_attributes; i++)
    if (strcmp(step->canonical.attributes[i], "row_no") != 0)
      step->extra[step->n_extra++] = step->canonical.attributes[i];
  return GY_OK;
}

gy_feature_query gy_run_feature_query(const gy_run_context *run, gy_role_set present) {
  const gy_project_config *config = &run->project.config;
  gy_feature_query query = gy_feature_query_defaults();
  query.has_order = true; /* order_lines gives lines without order ids one each */
  query.has_product = has(present, GY_ROLE_PRODUCT);
  query.has_category = has(present, GY_ROLE_CATEGORY);
  query.has_quantity = has(present, GY_ROLE_QUANTITY);
  query.has_discount = has(present, GY_ROLE_DISCOUNT);
  query.zone = config->timezone;
  query.n_windows = config->features.n_windows;
  for (size_t i = 0; i < query.n_windows; i++) query.window_days[i] = (int)config->features.windows_days[i];
  return query;
}

static gy_status plan_kernel(features_step *step, gy_error *err) {
  gy_status status = list_extra_columns(step, err);
  if (status != GY_OK) return status;
  gy_feature_query query = gy_run_feature_query(step->run, step->canonical.items | step->canonical.orders);
  query.uncleaned = step->rules.uncleaned_sql;
  query.rules = step->rules.line;
  query.extra_columns = step->extra;
  query.n_extra_columns = step->n_extra;
  query.exclude_mask = (int)step->rules.exclude_mask;
  query.has_as_of = step->has_as_of;
  query.as_of_us = step->as_of_us;
  int64_t lines = 0, text_ids = 0;
  status = gy_feature_rows_sql(&query, &step->scan_sql, &step->options, err);
  if (status == GY_OK)
    status = gy_engine_int64(step->engine, "SELECT count(*) FROM order_items", NULL, 0, &lines, err);
  if (status == GY_OK)
    status = gy_engine_int64(step->engine, gy_sql("study/customer_id_is_text"), NULL, 0, &text_ids, err);
  if (status == GY_OK) status = gy_zone_load(step->run->project.config.timezone, &step->zone, err);
  if (status == GY_OK) status = gy_local_time_init(step->zone, &step->local_time, err);
  if (status != GY_OK) return status;
  step->options.customer_is_text = text_ids != 0;
  step->options.expected_rows = (uint64_t)lines;
  step->options.local_time = step->local_time;
  const json_t *last = gy_forgotten_totals_find(step->forgotten, "last_order", "");
  step->options.has_latest = last != NULL;
  step->options.latest_us = gy_forgotten_totals_sum(last, "at_us");
  return GY_OK;
}

/* One pass of the kernel: the lines in, the features of its customers into the table. */
static gy_status run_pass(features_step *step, gy_customer_kernel *kernel, bool is_first, const gy_task *task,
                          gy_error *err) {
  gy_sink sink = gy_customer_kernel_sink(kernel);
  gy_status status =
      gy_engine_scan(step->engine, step->scan_sql, NULL, 0, &sink, "reading order lines", task, err);
  if (status == GY_OK) status = gy_customer_kernel_end_rows(kernel, err);
  if (status != GY_OK) return status;
  gy_source source = gy_customer_kernel_source(kernel, task);
  status = (is_first ? gy_engine_store : gy_engine_append)(step->engine, "customer_features", "gy_features",
                                                           &source, NULL, task, err);
  return status == GY_OK ? gy_customer_kernel_end_pass(kernel, err) : status;
}

static gy_status run_kernel(features_step *step, gy_error *err) {
  gy_task task = step->run->task != NULL ? *step->run->task : (gy_task){0};
  task.memory_bytes = gy_project_kernel_bytes(step->run->task);
  gy_customer_kernel *kernel = NULL;
  gy_status status = gy_customer_kernel_create(&step->options, &task, &kernel, err);
  for (size_t pass = 0; status == GY_OK && pass < gy_customer_kernel_passes(kernel); pass++)
    status = run_pass(step, kernel, pass == 0, &task, err);
  if (status == GY_OK) status = gy_customer_kernel_finish(kernel, &step->totals, err);
  gy_customer_kernel_destroy(kernel);
  if (status == GY_OK && step->totals.n_customers == 0)
    status = gy_fail(
        err, GY_EDATA,
        "no order line counts: %llu lines were read, but every one lacks a customer or a time, comes "
        "after the as-of date, or is excluded by a cleaning rule; see as_of and cleaning in gyeol.yaml",
        (unsigned long long)step->totals.n_lines);
  return status;
}

/* ---- what it leaves ---- */

static const char *rule_action(const gy_cleaning_config *config, uint32_t bit, uint32_t mask) {
  bool nets = (bit == GY_LINE_CANCELLED && config->cancelled.action == GY_NET_NET) ||
              (bit == GY_LINE_RETURN && config->returns == GY_NET_NET);
  return (mask & bit) != 0 ? "exclude" : nets ? "net" : "keep";
}

static json_t *rules_json(const features_step *step) {
  const gy_cleaning_config *config = &step->run->project.config.cleaning;
  json_t *rules = json_array();
  for (size_t i = 0; i < GY_LINE_FLAG_COUNT; i++) {
    const gy_line_flag *flag = &gy_line_flags[i];
    if (flag->bit == GY_LINE_NO_ANALYTICS) continue; /* no rule of cleaning */
    int64_t amount = 0;
    uint64_t rows = flag->bit == GY_LINE_DUPLICATE
                        ? step->totals.duplicate_lines
                        : gy_customer_totals_flagged(&step->totals, (int)flag->bit, &amount);
    char money[32], bit[16];
    snprintf(bit, sizeof bit, "%u", (unsigned)flag->bit);
    const json_t *gone = gy_forgotten_totals_find(step->forgotten, "rule", bit);
    rows += (uint64_t)gy_forgotten_totals_sum(gone, "lines");
    if (flag->bit != GY_LINE_DUPLICATE) amount += gy_forgotten_totals_sum(gone, "amount");
    json_array_append_new(rules, json_pack("{s:s, s:I, s:s, s:s}", "rule", flag->name, "rows",
                                           (json_int_t)rows, "amount", gy_money_text(amount, money), "action",
                                           rule_action(config, flag->bit, step->rules.exclude_mask)));
  }
  return rules;
}

/* Customers who refused analytics are in the totals, which are made by now, and in nothing that follows. */
static gy_status leave_out_refused(features_step *step, gy_error *err) {
  if (step->refused == NULL) return GY_OK;
  int64_t n_kept = 0;
  gy_status status = gy_engine_execute(step->engine, gy_sql("study/features_of_consenting"), NULL, 0, NULL,
                                       step->run->task, NULL, err);
  if (status == GY_OK)
    status = gy_engine_int64(step->engine, "SELECT count(*) FROM customer_features", NULL, 0, &n_kept, err);
  if (status == GY_OK)
    status = gy_engine_int64(step->engine, "SELECT count(*) FROM order_lines WHERE flags & 256 <> 0", NULL, 0,
                             &step->n_lines_left_out, err);
  if (status == GY_OK)
    status = gy_engine_text(
        step->engine,
        "SELECT CAST(coalesce(sum(amount), 0) AS VARCHAR) FROM order_lines WHERE flags & 256 <> 0", NULL, 0,
        &step->amount_left_out, err);
  step->n_left_out = (int64_t)step->totals.n_customers - n_kept;
  if (status == GY_OK && n_kept == 0)
    status = gy_fail(
        err, GY_EDATA,
        "none of the %llu customers agrees to analytics, so there is nobody to segment; see consent in "
        "gyeol.yaml and: gyeol consent show",
        (unsigned long long)step->totals.n_customers);
  return status;
}

/* Figures of the past keep what forgotten people were part of. */
static void add_forgotten(features_step *step) {
  gy_customer_totals *totals = &step->totals;
  const json_t *gone = gy_forgotten_totals_find(step->forgotten, "total", ""),
               *first = gy_forgotten_totals_find(step->forgotten, "first_order", ""),
               *last = gy_forgotten_totals_find(step->forgotten, "last_order", "");
  totals->n_customers += (size_t)gy_forgotten_totals_sum(gone, "customers");
  totals->kept_orders += (uint64_t)gy_forgotten_totals_sum(gone, "orders");
  totals->customer_orders += (uint64_t)gy_forgotten_totals_sum(gone, "customer_orders");
  totals->n_lines += (uint64_t)gy_forgotten_totals_sum(gone, "lines");
  totals->kept_lines += (uint64_t)gy_forgotten_totals_sum(gone, "lines_kept");
  totals->kept_amount += gy_forgotten_totals_sum(gone, "amount");
  int64_t first_us = gy_forgotten_totals_sum(first, "at_us"),
          last_us = gy_forgotten_totals_sum(last, "at_us");
  if (first != NULL && first_us < totals->first_order_us) totals->first_order_us = first_us;
  if (last != NULL && last_us > totals->last_order_us && last_us <= totals->as_of_us)
    totals->last_order_us = last_us;
}

static json_t *detail_json(const features_step *step) {
  const gy_customer_totals *totals = &step->totals;
  char as_of[32], first[32], last[32], revenue[32];
  gy_clock_rfc3339(totals->as_of_us, as_of);
  gy_clock_rfc3339(totals->first_order_us, first);
  gy_clock_rfc3339(totals->last_order_us, last);
  return json_pack(
      "{s:s, s:I, s:s, s:s, s:I, s:I, s:I, s:I, s:s, s:o, s:s, s:s, s:s, s:I, s:I, s:b, s:I, s:o}",  //
      "as_of", as_of, "as_of_us", (json_int_t)totals->as_of_us,                                      //
      "first_order", first, "last_order", last,                                                      //
      "customers", (json_int_t)totals->n_customers,                                                  //
      "orders", (json_int_t)totals->kept_orders,                                                     //
      "lines", (json_int_t)totals->n_lines,                                                          //
      "lines_kept", (json_int_t)totals->kept_lines,                                                  //
      "revenue", gy_money_text(totals->kept_amount, revenue),                                        //
      "rules", rules_json(step),                                                                     //
      "counts_sql", step->run->counts_sql, "orders_sql", step->run->orders_sql,                      //
      "cleaning_sql", step->rules.view_sql,                                                          //
      "exclude_mask", (json_int_t)step->rules.exclude_mask,                                          //
      "roles", (json_int_t)(step->canonical.items | step->canonical.orders),                         //
      "as_of_given", step->has_as_of,                                                                //
      "customer_orders", (json_int_t)totals->customer_orders,                                        //
      "calendar", gy_calendar_with_forgotten(gy_calendar_json(totals, &step->local_time), step->forgotten));
}

/* How many are in the totals only, where anybody is. */
static void add_left_out(const features_step *step, json_t *detail) {
  if (step->n_left_out > 0)
    json_object_set_new(detail, "left_out",
                        json_pack("{s:I, s:I, s:s}", "customers", (json_int_t)step->n_left_out, "lines",
                                  (json_int_t)step->n_lines_left_out, "amount", step->amount_left_out));
}

static gy_status compute(features_step *step, gy_error *err) {
  gy_run_context *run = step->run;
  gy_status status = gy_canonical_create(step->engine, &run->project.config, &run->people_tables, run->task,
                                         &step->canonical, err);
  step->refused = gy_run_refused_sql(run, "s.customer_id");
  if (status == GY_OK) status = gy_forgotten_totals_load(step->engine, &step->forgotten, err);
  if (status == GY_OK) status = build_rules(step, err);
  if (status == GY_OK) status = resolve_as_of(step, err);
  if (status == GY_OK) status = plan_kernel(step, err);
  if (status == GY_OK) status = run_kernel(step, err);
  return status == GY_OK ? leave_out_refused(step, err) : status;
}

/* The sources, and who is no longer among their rows. */
static gy_status inputs_text(const gy_run_context *run, char text[GY_FINGERPRINT_CHARS + 1], gy_error *err) {
  int64_t forgettings = 0;
  gy_status status =
      gy_engine_int64(run->log.engine, "SELECT count(*) FROM forgettings", NULL, 0, &forgettings, err);
  if (status != GY_OK || forgettings == 0) {
    memcpy(text, run->imports_text, GY_FINGERPRINT_CHARS + 1);
    return status;
  }
  char number[32];
  snprintf(number, sizeof number, "%lld forgettings", (long long)forgettings);
  gy_digest *digest = gy_digest_create();
  gy_digest_text(digest, run->imports_text);
  gy_digest_text(digest, number);
  gy_digest_finish(digest, text);
  return GY_OK;
}

static gy_status fingerprint_of(const gy_run_context *run, gy_fingerprint *fingerprint, gy_error *err) {
  static const gy_config_section SECTIONS[] = {GY_SECTION_CLEANING, GY_SECTION_FEATURES, GY_SECTION_TIMEZONE};
  fingerprint->version = FEATURES_VERSION;
  gy_status status = inputs_text(run, fingerprint->inputs, err);
  if (status == GY_OK)
    status = gy_run_settings(run, SECTIONS, 3, as_of_text(run), fingerprint->settings, err);
  if (status != GY_OK || run->consent_text[0] == '\0') return status;
  gy_digest *digest = gy_digest_create();
  gy_digest_text(digest, fingerprint->inputs);
  gy_digest_text(digest, run->consent_text);
  gy_digest_finish(digest, fingerprint->inputs);
  return GY_OK;
}

gy_status gy_run_features(gy_run_context *run, gy_error *err) {
  double start = gy_clock_seconds();
  gy_fingerprint fingerprint = {0};
  bool must_run = false;
  gy_status status = fingerprint_of(run, &fingerprint, err);
  if (status == GY_OK)
    status = gy_step_start(&run->log, "features", &fingerprint, &must_run, &run->totals, err);
  if (status != GY_OK) return status;
  gy_fingerprint_text(&fingerprint, run->features_text);
  if (!must_run) {
    snprintf(run->counts_sql, sizeof run->counts_sql, "%s",
             json_string_value(json_object_get(run->totals, "counts_sql")));
    snprintf(run->orders_sql, sizeof run->orders_sql, "%s",
             json_string_value(json_object_get(run->totals, "orders_sql")));
    return GY_OK;
  }
  features_step step = {.run = run, .engine = run->project.engine};
  status = compute(&step, err);
  if (status == GY_OK) {
    add_forgotten(&step);
    run->totals = detail_json(&step);
    add_left_out(&step, run->totals);
    gy_step_report report = {.rows = step.totals.n_lines, .detail = json_incref(run->totals)};
    status = gy_step_finish(&run->log, "features", &fingerprint, gy_clock_seconds() - start, &report, err);
  } else {
    gy_error_prefix(err, "features");
  }
  gy_customer_totals_clear(&step.totals);
  gy_local_time_clear(&step.local_time);
  gy_zone_destroy(step.zone);
  free(step.extra);
  free(step.refused);
  free(step.amount_left_out);
  gy_cleaning_rules_clear(&step.rules);
  gy_canonical_clear(&step.canonical);
  free(step.scan_sql);
  json_decref(step.forgotten);
  return status;
}
