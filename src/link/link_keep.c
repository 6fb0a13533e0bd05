/* SPDX-License-Identifier: Apache-2.0 */
#include "link/link_keep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct kept_pairs {
  const link_work *work;
  link_places *places; /* of the thread */
  gy_linked_pair *pairs;
  size_t n, capacity;
  uint64_t n_seen;
  float least;   /* weight of review */
  size_t most;   /* pairs that fit the budget, all threads together */
  size_t *n_all; /* kept by all threads */
  bool over;
} kept_pairs;

/* Bits that a field gives a pair. */
static float field_weight(const link_work *w, size_t f, int level, uint32_t left) {
  if (level < 0) return 0;
  float bits = w->weights[f][level];
  if (w->frequency[f] != NULL && level == w->model.levels[f] - 1)
    bits += w->frequency[f][w->fields[f].codes[0][left] - 1];
  return bits;
}

static float pair_weight(const link_work *w, uint64_t pattern, uint32_t left) {
  float sum = 0;
  for (size_t f = 0; f < w->n_fields; f++) sum += field_weight(w, f, link_pattern_level(pattern, f), left);
  return sum;
}

static bool put_pair(kept_pairs *to, gy_linked_pair pair) {
  if (__atomic_add_fetch(to->n_all, 1, __ATOMIC_RELAXED) > to->most) {
    to->over = true;
    return false;
  }
  if (to->n == to->capacity) {
    size_t capacity = to->capacity > 0 ? to->capacity * 2 : 1024;
    gy_linked_pair *wider = realloc(to->pairs, capacity * sizeof *wider);
    if (wider == NULL) return false;
    to->pairs = wider;
    to->capacity = capacity;
  }
  to->pairs[to->n++] = pair;
  return true;
}

static bool weigh_pair(void *context, uint32_t left, uint32_t right) {
  kept_pairs *to = context;
  const link_work *w = to->work;
  to->n_seen++;
  float weight = pair_weight(w, link_pattern(w, left, right, to->places), left);
  if (weight < to->least) return true;
  double probability = 1 / (1 + exp2(-(weight + w->prior)));
  bool is_match = probability >= w->options->match_prob;
  return put_pair(to, (gy_linked_pair){left, right, weight, (float)probability, is_match});
}

static int by_records(const void *a, const void *b) {
  const gy_linked_pair *x = a, *y = b;
  if (x->left != y->left) return x->left < y->left ? -1 : 1;
  return (x->right > y->right) - (x->right < y->right);
}

