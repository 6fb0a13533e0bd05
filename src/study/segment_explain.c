/* SPDX-License-Identifier: Apache-2.0 */
#include "study/segment_explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/segment_data.h"

static const char *answer_name(gy_rule_answer answer) {
  return answer == GY_RULE_YES ? "yes" : answer == GY_RULE_NO ? "no" : "unknown";
}

static json_t *predicate_json(const gy_rule_predicate *p) {
  static const char *const KINDS[] = {"predicate", "macro", "segment"};
  json_t *seen = json_array();
  for (size_t i = 0; i < p->n_seen; i++) {
    json_t *value = p->seen[i].value != NULL ? json_string(p->seen[i].value) : json_null();
    json_array_append_new(seen, json_pack("{s:s, s:o}", "text", p->seen[i].text, "value", value));
  }
  return json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:i, s:i, s:i, s:o}", "kind", KINDS[p->kind], "text",
                   p->text, "answer", answer_name(p->answer), "wanted", p->wanted, "negated", p->is_negated,
                   "decides", p->decides, "alone", p->alone, "depth", p->depth, "line", (int)p->line,
                   "column", (int)p->column, "seen", seen);
}

static json_t *explanation_json(const gy_rule_explanation *found) {
  json_t *predicates = json_array();
  for (size_t i = 0; i < found->n_predicates; i++)
    json_array_append_new(predicates, predicate_json(&found->predicates[i]));
  return json_pack("{s:s, s:o}", "answer", answer_name(found->answer), "predicates", predicates);
}

/* Views of the members of segments that no rule can be asked for. */
static gy_status show_members(const gy_run_context *run, const gy_segment_judgement *j, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t i = 0; i < j->n && status == GY_OK; i++) {
    const gy_segment_judged *segment = &j->segments[i];
    if (segment->error == NULL && segment->text != NULL) continue;
    char relation[40], number[32], *sql = NULL;
    snprintf(relation, sizeof relation, "segment_now_%zu", i);
    snprintf(number, sizeof number, "%lld", (long long)segment->known.no);
    const gy_sql_part parts[] = {{"relation", relation}, {"number", number}};
    status = gy_sql_expand(gy_sql("segment/now_of_store"), parts, 2, &sql, err);
    if (status == GY_OK) status = gy_engine_execute(run->project.engine, sql, NULL, 0, NULL, NULL, NULL, err);
    free(sql);
  }
  return status;
}

static gy_status find_customer(const gy_run_context *run, const char *customer, gy_error *err) {
  gy_value id = gy_bind_text(customer);
  int64_t n = 0;
  gy_status status =
      gy_engine_execute(run->project.engine, gy_sql("segment/asked"), &id, 1, NULL, NULL, NULL, err);
  if (status == GY_OK)
    status = gy_engine_int64(run->project.engine, "SELECT count(*) FROM segment_asked", NULL, 0, &n, err);
  if (status == GY_OK && n == 0)
    status =
        gy_fail(err, GY_ENOTFOUND,
                "no customer '%s' is in the last run; who has no order that counts, or refused analytics, is "
                "in no segment",
                customer);
  return status;
}

gy_status gy_segment_explain(const gy_run_context *run, const gy_segment_judgement *judgement, size_t segment,
                             const char *customer, json_t **explanation, gy_error *err) {
  const gy_segment_judgement *j = judgement;
  gy_segment_definitions definitions = {0};
  gy_segment_data data = {0};
  gy_rule_explainer *explainer = NULL;
  gy_rule_explanation found = {0};
  gy_status status = find_customer(run, customer, err);
  if (status == GY_OK) status = gy_segment_definitions_make(j, &definitions, err);
  if (status == GY_OK) status = show_members(run, j, err);
  if (status == GY_OK)
    status = gy_rule_explainer_create(&j->catalogue.rule, &j->catalogue.clock, definitions.items,
                                      definitions.n, (size_t)j->segments[segment].answer, &explainer, err);
  if (status == GY_OK)
    status = gy_segment_data_load(run, &j->catalogue.rule, gy_rule_explainer_set(explainer), &data, err);
  if (status == GY_OK) status = gy_rule_explain(explainer, &data.rule, 0, &found, err);
  if (status == GY_OK && (*explanation = explanation_json(&found)) == NULL)
    status = gy_fail(err, GY_ENOMEM, "no memory for the explanation");
  gy_rule_explanation_clear(&found);
  gy_rule_explainer_destroy(explainer);
  gy_segment_data_clear(&data);
  gy_segment_definitions_clear(&definitions);
  return status;
}
