/* SPDX-License-Identifier: Apache-2.0
 *
 * One canonical line a section, and its BLAKE2b-256: two files that mean the same have the same hashes,
 * and a step sees from its own sections alone whether it must run again. */
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/project_file_schema.h"

static json_t *texts_json(char *const *texts, uint32_t n) {
  json_t *list = json_array();
  for (uint32_t i = 0; i < n; i++) json_array_append_new(list, json_string(texts[i]));
  return list;
}

static json_t *cuts_json(const double cuts[GY_RFM_CUTS]) {
  return json_pack("[f, f, f, f]", cuts[0], cuts[1], cuts[2], cuts[3]);
}

static void set_text(json_t *object, const char *key, const char *text) {
  if (text != NULL) json_object_set_new(object, key, json_string(text));
}

static json_t *contract_json(const gy_contract_config *c) {
  json_t *object =
      json_pack("{s:s, s:s, s:s}", "name", c->name, "rule", gy_word_of(&gy_rule_words, (int)c->rule),
                "severity", gy_word_of(&gy_severity_words, (int)c->severity));
  set_text(object, "column", c->column);
  set_text(object, "min", c->min);
  set_text(object, "max", c->max);
  set_text(object, "pattern", c->pattern);
  set_text(object, "references", c->references);
  set_text(object, "from", c->from);
  set_text(object, "to", c->to);
  set_text(object, "percent", c->percent);
  set_text(object, "threshold", c->threshold);
  if (c->n_columns > 0) json_object_set_new(object, "columns", texts_json(c->columns, c->n_columns));
  if (c->n_values > 0) json_object_set_new(object, "values", texts_json(c->values, c->n_values));
  if (c->days > 0) json_object_set_new(object, "days", json_integer(c->days));
  if (c->type != GY_RULE_TYPE_NONE) set_text(object, "type", gy_word_of(&gy_rule_type_words, (int)c->type));
  return object;
}

static json_t *duplicates_json(const gy_duplicates_config *d) {
  return json_pack("{s:s, s:o, s:s, s:s, s:i}", "exact", gy_word_of(&gy_exact_words, (int)d->exact), "key",
                   texts_json(d->key, d->n_key), "keep", gy_word_of(&gy_survivor_words, (int)d->keep), "by",
                   d->by, "priority", (int)d->priority);
}

static json_t *source_json(const gy_source_config *s) {
  json_t *columns = json_array(); /* pairs: the order of columns is the order of attributes */
  for (uint32_t i = 0; i < s->n_columns; i++) {
    char role[GY_ROLE_TEXT_MAX];
    json_array_append_new(
        columns, json_pack("[s, s]", s->columns[i].column, gy_column_role_text(&s->columns[i], role)));
  }
  json_t *contracts = json_array();
  for (uint32_t i = 0; i < s->n_contracts; i++)
    json_array_append_new(contracts, contract_json(&s->contracts[i]));
  json_t *source = json_pack(
      "{s:o, s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:o}", "contracts", contracts,
      "name", s->name, "target", gy_target_name(s->target), "files", texts_json(s->files, s->n_files),
      "format", gy_word_of(&gy_format_words, (int)s->format), "encoding",
      gy_word_of(&gy_encoding_words, (int)s->encoding), "delimiter", s->delimiter, "escape", s->escape,
      "skip_lines", (int)s->skip_lines, "quote", gy_word_of(&gy_quote_words, (int)s->quote), "header",
      gy_word_of(&gy_header_words, (int)s->header), "decimal", gy_word_of(&gy_decimal_words, (int)s->decimal),
      "time_format", s->time_format, "columns", columns);
  if (s->sheet != NULL && s->sheet[0] != '\0') json_object_set_new(source, "sheet", json_string(s->sheet));
  if (s->event != NULL && s->event[0] != '\0') json_object_set_new(source, "event", json_string(s->event));
  if (gy_duplicates_any(&s->duplicates))
    json_object_set_new(source, "duplicates", duplicates_json(&s->duplicates));
  if (s->header_rows > 0) json_object_set_new(source, "header_rows", json_integer(s->header_rows));
  return source;
}

static json_t *sources_json(const gy_project_config *config) {
  json_t *list = json_array();
  for (uint32_t i = 0; i < config->n_sources; i++)
    json_array_append_new(list, source_json(&config->sources[i]));
  return list;
}

static json_t *cleaning_json(const gy_cleaning_config *c) {
  return json_pack("{s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:s}", "prefix", c->cancelled.prefix, "status",
                   texts_json(c->cancelled.status, c->cancelled.n_status), "cancelled",
                   gy_word_of(&gy_net_words, (int)c->cancelled.action), "returns",
                   gy_word_of(&gy_net_words, (int)c->returns), "duplicates",
                   gy_word_of(&gy_duplicate_words, (int)c->duplicates), "zero_price",
                   gy_word_of(&gy_keep_words, (int)c->zero_price), "negative_price",
                   gy_word_of(&gy_keep_words, (int)c->negative_price), "without_customer",
                   gy_word_of(&gy_keep_words, (int)c->without_customer));
}

static json_t *rfm_json(const gy_rfm_config *rfm) {
  json_t *segments = json_array();
  for (uint32_t i = 0; i < rfm->n_segments; i++) {
    const gy_rfm_segment_config *s = &rfm->segments[i];
    json_array_append_new(segments, json_pack("{s:s, s:s, s:[i, i], s:[i, i], s:[i, i]}", "name", s->name,
                                              "name_ko", s->name_ko, "r", (int)s->r[0], (int)s->r[1], "f",
                                              (int)s->f[0], (int)s->f[1], "m", (int)s->m[0], (int)s->m[1]));
  }
  return json_pack("{s:s, s:o, s:o, s:o, s:[f, f, f], s:o}", "method",
                   gy_word_of(&gy_rfm_method_words, (int)rfm->method), "recency_days",
                   cuts_json(rfm->thresholds.recency_days), "orders", cuts_json(rfm->thresholds.orders),
                   "monetary", cuts_json(rfm->thresholds.monetary), "weights", rfm->weights.recency,
                   rfm->weights.frequency, rfm->weights.monetary, "segments", segments);
}

