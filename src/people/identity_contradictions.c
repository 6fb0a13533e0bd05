/* SPDX-License-Identifier: Apache-2.0
 *
 * Customers that keys make one person although they contradict each other (contradiction.h). They are found
 * once links have been followed: every two customers of one person are compared, by what the tables of
 * customers say of them. Those that contradict are parted like keys that were parted by hand, so that a
 * shared phone stays with the customer that used it more; what a decision by hand joined stays together. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people/contradiction.h"
#include "people/identity_said.h"

enum { EVIDENCE_CHARS = 64 };

typedef struct {
  uint32_t a, b;
  gy_sameness of[GY_SAYS_COUNT];
} contradiction;

typedef struct {
  gy_identity_work *work;
  uint32_t *nodes; /* customers, those of one person together */
  size_t n, at;
  gy_said said;
  uint32_t *by_hand; /* what decisions by hand alone connect; NULL where there are none */
  contradiction *found;
  size_t n_found, room;
} search;

static gy_status spent(gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory for customers that may contradict each other");
}

static uint32_t person_of(const search *s, size_t place) { return s->work->labels.together[s->nodes[place]]; }

static size_t person_end(const search *s, size_t begin) {
  size_t end = begin + 1;
  while (end < s->n && person_of(s, end) == person_of(s, begin)) end++;
  return end;
}

/* Customers of people that have several, in the order of person and node: counted, then placed. */
static gy_status choose(search *s, gy_error *err) {
  const uint32_t *labels = s->work->labels.together;
  size_t n_customers = s->work->graph.begin[GY_KEY_CUSTOMER + 1], n_people = s->work->labels.n_together;
  uint32_t *counts = calloc(n_people + 1, sizeof *counts), *begin = calloc(n_people + 1, sizeof *begin);
  if (counts == NULL || begin == NULL) {
    free(counts);
    free(begin);
    return spent(err);
  }
  for (size_t i = 0; i < n_customers; i++) counts[labels[i]]++;
  for (size_t p = 0; p < n_people; p++) {
    if (counts[p] > GY_IDENTITY_COMPARED_MOST) counts[p] = 0;
    begin[p] = (uint32_t)s->n;
    s->n += counts[p] > 1 ? counts[p] : 0;
  }
  s->nodes = malloc((s->n + 1) * sizeof *s->nodes);
  for (size_t i = 0; i < n_customers && s->nodes != NULL; i++)
    if (counts[labels[i]] > 1) s->nodes[begin[labels[i]]++] = (uint32_t)i;
  free(counts);
  free(begin);
  return s->nodes != NULL ? GY_OK : spent(err);
}

/* ---- comparing ---- */

