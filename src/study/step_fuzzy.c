/* SPDX-License-Identifier: Apache-2.0
 *
 * Resemblance: customers that share no key and yet are probably one person, and those that share one and are
 * not. It runs before people are found, where identity.fuzzy of gyeol.yaml asks for it, and leaves links:
 *
 *   match      used as a link of the least trust       (merge only)
 *   review     waits for somebody who looks
 *   non-match  a shared key whose customers differ in all else: they are kept apart   (merge only) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "study/fuzzy_people.h"

enum { FUZZY_VERSION = 1, EVIDENCE_CHARS = 256 };
static const double MATCH_PROB = 0.99, REVIEW_PROB = 0.7, APART_PROB = 0.01, ANY_PROB = 1e-300;

/* Pairs of two linkages behind each other: who resembles, then who shares a key. */
typedef struct fuzzy_links {
  const gy_fuzzy_people *people;
  gy_link_result found, sharing;
  bool merges;
  size_t at;
} fuzzy_links;

/* ---- into the store ---- */

static const char *decision_of(const fuzzy_links *links, size_t i, const gy_linked_pair **pair,
                               const gy_link_result **result, size_t *place) {
  bool is_found = i < links->found.n_pairs;
  *result = is_found ? &links->found : &links->sharing;
  *place = is_found ? i : i - links->found.n_pairs;
  *pair = &(*result)->pairs[*place];
  if (is_found) return links->merges && (*pair)->is_match ? "match" : "review";
  return links->merges && (double)(*pair)->probability < APART_PROB ? "non-match" : NULL;
}

/* "name +7.2, birth +13.7": no values. */
static size_t tell_evidence(const fuzzy_links *links, const gy_link_result *result, size_t place,
                            char text[EVIDENCE_CHARS]) {
  size_t used = 0, d = result->n_fields;
  text[0] = '\0';
  for (size_t f = 0; f < d; f++) {
    if (result->levels[place * d + f] == GY_LEVEL_UNKNOWN) continue;
    int n = snprintf(text + used, EVIDENCE_CHARS - used, "%s%s %+.1f", used > 0 ? ", " : "",
                     links->people->spec.fields[f].name, (double)result->weights[place * d + f]);
    if (n < 0 || (size_t)n >= EVIDENCE_CHARS - used) break;
    used += (size_t)n;
  }
  return used;
}

static gy_status open_links(void *shared, void **local, gy_error *err) {
  (void)err;
  ((fuzzy_links *)shared)->at = 0;
  *local = shared;
  return GY_OK;
}

static gy_status fill_links(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                            gy_error *err) {
  fuzzy_links *links = shared;
  size_t n = 0, n_all = links->found.n_pairs + links->sharing.n_pairs;
  (void)local, (void)err;
  for (; links->at < n_all && n < GY_CHUNK_ROWS; links->at++) {
    const gy_linked_pair *pair;
    const gy_link_result *result;
    size_t place;
    char evidence[EVIDENCE_CHARS];
    const char *decision = decision_of(links, links->at, &pair, &result, &place);
    if (decision == NULL) continue;
    gy_text left = gy_fuzzy_customer(links->people, pair->left),
            right = gy_fuzzy_customer(links->people, pair->right);
    gy_writer_text(writer, 0, n, left.data, left.length);
    gy_writer_text(writer, 1, n, right.data, right.length);
    ((double *)writer->data[2])[n] = (double)pair->weight;
    ((double *)writer->data[3])[n] = (double)pair->probability;
    gy_writer_text(writer, 4, n, decision, strlen(decision));
    size_t used = tell_evidence(links, result, place, evidence);
    gy_writer_text(writer, 5, n++, evidence, used);
  }
  *n_rows = n;
  return GY_OK;
}

static gy_status store_links(gy_engine *engine, fuzzy_links *links, gy_error *err) {
  static const gy_source_column COLUMNS[] = {{"left_key", GY_TYPE_TEXT}, {"right_key", GY_TYPE_TEXT},
                                             {"weight", GY_TYPE_DOUBLE}, {"probability", GY_TYPE_DOUBLE},
                                             {"decision", GY_TYPE_TEXT}, {"evidence", GY_TYPE_TEXT}};
  gy_source source = {.shared = links,
                      .columns = COLUMNS,
                      .n_columns = 6,
                      .max_threads = 1,
                      .open = open_links,
                      .fill = fill_links};
  gy_status status = gy_engine_publish(engine, "fuzzy_pairs", &source, err);
  if (status == GY_OK)
    status = gy_engine_execute(engine,
                               "DELETE FROM identity_fuzzy_links WHERE decision <> 'contradiction'; INSERT "
                               "INTO identity_fuzzy_links SELECT "
                               "'customer_id', left_key, 'customer_id', right_key, weight, decision, "
                               "probability, evidence FROM fuzzy_pairs()",
                               NULL, 0, NULL, NULL, NULL, err);
  return status;
}

/* ---- linking ---- */

