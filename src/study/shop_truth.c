/* SPDX-License-Identifier: Apache-2.0
 *
 * truth.json: the options, the parameters in force, what the model expects, what campaigns really did, and
 * how many rows of which defect were written. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/simulate_shop.h"

static json_t *date_json(int32_t day) {
  int year, month, day_of_month;
  char text[16];
  gy_shop_date(day, &year, &month, &day_of_month);
  snprintf(text, sizeof text, "%04d-%02d-%02d", year % 10000, month % 100, day_of_month % 100);
  return json_string(text);
}

static json_t *options_json(const gy_shop_options *o) {
  json_t *options = json_pack(
      "{s:I, s:I, s:o, s:o, s:f, s:f, s:i, s:i, s:b, s:f}", "customers", (json_int_t)o->customers, "seed",
      (json_int_t)o->seed, "start", date_json(o->start_day), "end", date_json(o->end_day), "lines_per_order",
      o->lines_per_order, "lines_per_customer", o->lines_per_customer, "products", (int)o->products,
      "campaigns", (int)o->campaigns, "flat_calendar", (int)o->flat_calendar, "dirty_share", o->dirty_share);
  if (o->messy_people) json_object_set_new(options, "people", json_string("messy"));
  return options;
}

static json_t *types_json(const gy_shop *shop) {
  json_t *types = json_array();
  for (int k = 0; k < GY_SHOP_TYPE_COUNT; k++) {
    const gy_shop_type *t = &gy_shop_types(shop)[k];
    json_t *bgnbd =
        json_pack("{s:f, s:f, s:f, s:f}", "r", t->r, "alpha_days", t->alpha, "a", t->a, "b", t->b);
    json_t *spend = json_pack("{s:f, s:f, s:f, s:f}", "p", t->p, "q", t->q, "gamma_won", t->gamma, "mean_won",
                              t->p * t->gamma / (t->q - 1));
    json_array_append_new(
        types, json_pack("{s:s, s:s, s:f, s:o, s:o, s:f, s:f, s:f, s:f, s:f, s:f}", "name", t->name,
                         "name_ko", t->name_ko, "share", t->share, "bgnbd", bgnbd, "gamma_gamma", spend,
                         "expected_own_orders", gy_shop_expected_orders(shop, k), "coupon_prob",
                         t->coupon_prob, "return_prob", t->return_prob, "review_prob", t->review_prob,
                         "visits_per_order", t->visits_per_order, "effect_prob", t->effect_prob));
  }
  return types;
}

static gy_status campaigns_json(const gy_shop_run *run, json_t **out, gy_error *err) {
  gy_shop_effect effects[GY_SHOP_CAMPAIGNS_MAX];
  size_t n = 0;
  *out = json_array();
  if (!gy_shop_run_wants(run, GY_SHOP_ENGAGEMENTS) && !gy_shop_run_wants(run, GY_SHOP_TRUTH)) return GY_OK;
  gy_status status = gy_shop_effects(run->shop, run->task, effects, &n, err);
  for (size_t c = 0; c < n && status == GY_OK; c++)
    json_array_append_new(
        *out, json_pack("{s:i, s:o, s:f, s:I, s:I, s:f}", "campaign_id", (int)c + 1, "sent",
                        date_json((int32_t)(effects[c].sent_at / 86400)), "strength", effects[c].strength,
                        "targets", (json_int_t)effects[c].targets, "treated", (json_int_t)effects[c].treated,
                        "effect_prob", effects[c].effect_prob));
  return status;
}

static json_t *counts_json(const gy_shop_run *run) {
  const gy_shop_summary *s = &run->summary;
  json_t *rows = json_object(), *dirty = json_object();
  uint64_t dirty_rows = 0;
  for (int t = 0; t < GY_SHOP_TABLE_COUNT; t++)
    if (gy_shop_run_wants(run, (gy_shop_table)t))
      json_object_set_new(rows, gy_shop_table_name((gy_shop_table)t), json_integer((json_int_t)s->rows[t]));
  for (int d = 0; d < GY_SHOP_DEFECT_COUNT; d++) {
    dirty_rows += s->defects[d];
    json_object_set_new(dirty, gy_shop_defect_name((gy_shop_defect)d),
                        json_integer((json_int_t)s->defects[d]));
  }
  return json_pack("{s:o, s:I, s:I, s:I, s:o}", "rows", rows, "orders", (json_int_t)s->orders, "return_rows",
                   (json_int_t)s->returns, "dirty_rows", (json_int_t)dirty_rows, "dirty", dirty);
}

static json_t *market_json(const gy_shop *shop) {
  json_t *markets = json_array();
  for (int c = 0; c < GY_SHOP_CATEGORY_COUNT; c++) {
    gy_shop_market market;
    gy_shop_market_of(shop, c, &market);
    json_array_append_new(markets, json_pack("{s:s, s:f, s:f, s:f}", "category", market.category,
                                             "growth_per_year", market.growth, "own_share", market.own_share,
                                             "won_per_year_at_start", market.won_per_year));
  }
  return markets;
}

gy_status gy_shop_write_truth(gy_shop_run *run, gy_error *err) {
  json_t *campaigns = NULL;
  char *text = NULL;
  gy_output_file *file = &run->files[GY_SHOP_TABLE_COUNT];
  gy_status status = campaigns_json(run, &campaigns, err);
  json_t *truth = json_pack("{s:s, s:o, s:f, s:o, s:O, s:o, s:o}", "model", "gyeol shop 1", "options",
                            options_json(run->options), "expected_own_orders_per_customer",
                            run->summary.expected_orders, "types", types_json(run->shop), "campaigns",
                            campaigns, "market", market_json(run->shop), "counts", counts_json(run));
  if (status == GY_OK && truth != NULL) text = json_dumps(truth, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
  if (status == GY_OK && text == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for truth.json");
  if (status == GY_OK) status = gy_output_file_open(file, run->dir, "truth.json", err);
  if (status == GY_OK) status = gy_output_file_write(file, text, strlen(text), err);
  if (status == GY_OK) status = gy_output_file_write(file, "\n", 1, err);
  if (status == GY_OK) status = gy_output_file_finish(file, err);
  free(text);
  json_decref(campaigns);
  json_decref(truth);
  return status;
}