static bool same_text(gy_text a, gy_text b) {
  return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

/* Letters are needed of people whose customers do not all have the same name. */
static gy_status open_names(search *s, gy_error *err) {
  uint8_t *is_wanted = calloc(s->n + 1, 1);
  if (is_wanted == NULL) return spent(err);
  for (size_t begin = 0, end; begin < s->n; begin = end) {
    gy_text first = gy_said_text(&s->said, begin, GY_SAYS_NAME);
    bool differ = false;
    end = person_end(s, begin);
    for (size_t i = begin + 1; i < end; i++)
      differ = differ || !same_text(first, gy_said_text(&s->said, i, GY_SAYS_NAME));
    if (differ) memset(is_wanted + begin, 1, end - begin);
  }
  gy_status status = gy_said_open_names(&s->said, is_wanted, s->n, s->work->plan, err);
  free(is_wanted);
  return status;
}

static gy_sameness compare_names(const search *s, size_t a, size_t b) {
  gy_text left = gy_said_text(&s->said, a, GY_SAYS_NAME), right = gy_said_text(&s->said, b, GY_SAYS_NAME);
  if (left.length == 0 || right.length == 0) return GY_SAME_UNKNOWN;
  if (same_text(left, right)) return GY_SAME_EQUAL;
  return gy_compare_names(gy_said_name(&s->said, a), gy_said_name(&s->said, b));
}

static gy_status compare(search *s, size_t a, size_t b, gy_error *err) {
  contradiction made = {.a = s->nodes[a], .b = s->nodes[b]};
  if (s->by_hand != NULL && s->by_hand[made.a] == s->by_hand[made.b]) return GY_OK;
  made.of[GY_SAYS_NAME] = compare_names(s, a, b);
  made.of[GY_SAYS_BIRTH] =
      gy_compare_births(gy_said_text(&s->said, a, GY_SAYS_BIRTH), gy_said_text(&s->said, b, GY_SAYS_BIRTH));
  made.of[GY_SAYS_GENDER] = gy_compare_genders(gy_said_text(&s->said, a, GY_SAYS_GENDER),
                                               gy_said_text(&s->said, b, GY_SAYS_GENDER));
  if (!gy_contradicts(made.of[GY_SAYS_NAME], made.of[GY_SAYS_BIRTH], made.of[GY_SAYS_GENDER])) return GY_OK;
  if (s->n_found == s->room) {
    size_t room = s->room > 0 ? 2 * s->room : 64;
    contradiction *wider = realloc(s->found, room * sizeof *wider);
    if (wider == NULL) return spent(err);
    s->found = wider;
    s->room = room;
  }
  s->found[s->n_found++] = made;
  return GY_OK;
}

static gy_status label_by_hand(search *s, gy_error *err) {
  const gy_identity_graph *graph = &s->work->graph;
  if (graph->n_joins + graph->n_pins == 0) return GY_OK;
  s->by_hand = malloc((graph->n_nodes + 1) * sizeof *s->by_hand);
  if (s->by_hand == NULL) return spent(err);
  gy_components_begin(s->by_hand, graph->n_nodes);
  gy_status status = gy_components_join(s->by_hand, graph->n_nodes, graph->joins, graph->n_joins, NULL, err);
  if (status == GY_OK)
    status = gy_components_join(s->by_hand, graph->n_nodes, graph->pins, graph->n_pins, NULL, err);
  if (status == GY_OK) (void)gy_components_number(s->by_hand, graph->n_nodes);
  return status;
}

static gy_status compare_all(search *s, gy_error *err) {
  gy_status status = label_by_hand(s, err);
  for (size_t begin = 0, end; begin < s->n && status == GY_OK; begin = end) {
    end = person_end(s, begin);
    for (size_t i = begin; i < end && status == GY_OK; i++)
      for (size_t j = i + 1; j < end && status == GY_OK; j++) status = compare(s, i, j, err);
  }
  return status;
}

/* ---- what becomes of them ---- */

static gy_status part(search *s, gy_error *err) {
  gy_identity_work *work = s->work;
  gy_link *wider = realloc(work->parts, (work->graph.n_parts + s->n_found + 1) * sizeof *wider);
  if (wider == NULL) return spent(err);
  work->parts = wider;
  work->graph.parts = wider;
  for (size_t i = 0; i < s->n_found; i++)
    wider[work->graph.n_parts++] = (gy_link){s->found[i].a, s->found[i].b};
  return gy_identity_label(&work->graph, work->task, &work->labels, err);
}

static size_t tell_evidence(const contradiction *of, char text[EVIDENCE_CHARS]) {
  static const char *const FIELDS[GY_SAYS_COUNT] = {"name", "birth", "gender"};
  static const char *const WORDS[] = {"", "equal", "near", "alike", "differs"};
  size_t used = 0;
  for (size_t f = 0; f < GY_SAYS_COUNT; f++) {
    if (of->of[f] == GY_SAME_UNKNOWN) continue;
    int n = snprintf(text + used, EVIDENCE_CHARS - used, "%s%s %s", used > 0 ? ", " : "", FIELDS[f],
                     WORDS[of->of[f]]);
    used += n > 0 ? (size_t)n : 0;
  }
  return used;
}

static gy_status open_found(void *shared, void **local, gy_error *err) {
  (void)err;
  ((search *)shared)->at = 0;
  *local = shared;
  return GY_OK;
}

static gy_status fill_found(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                            gy_error *err) {
  search *s = shared;
  size_t n = 0;
  (void)local, (void)err;
  for (; s->at < s->n_found && n < GY_CHUNK_ROWS; s->at++, n++) {
    char evidence[EVIDENCE_CHARS];
    const contradiction *one = &s->found[s->at];
    ((int32_t *)writer->data[0])[n] = (int32_t)one->a;
    ((int32_t *)writer->data[1])[n] = (int32_t)one->b;
    ((int32_t *)writer->data[2])[n] =
        gy_contradiction_score(one->of[GY_SAYS_NAME], one->of[GY_SAYS_BIRTH], one->of[GY_SAYS_GENDER]);
    gy_writer_text(writer, 3, n, evidence, tell_evidence(one, evidence));
  }
  *n_rows = n;
  return GY_OK;
}

static gy_status store(search *s, gy_error *err) {
  static const gy_source_column COLUMNS[] = {
      {"a", GY_TYPE_INT32}, {"b", GY_TYPE_INT32}, {"score", GY_TYPE_INT32}, {"evidence", GY_TYPE_TEXT}};
  gy_source source = {.shared = s,
                      .columns = COLUMNS,
                      .n_columns = 4,
                      .max_threads = 1,
                      .open = open_found,
                      .fill = fill_found};
  gy_status status = gy_engine_publish(s->work->plan->engine, "gy_identity_contradicting", &source, err);
  if (status != GY_OK) return status;
  return gy_identity_execute(
      s->work, err,
      "INSERT INTO identity_fuzzy_links SELECT 'customer_id', CAST(l.key AS VARCHAR), 'customer_id', "
      "CAST(r.key AS VARCHAR), c.score, 'contradiction', NULL, c.evidence FROM gy_identity_contradicting() "
      "AS "
      "c JOIN identity_nodes_customer_id AS l ON l.node = c.a JOIN identity_nodes_customer_id AS r ON r.node "
      "= c.b");
}

static void clear(search *s) {
  gy_said_clear(&s->said);
  free(s->nodes);
  free(s->by_hand);
  free(s->found);
}

gy_status gy_identity_part_contradictions(gy_identity_work *work, int64_t *n, gy_error *err) {
  search s = {.work = work};
  bool says = false;
  gy_status status = gy_identity_execute(work, err, "%s",
                                         "DELETE FROM identity_fuzzy_links WHERE decision = 'contradiction'");
  if (status == GY_OK && work->plan->config->contradictions == GY_CONTRADICTIONS_KEEP_APART) {
    status = choose(&s, err);
    if (status == GY_OK && s.n > 0) status = gy_said_load(work, s.nodes, s.n, &s.said, &says, err);
    if (status == GY_OK && says) status = open_names(&s, err);
    if (status == GY_OK && says) status = compare_all(&s, err);
    if (status == GY_OK && s.n_found > 0) status = part(&s, err);
    if (status == GY_OK && s.n_found > 0) status = store(&s, err);
  }
  if (status == GY_OK) *n = (int64_t)s.n_found;
  clear(&s);
  return status;
}