static json_t *clusters_json(const gy_cluster_config *c) {
  char seed[24];
  snprintf(seed, sizeof seed, "%llu", (unsigned long long)c->seed);
  return json_pack("{s:o, s:s, s:i, s:i, s:i, s:i, s:s}", "features", texts_json(c->features, c->n_features),
                   "scaling", gy_word_of(&gy_scaling_words, (int)c->scaling), "k", (int)c->k, "k_min",
                   (int)c->k_min, "k_max", (int)c->k_max, "starts", (int)c->starts, "seed", seed);
}

static json_t *preparation_json(const gy_preparation_config *p) {
  json_t *features = json_array();
  for (uint32_t i = 0; i < p->n_features; i++) {
    const gy_feature_preparation *f = &p->features[i];
    json_array_append_new(features, json_pack("{s:s, s:s, s:s}", "feature", f->feature, "missing",
                                              f->missing != NULL ? f->missing : p->missing, "outliers",
                                              f->outliers != NULL ? f->outliers : p->outliers));
  }
  return json_pack("{s:s, s:s, s:o}", "missing", p->missing, "outliers", p->outliers, "features", features);
}

static json_t *features_json(const gy_project_config *config) {
  json_t *days = json_array();
  for (uint32_t i = 0; i < config->features.n_windows; i++) {
    json_array_append_new(days, json_integer(config->features.windows_days[i]));
  }
  return json_pack("{s:o}", "windows_days", days);
}

static json_t *consent_json(const gy_project_config *config) {
  json_t *defaults = json_object();
  for (gy_purpose purpose = 0; purpose < GY_PURPOSE_COUNT; purpose++)
    json_object_set_new(defaults, gy_purpose_name(purpose),
                        json_boolean(gy_consent_default(config, purpose)));
  return json_pack("{s:o}", "defaults", defaults);
}

static json_t *retention_json(const gy_project_config *config) {
  json_t *tables = json_object();
  for (uint32_t i = 0; i < config->privacy.n_retention; i++)
    json_object_set_new(tables, gy_target_name(config->privacy.retention[i].table),
                        json_integer(config->privacy.retention[i].keep_days));
  return tables;
}

static json_t *section_json(const gy_project_config *config, gy_config_section section) {
  switch (section) {
    case GY_SECTION_IDENTITY:
      return json_pack("{s:s, s:s, s:s}", "name", config->name, "language",
                       gy_word_of(&gy_language_words, (int)config->language), "currency", config->currency);
    case GY_SECTION_TIMEZONE:
      return json_pack("{s:s}", "timezone", config->timezone);
    case GY_SECTION_AS_OF:
      return json_pack("{s:s}", "as_of", config->as_of);
    case GY_SECTION_SOURCES:
      return sources_json(config);
    case GY_SECTION_CLEANING:
      return cleaning_json(&config->cleaning);
    case GY_SECTION_FEATURES:
      return features_json(config);
    case GY_SECTION_RFM:
      return rfm_json(&config->rfm);
    case GY_SECTION_PREPARATION:
      return preparation_json(&config->preparation);
    case GY_SECTION_CLUSTERS:
      return clusters_json(&config->clusters);
    case GY_SECTION_REPORT:
      return json_pack("{s:i, s:i}", "top_products", (int)config->report.top_products, "cohort_months",
                       (int)config->report.cohort_months);
    case GY_SECTION_CONSENT:
      return consent_json(config);
    case GY_SECTION_RETENTION:
      return retention_json(config);
    case GY_SECTION_PEOPLE:
      return gy_identity_json(config);
    case GY_SECTION_LIFECYCLE:
      return json_pack("{s:i, s:i, s:i, s:i}", "new_days", (int)config->lifecycle.new_days, "active_days",
                       (int)config->lifecycle.active_days, "lapsed_days", (int)config->lifecycle.lapsed_days,
                       "lost_days", (int)config->lifecycle.lost_days);
    case GY_SECTION_CAMPAIGNS:
      return gy_campaigns_json(config);
    case GY_SECTION_COUNT:
      break;
  }
  return NULL;
}

gy_status gy_project_config_canonical(const gy_project_config *config, gy_config_section section, char **json,
                                      gy_error *err) {
  json_t *value = section_json(config, section);
  char *line =
      value != NULL ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17)) : NULL;
  json_decref(value);
  if (line == NULL)
    return gy_fail(err, GY_ENOMEM,
                   "no memory to describe the project's settings, or a text in them is not UTF-8");
  *json = line;
  return GY_OK;
}

gy_status gy_project_config_hash(const gy_project_config *config, gy_config_section section,
                                 char hash[GY_SECTION_HASH_CHARS + 1], gy_error *err) {
  char *line = NULL;
  gy_status status = gy_project_config_canonical(config, section, &line, err);
  if (status != GY_OK) return status;
  unsigned char digest[crypto_generichash_BYTES];
  crypto_generichash(digest, sizeof digest, (const unsigned char *)line, strlen(line), NULL, 0);
  sodium_bin2hex(hash, GY_SECTION_HASH_CHARS + 1, digest, sizeof digest);
  free(line);
  return GY_OK;
}
