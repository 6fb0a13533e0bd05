/* SPDX-License-Identifier: Apache-2.0 */
#include "people/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people/identity_said.h"

size_t gy_identity_order(const gy_identity_config *config, gy_key_kind order[GY_KEY_COUNT]) {
  size_t n = 0;
  for (uint32_t i = 0; i < config->n_keys; i++)
    if (gy_key_joins(config->keys[i])) order[n++] = config->keys[i];
  return n;
}

/* A key has one type where all sources agree, else it is text everywhere. */
static void find_types(gy_identity_work *work, gy_identity_result *result) {
  const gy_identity_config *config = work->plan->config;
  for (uint32_t i = 0; i < config->n_keys; i++) {
    gy_key_kind kind = config->keys[i];
    const char *type = NULL;
    for (size_t s = 0; s < work->plan->n_sources; s++) {
      const char *own = work->plan->sources[s].types[kind];
      if (own != NULL) type = type == NULL || strcmp(type, own) == 0 ? own : "VARCHAR";
    }
    if (type == NULL && kind == GY_KEY_CUSTOMER) type = "VARCHAR";
    work->types[kind] = type;
    if (type != NULL) snprintf(result->tables.types[kind], sizeof result->tables.types[kind], "%s", type);
    if (type != NULL && gy_key_joins(kind)) work->order[work->n_order++] = kind;
  }
}

static void spread(const uint32_t *labels, const int32_t *of_component, size_t n, int32_t *persons) {
  for (size_t i = 0; i < n; i++) persons[i] = of_component[labels[i]];
}

/* Keys that lost a link as too much was linked, and shared ones, name no guest. */
static gy_status find_lost(gy_identity_work *work, uint8_t *is_lost, gy_error *err) {
  json_t *rows = NULL, *row;
  gy_status status =
      gy_engine_json(work->plan->engine, "SELECT node FROM identity_shared", NULL, 0, work->task, &rows, err);
  size_t i;
  json_array_foreach(rows, i, row) { is_lost[json_integer_value(json_object_get(row, "node"))] = 1; }
  json_decref(rows);
  for (size_t l = 0; l < work->graph.n_links; l++)
    if (work->labels.states[l] == GY_LINK_TOO_LARGE)
      is_lost[work->links[l].a] = is_lost[work->links[l].b] = 1;
  return status;
}

