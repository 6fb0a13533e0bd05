/* SPDX-License-Identifier: Apache-2.0
 *
 * Campaigns in gyeol.yaml: which segments they go to, from which day to which. Whether one is planned,
 * running or ended follows from its days. */
#include <stdio.h>
#include <string.h>

#include "data/convert_time.h"
#include "data/project_file_schema.h"

/* A day as it is written here, YYYY-MM-DD, so that days compare as their texts do. */
static bool is_day(const char *text) {
  gy_written_time time;
  return strlen(text) == 10 && text[4] == '-' && text[7] == '-' &&
         gy_convert_written_time(text, 10, GY_TIME_YEAR_FIRST, &time) == GY_FIELD_VALUE;
}

static gy_status check_campaign(const gy_project_config *config, gy_yaml_tree *tree, uint32_t i,
                                gy_error *err) {
  const gy_campaign_config *campaign = &config->campaigns[i];
  yaml_node_t *at = gy_yaml_tree_item(tree, gy_yaml_tree_find(tree, "campaigns"), i);
  const char *wrong = !is_day(campaign->from)                               ? campaign->from
                      : campaign->until != NULL && !is_day(campaign->until) ? campaign->until
                                                                            : NULL;
  if (wrong != NULL)
    return gy_yaml_tree_fail(tree, at, err, "campaign '%s': '%s' is no day; write it as in 2026-03-31",
                             campaign->name, wrong);
  if (campaign->until != NULL && strcmp(campaign->until, campaign->from) < 0)
    return gy_yaml_tree_fail(tree, at, err, "campaign '%s' ends on %s, before it begins on %s",
                             campaign->name, campaign->until, campaign->from);
  if (campaign->n_segments == 0)
    return gy_yaml_tree_fail(
        tree, at, err, "campaign '%s' goes to no segment; name at least one, as in [vip]", campaign->name);
  for (uint32_t j = 0; j < i; j++)
    if (strcmp(config->campaigns[j].name, campaign->name) == 0)
      return gy_yaml_tree_fail(tree, at, err, "two campaigns are named '%s'; rename one", campaign->name);
  return GY_OK;
}

gy_status gy_campaigns_complete(const gy_project_config *config, gy_yaml_tree *tree, gy_error *err) {
  gy_status status = GY_OK;
  for (uint32_t i = 0; i < config->n_campaigns && status == GY_OK; i++)
    status = check_campaign(config, tree, i, err);
  return status;
}

bool gy_campaigns_emit(const gy_project_config *config, gy_buffer *out) {
  bool good = true;
  if (config->n_campaigns > 0)
    gy_buffer_text(out,
                   "\n# Whom a change of segments would take out of one: gyeol segment plan.\ncampaigns:\n");
  for (uint32_t i = 0; i < config->n_campaigns; i++) {
    const gy_campaign_config *campaign = &config->campaigns[i];
    gy_buffer_text(out, "  - {name: ");
    good = gy_yaml_put_text(out, campaign->name) && good;
    gy_buffer_text(out, ", segments: [");
    for (uint32_t s = 0; s < campaign->n_segments; s++) {
      if (s > 0) gy_buffer_text(out, ", ");
      good = gy_yaml_put_text(out, campaign->segments[s]) && good;
    }
    gy_buffer_printf(out, "], from: %s", campaign->from);
    if (campaign->until != NULL) gy_buffer_printf(out, ", until: %s", campaign->until);
    gy_buffer_text(out, "}\n");
  }
  return good;
}

json_t *gy_campaigns_json(const gy_project_config *config) {
  json_t *list = json_array();
  for (uint32_t i = 0; i < config->n_campaigns; i++) {
    const gy_campaign_config *campaign = &config->campaigns[i];
    json_t *segments = json_array();
    for (uint32_t s = 0; s < campaign->n_segments; s++)
      json_array_append_new(segments, json_string(campaign->segments[s]));
    json_array_append_new(list, json_pack("{s:s, s:o, s:s, s:s?}", "name", campaign->name, "segments",
                                          segments, "from", campaign->from, "until", campaign->until));
  }
  return list;
}