static int by_weight(const void *a, const void *b) {
  const gy_linked_pair *x = a, *y = b;
  if (x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
  return by_records(a, b);
}

/* The heaviest pair first; a record that has one takes no other. */
static gy_status pair_off(const link_work *w, gy_link_result *result, gy_error *err) {
  size_t n_left = w->lists.n[0], n = 0;
  bool *taken = calloc(n_left + w->lists.n[1], sizeof *taken);
  if (taken == NULL) return gy_fail(err, GY_ENOMEM, "linkage: no memory to pair records off");
  bool *taken_right = w->lists.is_one ? taken : taken + n_left;
  qsort(result->pairs, result->n_pairs, sizeof *result->pairs, by_weight);
  for (size_t i = 0; i < result->n_pairs; i++) {
    gy_linked_pair pair = result->pairs[i];
    if (taken[pair.left] || taken_right[pair.right]) continue;
    taken[pair.left] = taken_right[pair.right] = true;
    result->pairs[n++] = pair;
  }
  result->n_pairs = n;
  free(taken);
  return GY_OK;
}

/* Sorted, one to one where wanted, with levels and weights by field. */
static gy_status finish(const link_work *w, link_places *places, gy_link_result *result, gy_error *err) {
  gy_status status = w->options->one_to_one ? pair_off(w, result, err) : GY_OK;
  if (status != GY_OK) return status;
  size_t d = w->n_fields, n = result->n_pairs;
  if (n > 0) qsort(result->pairs, n, sizeof *result->pairs, by_records);
  result->levels = malloc(n * d + 1);
  result->weights = malloc((n * d + 1) * sizeof *result->weights);
  if (result->levels == NULL || result->weights == NULL)
    return gy_fail(err, GY_ENOMEM, "linkage: no memory to explain %zu pairs", n);
  for (size_t i = 0; i < n; i++) {
    const gy_linked_pair *pair = &result->pairs[i];
    uint64_t pattern = link_pattern(w, pair->left, pair->right, places);
    result->n_matches += pair->is_match;
    for (size_t f = 0; f < d; f++) {
      int level = link_pattern_level(pattern, f);
      result->levels[i * d + f] = (int8_t)level;
      result->weights[i * d + f] = field_weight(w, f, level, pair->left);
    }
  }
  result->n_fields = d;
  result->model = w->model;
  memcpy(result->m_assumed, w->m_assumed, sizeof result->m_assumed);
  memcpy(result->rules, w->reports, sizeof result->rules);
  return GY_OK;
}

static gy_status gather(kept_pairs *kept, int n_threads, gy_link_result *result, gy_error *err) {
  size_t n = 0;
  for (int t = 0; t < n_threads; t++) n += kept[t].n;
  result->pairs = malloc((n + 1) * sizeof *result->pairs);
  if (result->pairs == NULL) return gy_fail(err, GY_ENOMEM, "linkage: no memory for %zu pairs", n);
  for (int t = 0; t < n_threads; t++) {
    if (kept[t].n > 0)
      memcpy(result->pairs + result->n_pairs, kept[t].pairs, kept[t].n * sizeof *kept->pairs);
    result->n_pairs += kept[t].n;
    result->n_candidates += kept[t].n_seen;
    free(kept[t].pairs);
    kept[t].pairs = NULL;
  }
  return GY_OK;
}

static gy_status weigh(link_work *w, kept_pairs *kept, link_places *places, size_t planned, size_t *n_all,
                       gy_error *err) {
  size_t budget = gy_task_memory(w->task), room = budget > planned ? budget - planned : 0;
  size_t most = room / (3 * sizeof(gy_linked_pair) + 5 * w->n_fields);
  bool over = false;
  for (int t = 0; t < w->n_threads; t++)
    kept[t] = (kept_pairs){.work = w,
                           .places = places + (size_t)t * w->n_fields,
                           .least = (float)gy_linkage_threshold(&w->model, w->options->review_prob),
                           .most = most,
                           .n_all = n_all};
  gy_status status = link_each_pair(w, "weigh pairs", 1, false, weigh_pair, kept, sizeof *kept, err);
  for (int t = 0; t < w->n_threads; t++) over = over || kept[t].over;
  if (over)
    return gy_fail(
        err, GY_ELIMIT,
        "linkage: more than %zu pairs are worth keeping, which is all that the budget holds; raise "
        "the line for review, or memory",
        most);
  return status;
}

gy_status link_keep_pairs(link_work *w, size_t planned, gy_link_result *result, gy_error *err) {
  gy_link_result made = {0};
  size_t n_all = 0;
  kept_pairs *kept = calloc((size_t)w->n_threads, sizeof *kept);
  link_places *places = calloc((size_t)w->n_threads * w->n_fields, sizeof *places);
  gy_status status = GY_OK;
  if (kept == NULL || places == NULL) status = gy_fail(err, GY_ENOMEM, "linkage: no memory for threads");
  if (status == GY_OK) status = weigh(w, kept, places, planned, &n_all, err);
  if (status == GY_OK) status = gather(kept, w->n_threads, &made, err);
  if (status == GY_OK) status = finish(w, places, &made, err);
  for (int t = 0; t < w->n_threads && kept != NULL; t++) free(kept[t].pairs);
  free(kept);
  free(places);
  if (status == GY_OK)
    *result = made;
  else
    gy_link_result_clear(&made);
  return status;
}

void gy_link_result_clear(gy_link_result *result) {
  free(result->pairs);
  free(result->levels);
  free(result->weights);
  *result = (gy_link_result){0};
}