/* Rules that look at keys which people share: e-mail and phone. */
static size_t key_rules(const gy_link_spec *spec, gy_link_rule *rules) {
  size_t n = 0;
  for (size_t r = 0; r < spec->n_rules; r++) {
    gy_link_compare compare = spec->fields[spec->rules[r].parts[0].field].compare;
    if (compare == GY_LINK_EMAIL || compare == GY_LINK_PHONE) rules[n++] = spec->rules[r];
  }
  return n;
}

static gy_status link_people(const gy_fuzzy_people *people, const gy_task *task, fuzzy_links *links,
                             gy_error *err) {
  const gy_link_spec *spec = &people->spec;
  gy_link_rule rules[GY_LINK_RULES_MAX];
  gy_link_options options = gy_link_defaults(spec->fields, spec->n_fields, spec->rules, spec->n_rules);
  options.match_prob = MATCH_PROB;
  options.review_prob = REVIEW_PROB;
  gy_status status = gy_link_records(&people->list, NULL, &options, task, &links->found, err);
  options.rules = rules;
  options.n_rules = key_rules(spec, rules);
  options.review_prob = ANY_PROB;
  options.model = &links->found.model;
  if (status == GY_OK && links->merges && options.n_rules > 0)
    status = gy_link_records(&people->list, NULL, &options, task, &links->sharing, err);
  return status;
}

static json_t *detail_of(const fuzzy_links *links) {
  size_t counts[3] = {0, 0, 0};
  for (size_t i = 0; i < links->found.n_pairs + links->sharing.n_pairs; i++) {
    const gy_linked_pair *pair;
    const gy_link_result *result;
    size_t place;
    const char *decision = decision_of(links, i, &pair, &result, &place);
    if (decision != NULL)
      counts[strcmp(decision, "match") == 0 ? 0 : strcmp(decision, "review") == 0 ? 1 : 2]++;
  }
  return json_pack("{s:I, s:I, s:I, s:I}", "customers", (json_int_t)links->people->n, "match",
                   (json_int_t)counts[0], "review", (json_int_t)counts[1], "apart", (json_int_t)counts[2]);
}

static gy_status compute(gy_run_context *run, const gy_fingerprint *fingerprint, gy_error *err) {
  double start = gy_clock_seconds();
  gy_fuzzy_people people;
  fuzzy_links links = {.people = &people, .merges = run->project.config.identity.fuzzy == GY_FUZZY_MERGE};
  gy_status status = gy_fuzzy_people_load(run, &people, err);
  if (status == GY_OK && !people.has_names)
    gy_task_log(run->task, GY_LOG_WARN,
                "identity.fuzzy: no source of customers has a name; nothing is compared");
  if (status == GY_OK && people.has_names && people.n > 1)
    status = link_people(&people, run->task, &links, err);
  if (status == GY_OK) status = store_links(run->project.engine, &links, err);
  if (status == GY_OK) {
    gy_step_report report = {.rows = people.n, .detail = detail_of(&links)};
    status = gy_step_finish(&run->log, "fuzzy", fingerprint, gy_clock_seconds() - start, &report, err);
  }
  gy_link_result_clear(&links.found);
  gy_link_result_clear(&links.sharing);
  gy_fuzzy_people_clear(&people);
  return status;
}

static gy_status forget(gy_run_context *run, gy_error *err) {
  return gy_engine_execute(run->project.engine,
                           "DELETE FROM identity_fuzzy_links WHERE decision <> 'contradiction'; DELETE FROM "
                           "steps WHERE step = 'fuzzy'",
                           NULL, 0, NULL, NULL, NULL, err);
}

static gy_status inputs_of(gy_run_context *run, char *hex, gy_error *err) {
  const gy_project_config *config = &run->project.config;
  gy_status status = GY_OK;
  gy_digest *digest = gy_digest_create();
  for (uint32_t i = 0; i < config->n_sources && status == GY_OK; i++) {
    if (config->sources[i].target != GY_TARGET_CUSTOMERS) continue;
    char step[256];
    gy_step_record record = {0};
    snprintf(step, sizeof step, "import:%s", config->sources[i].name);
    status = gy_step_load(run->project.engine, step, NULL, &record, err);
    gy_digest_text(digest, record.text);
    json_decref(record.detail);
  }
  gy_digest_finish(digest, hex);
  return status;
}

gy_status gy_run_fuzzy(gy_run_context *run, gy_error *err) {
  gy_fuzzy_mode mode = run->project.config.identity.fuzzy;
  gy_fingerprint fingerprint = {.version = FUZZY_VERSION};
  bool must_run = false;
  if (mode == GY_FUZZY_OFF) return forget(run, err);
  gy_status status = inputs_of(run, fingerprint.inputs, err);
  snprintf(fingerprint.settings, sizeof fingerprint.settings, "%d", (int)mode);
  if (status == GY_OK) status = gy_step_start(&run->log, "fuzzy", &fingerprint, &must_run, NULL, err);
  if (status == GY_OK && must_run) status = compute(run, &fingerprint, err);
  if (status != GY_OK) gy_error_prefix(err, "identity.fuzzy");
  return status;
}
