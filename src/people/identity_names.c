/* SPDX-License-Identifier: Apache-2.0
 *
 * Ids of people over time. A vote is a key that had an id before; an id goes to one component, its heir, and
 * a component takes the one of its ids with the most votes. */
#include <stdlib.h>
#include <string.h>

#include "people/identity_graph.h"

/* Keys of one component that had one id. */
typedef struct {
  uint32_t component;
  int32_t id;
  uint32_t votes;
} claim;

typedef struct {
  const gy_identity_names *names;
  const uint32_t *labels;
  size_t n; /* components */
  claim *claims;
  size_t n_claims;
  uint32_t *ends;        /* a component: where its claims end */
  uint32_t *heir;        /* an id: the component that may have it, or UINT32_MAX */
  uint32_t *heir_votes;  /* an id */
  uint8_t *has_customer; /* a component */
  uint8_t *is_taken;     /* an id */
  int32_t *persons;
} naming;

static bool is_guest(const gy_identity_names *names, int32_t id) {
  return (size_t)id >= names->n_customers && names->is_guest[(size_t)id - names->n_customers];
}

static bool is_usable(const gy_identity_names *names, int32_t id) {
  return (size_t)id < names->n_customers || names->usable[(size_t)id - names->n_customers];
}

static int by_component_and_id(const void *left, const void *right) {
  const claim *a = left, *b = right;
  if (a->component != b->component) return a->component < b->component ? -1 : 1;
  return a->id < b->id ? -1 : a->id > b->id;
}

static int by_votes(const void *left, const void *right) {
  const claim *a = left, *b = right;
  if (a->votes != b->votes) return a->votes > b->votes ? -1 : 1;
  if (a->component != b->component) return a->component < b->component ? -1 : 1;
  return a->id < b->id ? -1 : a->id > b->id;
}

static bool is_claim(const gy_identity_names *names, const int32_t *had, size_t node) {
  return had[node] != GY_NO_PERSON && is_usable(names, had[node]);
}

/* One claim a key, those of a component together: counted, then placed. */
static void place_claims(naming *work, const int32_t *had) {
  const gy_identity_names *names = work->names;
  memset(work->ends, 0, (work->n + 1) * sizeof *work->ends);
  for (size_t i = 0; i < names->n_nodes; i++)
    if (is_claim(names, had, i)) work->ends[work->labels[i] + 1]++;
  for (size_t c = 0; c < work->n; c++) work->ends[c + 1] += work->ends[c];
  work->n_claims = work->ends[work->n];
  for (size_t i = 0; i < names->n_nodes; i++)
    if (is_claim(names, had, i))
      work->claims[work->ends[work->labels[i]]++] = (claim){work->labels[i], had[i], 1};
}

/* Claims on ids that keys had, ordered by component and id. */
static void count_claims(naming *work, const int32_t *had) {
  place_claims(work, had);
  for (size_t c = 0, begin = 0; c < work->n; begin = work->ends[c++])
    if (work->ends[c] - begin > 1)
      qsort(work->claims + begin, work->ends[c] - begin, sizeof *work->claims, by_component_and_id);
  size_t kept = 0;
  for (size_t i = 0; i < work->n_claims; i++) {
    claim *last = kept > 0 ? &work->claims[kept - 1] : NULL;
    if (last != NULL && by_component_and_id(last, &work->claims[i]) == 0)
      last->votes++;
    else
      work->claims[kept++] = work->claims[i];
  }
  work->n_claims = kept;
}

static void find_heirs(naming *work) {
  const gy_identity_names *names = work->names;
  memset(work->heir, 0xff, (names->n_customers + names->n_others) * sizeof *work->heir);
  for (size_t i = 0; i < names->n_customers; i++) {
    work->heir[i] = work->labels[i];
    work->heir_votes[i] = UINT32_MAX;
  }
  for (size_t i = 0; i < work->n_claims; i++) { /* claims are ordered by component */
    const claim *c = &work->claims[i];
    if (work->heir_votes[c->id] >= c->votes) continue;
    work->heir[c->id] = c->component;
    work->heir_votes[c->id] = c->votes;
  }
}

