/* SPDX-License-Identifier: Apache-2.0
 *
 * Consent and retention in gyeol.yaml: columns of customers that are consents, what holds for people who said
 * nothing, and for how long rows are kept. */
#include <stdio.h>
#include <string.h>

#include "data/project_file_schema.h"

/* ---- columns ---- */

const char *gy_column_role_text(const gy_column_role *column, char text[GY_ROLE_TEXT_MAX]) {
  if (column->role != GY_ROLE_CONSENT) return gy_role_name(column->role);
  bool is_any = column->channel == GY_CHANNEL_ANY;
  snprintf(text, GY_ROLE_TEXT_MAX, "consent:%s%s%s", gy_purpose_name(column->purpose), is_any ? "" : ":",
           is_any ? "" : gy_channel_name(column->channel));
  return text;
}

gy_status gy_column_consent_parse(const char *word, gy_column_role *column, gy_error *err) {
  column->role = GY_ROLE_CONSENT;
  const char *purpose = strchr(word, ':'), *channel = purpose != NULL ? strchr(purpose + 1, ':') : NULL;
  if (purpose == NULL) {
    if (gy_consent_column_read(column->column, &column->purpose, &column->channel)) return GY_OK;
    return gy_fail(err, GY_ECONFIG,
                   "its name does not say what the consent is for; say it, as in consent:marketing:email");
  }
  size_t length = channel != NULL ? (size_t)(channel - purpose - 1) : strlen(purpose + 1);
  column->channel = GY_CHANNEL_ANY;
  if (!gy_purpose_read(purpose + 1, length, &column->purpose))
    return gy_fail(err, GY_ECONFIG, "'%.*s' is %s", (int)length, purpose + 1,
                   gy_purpose_complaint(purpose + 1, length));
  if (channel != NULL && !gy_channel_read(channel + 1, strlen(channel + 1), &column->channel))
    return gy_fail(err, GY_ECONFIG, "'%s' is %s", channel + 1,
                   gy_channel_complaint(channel + 1, strlen(channel + 1)));
  return GY_OK;
}

/* ---- settings ---- */

bool gy_consent_default(const gy_project_config *config, gy_purpose purpose) {
  const gy_yes_no said[GY_PURPOSE_COUNT] = {
      [GY_PURPOSE_ANALYTICS] = config->consent.defaults.analytics,
      [GY_PURPOSE_PERSONALISATION] = config->consent.defaults.personalisation,
      [GY_PURPOSE_MARKETING] = config->consent.defaults.marketing,
      [GY_PURPOSE_THIRD_PARTY] = config->consent.defaults.third_party};
  return said[purpose] != GY_UNSAID ? said[purpose] == GY_YES : purpose == GY_PURPOSE_ANALYTICS;
}

uint32_t gy_retention_days(const gy_project_config *config, gy_target table) {
  for (uint32_t i = 0; i < config->privacy.n_retention; i++)
    if (config->privacy.retention[i].table == table) return config->privacy.retention[i].keep_days;
  return 0;
}

/* Whose rows have a moment by which they grow old. A consent is kept for as long as there is the person:
 * without its withdrawal an old grant would hold again. */
static const char *why_not_kept(gy_target table) {
  if (table == GY_TARGET_CONSENTS)
    return "consents are kept for as long as the person: without a withdrawal an older grant would hold "
           "again";
  if (gy_role_fits(GY_ROLE_TIME, table)) return NULL;
  return "its rows have no time to grow old by";
}

static gy_status check_retention(gy_project_config *config, gy_yaml_tree *tree, uint32_t i, gy_error *err) {
  enum { DAYS_MAX = 36525 };
  yaml_node_t *at = gy_yaml_tree_item(tree, gy_yaml_tree_find(tree, "privacy.retention"), i);
  const gy_retention_config *rule = &config->privacy.retention[i];
  const char *table = gy_target_name(rule->table), *why = why_not_kept(rule->table);
  if (why != NULL) return gy_yaml_tree_fail(tree, at, err, "retention of %s: %s", table, why);
  if (rule->keep_days < 1 || rule->keep_days > DAYS_MAX)
    return gy_yaml_tree_fail(tree, at, err, "retention of %s: keep_days is %u; it must lie between 1 and %d",
                             table, rule->keep_days, DAYS_MAX);
  for (uint32_t j = 0; j < i; j++)
    if (config->privacy.retention[j].table == rule->table)
      return gy_yaml_tree_fail(tree, at, err, "retention of %s is said twice; keep one", table);
  for (uint32_t s = 0; s < config->n_sources; s++) {
    const gy_source_config *source = &config->sources[s];
    bool has_time = false;
    for (uint32_t c = 0; c < source->n_columns; c++)
      has_time = has_time || source->columns[c].role == GY_ROLE_TIME;
    if (source->target == rule->table && !has_time)
      return gy_yaml_tree_fail(tree, at, err,
                               "retention of %s: source '%s' has no column with the role time to go by",
                               table, source->name);
  }
  return GY_OK;
}

gy_status gy_project_consent_complete(gy_project_config *config, gy_yaml_tree *tree, gy_error *err) {
  gy_status status = GY_OK;
  gy_yes_no *said[GY_PURPOSE_COUNT] = {
      &config->consent.defaults.analytics, &config->consent.defaults.personalisation,
      &config->consent.defaults.marketing, &config->consent.defaults.third_party};
  for (gy_purpose purpose = 0; purpose < GY_PURPOSE_COUNT; purpose++)
    *said[purpose] = gy_consent_default(config, purpose) ? GY_YES : GY_NO;
  for (uint32_t i = 0; i < config->privacy.n_retention && status == GY_OK; i++)
    status = check_retention(config, tree, i, err);
  return status;
}
