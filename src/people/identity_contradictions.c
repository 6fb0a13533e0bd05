/* SPDX-License-Identifier: Apache-2.0
 *
 * Customers that keys make one person although they contradict each other (contradiction.h). They are found
 * once links have been followed: every two customers of one person are compared, by what the tables of
 * customers say of them. Those that contradict are parted like keys that were parted by hand, so that a
 * shared phone stays with the customer that used it more; what a decision by hand joined stays together.
 *
 * Names are pseudonyms. Most pairs have the same one; only for the others are names read from the vault, and
 * wiped. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people/contradiction.h"
#include "people/identity_work.h"

enum {
  COMPARED_MOST = 64,
  EVIDENCE_CHARS = 64
}; /* customers of one person that are compared with each other */
static const size_t BYTES_MOST = (size_t)4 << 30;

typedef struct {
  size_t begin, n;
} place; /* of a text in a buffer */

typedef struct {
  uint32_t person, node; /* label of its component */
  place said[GY_SAYS_COUNT];
} customer;

typedef struct {
  uint32_t a, b;
  gy_sameness of[GY_SAYS_COUNT];
} contradiction;

typedef struct {
  gy_identity_work *work;
  customer *customers; /* in the order of person, node */
  size_t n, at;
  gy_buffer texts, names;
  gy_pseudonym *wanted; /* ascending */
  place *originals;     /* of those wanted, in `names` */
  size_t n_wanted;
  contradiction *found;
  size_t n_found, room;
} search;

static gy_status spent(gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory for customers that may contradict each other");
}

/* ---- who is compared ---- */

static int by_person(const void *left, const void *right) {
  const customer *a = left, *b = right;
  if (a->person != b->person) return a->person < b->person ? -1 : 1;
  return a->node < b->node ? -1 : a->node > b->node;
}

/* Customers of people that have several. */
static gy_status choose(search *s, gy_error *err) {
  const gy_identity_work *work = s->work;
  size_t n_customers = work->graph.begin[GY_KEY_CUSTOMER + 1];
  uint32_t *counts = calloc(work->labels.n_together + 1, sizeof *counts);
  if (counts == NULL) return spent(err);
  for (size_t i = 0; i < n_customers; i++) counts[work->labels.together[i]]++;
  for (size_t i = 0; i < n_customers; i++) {
    uint32_t count = counts[work->labels.together[i]];
    s->n += count > 1 && count <= COMPARED_MOST;
  }
  s->customers = calloc(s->n + 1, sizeof *s->customers);
  size_t n = 0;
  for (size_t i = 0; i < n_customers && s->customers != NULL; i++) {
    uint32_t person = work->labels.together[i], count = counts[person];
    if (count > 1 && count <= COMPARED_MOST)
      s->customers[n++] = (customer){.person = person, .node = (uint32_t)i};
  }
  free(counts);
  if (s->customers == NULL) return spent(err);
  qsort(s->customers, s->n, sizeof *s->customers, by_person);
  return GY_OK;
}

static gy_status open_customers(void *shared, void **local, gy_error *err) {
  (void)err;
  ((search *)shared)->at = 0;
  *local = shared;
  return GY_OK;
}

static gy_status fill_customers(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                                gy_error *err) {
  search *s = shared;
  size_t n = 0;
  (void)local, (void)err;
  for (; s->at < s->n && n < GY_CHUNK_ROWS; s->at++) {
    ((int32_t *)writer->data[0])[n] = (int32_t)s->customers[s->at].node;
    ((int32_t *)writer->data[1])[n++] = (int32_t)s->at;
  }
  *n_rows = n;
  return GY_OK;
}

/* ---- what is said of them ---- */