static gy_status name_together(gy_identity_work *work, gy_identity_names *names, int32_t *of_component,
                               gy_error *err) {
  size_t n_customers = names->n_customers, n_new = 0;
  if (work->graph.n_joins + work->graph.n_parts + work->graph.n_pins == 0) {
    memcpy(work->persons, work->automatic, work->graph.n_nodes * sizeof *work->persons);
    return GY_OK;
  }
  size_t n_others = work->n_others + work->n_new;
  uint8_t *is_held = calloc(n_others + 1, 1);
  if (is_held == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu ids of people", n_others);
  memset(work->usable + work->n_others, 1, work->n_new);
  memset(work->is_guest + work->n_others, 1, work->n_new);
  for (size_t i = 0; i < work->graph.n_nodes; i++)
    if (work->automatic[i] != GY_NO_PERSON && (size_t)work->automatic[i] >= n_customers)
      is_held[(size_t)work->automatic[i] - n_customers] = 1;
  names->before = work->automatic;
  names->fallback = work->held;
  names->n_others = n_others;
  names->is_held = is_held;
  gy_status status =
      gy_identity_name(names, work->labels.together, work->labels.n_together, of_component, &n_new, err);
  if (status == GY_OK) {
    spread(work->labels.together, of_component, work->graph.n_nodes, work->persons);
    work->n_new += n_new;
  }
  free(is_held);
  return status;
}

static gy_status name_people(gy_identity_work *work, gy_error *err) {
  size_t n = work->graph.n_nodes;
  uint8_t *is_lost = calloc(n + 1, 1);
  int32_t *of_component = malloc((n + 1) * sizeof *of_component);
  work->persons = malloc((n + 1) * sizeof *work->persons);
  work->automatic = malloc((n + 1) * sizeof *work->automatic);
  gy_status status = GY_OK;
  if (is_lost == NULL || of_component == NULL || work->persons == NULL || work->automatic == NULL)
    status = gy_fail(err, GY_ENOMEM, "no memory to name %zu keys", n);
  if (status == GY_OK) status = find_lost(work, is_lost, err);
  gy_identity_names names = {.n_nodes = n,
                             .n_customers = work->graph.begin[GY_KEY_CUSTOMER + 1],
                             .before = work->before,
                             .fallback = work->first,
                             .usable = work->usable,
                             .is_guest = work->is_guest,
                             .n_others = work->n_others,
                             .is_lost = is_lost,
                             .guests = work->plan->config->guests == GY_GUESTS_PERSON};
  if (status == GY_OK)
    status = gy_identity_name(&names, work->labels.automatic, work->labels.n_automatic, of_component,
                              &work->n_new, err);
  if (status == GY_OK) {
    spread(work->labels.automatic, of_component, n, work->automatic);
    status = name_together(work, &names, of_component, err);
  }
  free(is_lost);
  free(of_component);
  return status;
}

/* Customers of whom links put more together than one person may have, if few enough to be looked at. */
static gy_status find_crowds(gy_identity_work *work, uint32_t *nodes, size_t *n, gy_error *err) {
  const gy_identity_graph *graph = &work->graph;
  size_t n_customers = graph->begin[GY_KEY_CUSTOMER + 1], n_components = 0, found = 0;
  uint32_t *labels = work->labels.together, most = graph->config->limits[GY_KEY_CUSTOMER].values;
  gy_status status =
      gy_components(graph->n_nodes, graph->links, graph->n_links, work->task, labels, &n_components, err);
  if (status != GY_OK) return status;
  uint32_t *counts = calloc(n_components + 1, sizeof *counts);
  if (counts == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu people", n_components);
  for (size_t i = 0; i < n_customers; i++) counts[labels[i]]++;
  for (uint32_t i = 0; i < n_customers; i++)
    if (counts[labels[i]] > most && counts[labels[i]] <= GY_IDENTITY_COMPARED_MOST) nodes[found++] = i;
  free(counts);
  *n = found;
  return GY_OK;
}

/* Somebody who registered often is one voice, not many customers. */
static gy_status label_by_voices(gy_identity_work *work, gy_error *err) {
  size_t n_customers = work->graph.begin[GY_KEY_CUSTOMER + 1], n = 0;
  uint32_t *nodes = malloc((n_customers + 1) * sizeof *nodes), *voices = NULL;
  gy_status status =
      nodes != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for %zu customers", n_customers);
  if (status == GY_OK) status = find_crowds(work, nodes, &n, err);
  if (status == GY_OK && n > 0) {
    voices = malloc(n * sizeof *voices);
    work->voices = malloc(n_customers * sizeof *work->voices);
    if (voices == NULL || work->voices == NULL)
      status = gy_fail(err, GY_ENOMEM, "no memory for %zu customers", n_customers);
    if (status == GY_OK) status = gy_identity_voices(work, nodes, n, voices, err);
    for (uint32_t i = 0; i < n_customers && status == GY_OK; i++) work->voices[i] = i;
    for (size_t i = 0; i < n && status == GY_OK; i++) work->voices[nodes[i]] = voices[i];
    work->graph.voices = work->voices;
  }
  free(nodes);
  free(voices);
  return status == GY_OK ? gy_identity_label(&work->graph, work->task, &work->labels, err) : status;
}

static gy_status label(gy_identity_work *work, gy_error *err) {
  size_t n = work->graph.n_nodes;
  work->labels.automatic = malloc((n + 1) * sizeof *work->labels.automatic);
  work->labels.together = malloc((n + 1) * sizeof *work->labels.together);
  if (work->labels.automatic == NULL || work->labels.together == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for %zu keys of people", n);
  gy_status status = gy_identity_label(&work->graph, work->task, &work->labels, err);
  bool hears = work->plan->config->contradictions == GY_CONTRADICTIONS_KEEP_APART;
  return status == GY_OK && hears && work->labels.n_too_large > 0 ? label_by_voices(work, err) : status;
}

/* A text that changes with anything that views read. */
static gy_status digest(const gy_identity_work *work, gy_identity_result *result, gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, GY_IDENTITY_SQL_MAX);
  gy_buffer_text(
      &sql,
      "SELECT format('{:x}', coalesce(bit_xor(h), 0)) FROM (SELECT hash('alias', customer_id, person) "
      "AS h FROM person_aliases");
  for (gy_key_kind kind = 0; kind < GY_KEY_COUNT; kind++) {
    const char *name = gy_key_name(kind);
    if ((result->tables.filled >> kind & 1) != 0)
      gy_buffer_printf(&sql, " UNION ALL SELECT hash('%s', key, person) FROM person_by_%s", name, name);
    if ((result->tables.timed >> kind & 1) != 0)
      gy_buffer_printf(&sql, " UNION ALL SELECT hash('%s', key, since, person) FROM person_times_%s", name,
                       name);
  }
  gy_buffer_text(&sql, ")");
  char *text = NULL;
  gy_status status = sql.failed ? gy_fail(err, GY_ENOMEM, "no memory for the statements of identity") : GY_OK;
  if (status == GY_OK) status = gy_engine_text(work->plan->engine, sql.data, NULL, 0, &text, err);
  if (status == GY_OK) snprintf(result->digest, sizeof result->digest, "%s", text);
  free(text);
  gy_buffer_clear(&sql);
  return status;
}

static void work_clear(gy_identity_work *work) {
  free(work->links);
  free(work->joins);
  free(work->parts);
  free(work->pins);
  free(work->weights);
  free(work->voices);
  free(work->labels.automatic);
  free(work->labels.together);
  free(work->labels.states);
  free(work->before);
  free(work->first);
  free(work->held);
  free(work->usable);
  free(work->is_guest);
  free(work->persons);
  free(work->automatic);
}

gy_status gy_identity_resolve(const gy_identity_plan *plan, const gy_task *task, gy_identity_result *result,
                              gy_error *err) {
  gy_identity_work work = {.plan = plan, .task = task, .graph = {.config = plan->config}};
  gy_identity_result made = {.tables = {.active = true}};
  find_types(&work, &made);
  gy_status status = gy_identity_number_keys(&work, err);
  if (status == GY_OK) status = gy_identity_load(&work, err);
  if (status == GY_OK) status = label(&work, err);
  if (status == GY_OK) status = gy_identity_part_contradictions(&work, &made.n_apart, err);
  if (status == GY_OK) status = name_people(&work, err);
  if (status == GY_OK) status = gy_identity_store(&work, &made, err);
  if (status == GY_OK) status = gy_identity_attach(&work, &made, err);
  if (status == GY_OK) status = digest(&work, &made, err);
  made.n_stopped = (int64_t)work.labels.n_too_large;
  work_clear(&work);
  if (status == GY_OK) *result = made;
  return status;
}