/* The id with the most votes; without any, the lowest customer's. Claims of a component stand together. */
static void take_most_voted(naming *work) {
  const gy_identity_names *names = work->names;
  for (size_t i = 0, end; i < work->n_claims; i = end) {
    uint32_t c = work->claims[i].component, most = 0;
    for (end = i; end < work->n_claims && work->claims[end].component == c; end++) {
      const claim *other = &work->claims[end];
      bool fits = work->heir[other->id] == c && !(work->has_customer[c] && is_guest(names, other->id));
      if (!fits || other->votes <= most) continue;
      most = other->votes;
      work->persons[c] = other->id;
    }
  }
  for (size_t i = 0; i < names->n_customers; i++)
    if (work->persons[work->labels[i]] == GY_NO_PERSON) work->persons[work->labels[i]] = (int32_t)i;
  for (size_t c = 0; c < work->n; c++)
    if (work->persons[c] != GY_NO_PERSON) work->is_taken[work->persons[c]] = 1;
}

/* Who has no id yet takes one that it had once and nobody has now. */
static void take_fallback(naming *work) {
  const gy_identity_names *names = work->names;
  count_claims(work, names->fallback);
  qsort(work->claims, work->n_claims, sizeof *work->claims, by_votes);
  for (size_t i = 0; i < work->n_claims; i++) {
    const claim *c = &work->claims[i];
    bool fits = (size_t)c->id >= names->n_customers && !work->is_taken[c->id] &&
                work->persons[c->component] == GY_NO_PERSON && !work->has_customer[c->component];
    if (!fits || (names->is_held != NULL && names->is_held[(size_t)c->id - names->n_customers])) continue;
    work->persons[c->component] = c->id;
    work->is_taken[c->id] = 1;
  }
}

/* Those who were cut off stay without, and so do guests where they are no people. */
static gy_status number_guests(naming *work, size_t *n_new, gy_error *err) {
  const gy_identity_names *names = work->names;
  uint8_t *is_lost = calloc(work->n + 1, 1);
  if (is_lost == NULL) return gy_fail(err, GY_ENOMEM, "no memory to name %zu people", work->n);
  for (size_t i = 0; i < names->n_nodes; i++)
    if (names->is_lost[i]) is_lost[work->labels[i]] = 1;
  size_t next = names->n_customers + names->n_others;
  for (size_t c = 0; c < work->n; c++) {
    if (work->has_customer[c]) continue;
    if (is_lost[c] || !names->guests)
      work->persons[c] = GY_NO_PERSON;
    else if (work->persons[c] == GY_NO_PERSON)
      work->persons[c] = (int32_t)next++;
  }
  *n_new = next - names->n_customers - names->n_others;
  free(is_lost);
  return GY_OK;
}

gy_status gy_identity_name(const gy_identity_names *names, const uint32_t *labels, size_t n, int32_t *persons,
                           size_t *n_new, gy_error *err) {
  size_t n_ids = names->n_customers + names->n_others;
  naming work = {.names = names, .labels = labels, .n = n, .persons = persons};
  work.claims = malloc((names->n_nodes + 1) * sizeof *work.claims);
  work.ends = malloc((n + 2) * sizeof *work.ends);
  work.heir = malloc((n_ids + 1) * sizeof *work.heir);
  work.heir_votes = calloc(n_ids + 1, sizeof *work.heir_votes);
  work.has_customer = calloc(n + 1, 1);
  work.is_taken = calloc(n_ids + 1, 1);
  gy_status status = GY_OK;
  if (work.claims == NULL || work.ends == NULL || work.heir == NULL || work.heir_votes == NULL ||
      work.has_customer == NULL || work.is_taken == NULL) {
    status = gy_fail(err, GY_ENOMEM, "no memory to name %zu people", n);
    goto done;
  }
  for (size_t c = 0; c < n; c++) persons[c] = GY_NO_PERSON;
  for (size_t i = 0; i < names->n_customers; i++) work.has_customer[labels[i]] = 1;
  count_claims(&work, names->before);
  find_heirs(&work);
  take_most_voted(&work);
  take_fallback(&work);
  status = number_guests(&work, n_new, err);
done:
  free(work.claims);
  free(work.ends);
  free(work.heir);
  free(work.heir_votes);
  free(work.has_customer);
  free(work.is_taken);
  return status;
}