/* What each source says, the first source that says something first. */
static bool put_said(const gy_identity_work *work, gy_buffer *sql) {
  bool says = false;
  gy_buffer_text(sql, "CREATE OR REPLACE TEMP TABLE identity_said AS SELECT place");
  for (size_t f = 0; f < GY_SAYS_COUNT; f++)
    gy_buffer_printf(sql,
                     ", arg_min(c%zu, struct_pack(s := source, v := c%zu)) FILTER (c%zu IS NOT NULL) AS c%zu",
                     f, f, f, f);
  gy_buffer_text(sql, " FROM (");
  for (size_t i = 0; i < work->plan->n_sources; i++) {
    const gy_identity_source *source = &work->plan->sources[i];
    bool own = false;
    for (size_t f = 0; f < GY_SAYS_COUNT; f++) own = own || source->says[f] != NULL;
    if (!own || source->types[GY_KEY_CUSTOMER] == NULL) continue;
    gy_buffer_printf(sql, "%sSELECT place, %zu AS source", says ? " UNION ALL " : "", i);
    for (size_t f = 0; f < GY_SAYS_COUNT; f++) {
      char *name = source->says[f] != NULL ? gy_sql_identifier(source->says[f]) : NULL;
      gy_buffer_printf(sql, ", CAST(%s AS VARCHAR) AS c%zu", name != NULL ? name : "NULL", f);
      free(name);
    }
    char *relation = gy_sql_identifier(source->relation);
    gy_buffer_printf(sql,
                     " FROM %s JOIN identity_nodes_customer_id AS k ON k.key = CAST(customer_id AS %s) JOIN "
                     "identity_compared AS c ON c.node = k.node",
                     relation != NULL ? relation : "", work->types[GY_KEY_CUSTOMER]);
    if (relation == NULL) sql->failed = true;
    free(relation);
    says = true;
  }
  gy_buffer_text(sql, ") GROUP BY place ORDER BY place");
  return says;
}

static gy_status take_said(search *s, const gy_task *task, gy_error *err) {
  gy_result *rows = NULL;
  gy_chunk chunk = {0};
  gy_status status = gy_engine_query(s->work->plan->engine, "SELECT place, c0, c1, c2 FROM identity_said",
                                     NULL, 0, task, &rows, err);
  while (status == GY_OK && (status = gy_result_next(rows, &chunk, err)) == GY_OK && chunk.n_rows > 0) {
    for (size_t i = 0; i < chunk.n_rows; i++) {
      customer *one = &s->customers[((const int32_t *)chunk.columns[0].data)[i]];
      for (size_t f = 0; f < GY_SAYS_COUNT; f++) {
        const gy_column *column = &chunk.columns[f + 1];
        gy_text text = gy_column_is_null(column, i) ? (gy_text){"", 0} : ((const gy_text *)column->data)[i];
        one->said[f] = (place){s->texts.length, text.length};
        gy_buffer_append(&s->texts, text.data, text.length);
      }
    }
    if (s->texts.failed) status = spent(err);
  }
  gy_result_destroy(rows);
  return status;
}

static gy_text said(const search *s, const customer *one, gy_identity_says field) {
  return (gy_text){one->said[field].n > 0 ? s->texts.data + one->said[field].begin : "", one->said[field].n};
}

static gy_status load_said(search *s, bool *says, gy_error *err) {
  static const gy_source_column COLUMNS[] = {{"node", GY_TYPE_INT32}, {"place", GY_TYPE_INT32}};
  gy_engine *engine = s->work->plan->engine;
  gy_source source = {.shared = s,
                      .columns = COLUMNS,
                      .n_columns = 2,
                      .max_threads = 1,
                      .open = open_customers,
                      .fill = fill_customers};
  gy_buffer sql;
  gy_buffer_init(&sql, GY_IDENTITY_SQL_MAX);
  *says = put_said(s->work, &sql);
  if (!*says) {
    gy_buffer_clear(&sql);
    return GY_OK;
  }
  gy_status status = gy_engine_publish(engine, "gy_identity_compared", &source, err);
  if (status == GY_OK)
    status = gy_identity_execute(
        s->work, err,
        "CREATE OR REPLACE TEMP TABLE identity_compared AS SELECT * FROM gy_identity_compared()");
  if (status != GY_OK) {
    gy_buffer_clear(&sql);
    return status;
  }
  status = gy_identity_execute_buffer(s->work, &sql, err);
  return status == GY_OK ? take_said(s, s->work->task, err) : status;
}

/* ---- names ---- */

static int by_pseudonym(const void *left, const void *right) {
  return memcmp(left, right, sizeof(gy_pseudonym));
}

static size_t person_end(const search *s, size_t begin) {
  size_t end = begin + 1;
  while (end < s->n && s->customers[end].person == s->customers[begin].person) end++;
  return end;
}

static bool same_text(gy_text a, gy_text b) {
  return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

/* Names of people whose customers do not all have the same one. */
static gy_status choose_names(search *s, gy_error *err) {
  s->wanted = malloc((s->n + 1) * sizeof *s->wanted);
  s->originals = calloc(s->n + 1, sizeof *s->originals);
  if (s->wanted == NULL || s->originals == NULL) return spent(err);
  for (size_t begin = 0, end; begin < s->n; begin = end) {
    gy_text first = said(s, &s->customers[begin], GY_SAYS_NAME);
    bool differ = false;
    end = person_end(s, begin);
    for (size_t i = begin + 1; i < end; i++)
      differ = differ || !same_text(first, said(s, &s->customers[i], GY_SAYS_NAME));
    for (size_t i = begin; i < end && differ; i++) {
      gy_text name = said(s, &s->customers[i], GY_SAYS_NAME);
      if (gy_pseudonym_parse(name.data, name.length, &s->wanted[s->n_wanted])) s->n_wanted++;
    }
  }
  qsort(s->wanted, s->n_wanted, sizeof *s->wanted, by_pseudonym);
  size_t n = 0;
  for (size_t i = 0; i < s->n_wanted; i++)
    if (n == 0 || by_pseudonym(&s->wanted[n - 1], &s->wanted[i]) != 0) s->wanted[n++] = s->wanted[i];
  s->n_wanted = n;
  return GY_OK;
}

static gy_status take_name(void *context, const gy_vault_record *record, gy_error *err) {
  search *s = context;
  const gy_pseudonym *found =
      bsearch(&record->key.pseudonym, s->wanted, s->n_wanted, sizeof *s->wanted, by_pseudonym);
  if (found == NULL) return GY_OK;
  s->originals[found - s->wanted] = (place){s->names.length, record->length};
  gy_buffer_append(&s->names, record->text, record->length);
  return s->names.failed ? spent(err) : GY_OK;
}

static gy_status load_names(search *s, gy_error *err) {
  const gy_identity_plan *plan = s->work->plan;
  gy_vault *vault = NULL;
  gy_status status = choose_names(s, err);
  if (status != GY_OK || s->n_wanted == 0 || plan->open_vault == NULL) return status;
  status = plan->open_vault(plan->context, &vault, err);
  if (status != GY_OK || vault == NULL) return status;
  return gy_vault_scan(vault, GY_IDENTIFIER_PERSON_NAME, take_name, s, err);
}

/* The letters of a name, empty where they are not known. */
static gy_text letters_of(const search *s, gy_text name) {
  gy_pseudonym pseudonym;
  if (!gy_pseudonym_parse(name.data, name.length, &pseudonym)) return name;
  const gy_pseudonym *found = bsearch(&pseudonym, s->wanted, s->n_wanted, sizeof *s->wanted, by_pseudonym);
  const place *at = found != NULL ? &s->originals[found - s->wanted] : NULL;
  return at != NULL && at->n > 0 ? (gy_text){s->names.data + at->begin, at->n} : (gy_text){"", 0};
}

/* ---- comparing ---- */

static gy_sameness compare_names(const search *s, const customer *a, const customer *b) {
  gy_text left = said(s, a, GY_SAYS_NAME), right = said(s, b, GY_SAYS_NAME);
  if (left.length == 0 || right.length == 0) return GY_SAME_UNKNOWN;
  if (same_text(left, right)) return GY_SAME_EQUAL;
  return gy_compare_names(letters_of(s, left), letters_of(s, right));
}

static gy_status compare(search *s, const uint32_t *by_hand, const customer *a, const customer *b,
                         gy_error *err) {
  contradiction made = {.a = a->node, .b = b->node};
  made.of[GY_SAYS_NAME] = compare_names(s, a, b);
  made.of[GY_SAYS_BIRTH] = gy_compare_births(said(s, a, GY_SAYS_BIRTH), said(s, b, GY_SAYS_BIRTH));
  made.of[GY_SAYS_GENDER] = gy_compare_genders(said(s, a, GY_SAYS_GENDER), said(s, b, GY_SAYS_GENDER));
  if (!gy_contradicts(made.of[GY_SAYS_NAME], made.of[GY_SAYS_BIRTH], made.of[GY_SAYS_GENDER]) ||
      (by_hand != NULL && by_hand[a->node] == by_hand[b->node]))
    return GY_OK;
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

/* What decisions by hand alone connect; NULL where there are none. */
static gy_status label_by_hand(const gy_identity_graph *graph, uint32_t **labels, gy_error *err) {
  size_t n = graph->n_joins + graph->n_pins, n_labels = 0;
  if (n == 0) return GY_OK;
  gy_link *links = malloc(n * sizeof *links);
  uint32_t *made = malloc((graph->n_nodes + 1) * sizeof *made);
  gy_status status = links != NULL && made != NULL ? GY_OK : spent(err);
  if (status == GY_OK) {
    if (graph->n_joins > 0) memcpy(links, graph->joins, graph->n_joins * sizeof *links);
    if (graph->n_pins > 0) memcpy(links + graph->n_joins, graph->pins, graph->n_pins * sizeof *links);
    status = gy_components(graph->n_nodes, links, n, NULL, made, &n_labels, err);
  }
  free(links);
  if (status == GY_OK)
    *labels = made;
  else
    free(made);
  return status;
}

static gy_status compare_all(search *s, gy_error *err) {
  uint32_t *by_hand = NULL;
  gy_status status = label_by_hand(&s->work->graph, &by_hand, err);
  for (size_t begin = 0, end; begin < s->n && status == GY_OK; begin = end) {
    end = person_end(s, begin);
    for (size_t i = begin; i < end && status == GY_OK; i++)
      for (size_t j = i + 1; j < end && status == GY_OK; j++)
        status = compare(s, by_hand, &s->customers[i], &s->customers[j], err);
  }
  free(by_hand);
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
                      .open = open_customers,
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
  if (s->names.data != NULL) sodium_memzero(s->names.data, s->names.length);
  gy_buffer_clear(&s->names);
  gy_buffer_clear(&s->texts);
  free(s->customers);
  free(s->wanted);
  free(s->originals);
  free(s->found);
}

gy_status gy_identity_part_contradictions(gy_identity_work *work, int64_t *n, gy_error *err) {
  search s = {.work = work};
  bool says = false;
  gy_buffer_init(&s.texts, BYTES_MOST);
  gy_buffer_init(&s.names, BYTES_MOST);
  gy_status status = gy_identity_execute(work, err, "%s",
                                         "DELETE FROM identity_fuzzy_links WHERE decision = 'contradiction'");
  if (status == GY_OK && work->plan->config->contradictions == GY_CONTRADICTIONS_KEEP_APART) {
    status = choose(&s, err);
    if (status == GY_OK && s.n > 0) status = load_said(&s, &says, err);
    if (status == GY_OK && says) status = load_names(&s, err);
    if (status == GY_OK && says) status = compare_all(&s, err);
    if (status == GY_OK && s.n_found > 0) status = part(&s, err);
    if (status == GY_OK && s.n_found > 0) status = store(&s, err);
  }
  if (status == GY_OK) *n = (int64_t)s.n_found;
  clear(&s);
  return status;
}
