/* SPDX-License-Identifier: Apache-2.0
 *
 * Who does what when, in order of time, in bounded memory.
 *
 * An export of orders is ordered by time, while processes are drawn customer by customer. The schedule
 * turns one into the other without holding all orders: it runs every customer once to count entries by
 * day, cuts the window into slices of days that fit the budget, and for each slice runs every customer
 * again, keeping only what falls into the slice:
 *
 *   key = second of day (17 bits) | customer (31) | ordinal (16)        8 bytes an entry
 *
 * Keys are scattered into their days and each day is sorted by itself, so the order is that of (day,
 * second, customer, ordinal) whatever the threads and slices were. An order's id is its rank among all
 * orders; a return finds the rank of its order by binary search, for which a slice keeps the keys of the
 * orders of the fourteen days before it. */
#include <omp.h>
#include <stdlib.h>

#include "simulate/shop_model.h"

enum {
  KINDS = 3,
  SLICE_ENTRIES = 2 << 20,
  SLICE_ENTRIES_MIN = 1 << 16,
  PART_ENTRIES = 4096,
  RADIX_BITS = 11
};

typedef struct part_start {
  uint64_t at[KINDS];
  int32_t day;
} part_start;

struct gy_shop_schedule {
  const gy_shop *shop;
  bool with_visits;
  uint64_t *day_counts[KINDS]; /* n_days */
  uint64_t *orders_before;     /* orders of earlier days; n_days + 1 */
  uint64_t totals[KINDS];
  uint64_t slice_entries; /* budget */
  int32_t from, to;       /* days of the current slice */
  int32_t order_from;     /* orders are held from this day on */
  uint64_t *keys[KINDS];
  uint64_t *offsets[KINDS]; /* where a day's keys begin, for the days held; n_days + 1 */
  part_start *parts;        /* n_parts + 1 */
  size_t n_parts, parts_capacity;
};

static uint64_t key_of(shop_moment moment, uint64_t customer, uint32_t ordinal) {
  return (uint64_t)moment.second << 47 | customer << 16 | ordinal;
}

/* Where the entries of a run over all customers go: counted by day, or put into their day. */
typedef struct collector {
  int32_t from, to;
  uint64_t *counts[KINDS];  /* counting */
  uint64_t *cursors[KINDS]; /* placing */
  uint64_t **keys;
} collector;

static inline void collect(const collector *to, shop_visit_kind kind, shop_moment moment, uint64_t customer,
                           uint32_t ordinal) {
  if (moment.day < to->from || moment.day >= to->to) return;
  if (to->keys == NULL) {
    to->counts[kind][moment.day]++;
    return;
  }
  uint64_t at = __atomic_fetch_add(&to->cursors[kind][moment.day], 1, __ATOMIC_RELAXED);
  to->keys[kind][at] = key_of(moment, customer, ordinal);
}

static void collect_order(const gy_shop *shop, const collector *to, int type, shop_moment moment,
                          uint64_t customer, uint32_t ordinal) {
  shop_moment returned;
  collect(to, SHOP_VISIT_ORDER, moment, customer, ordinal);
  if (moment.day + SHOP_RETURN_DAYS_MAX < to->from) return;
  if (shop_return_draw(shop, type, customer, ordinal, moment, &returned))
    collect(to, SHOP_VISIT_RETURN, returned, customer, ordinal);
}

/* Visits without an order run from the first purchase until dropout, at a multiple of its rate. */
static void collect_visits(const gy_shop *shop, const collector *to, uint64_t customer, const shop_life *life,
                           double joined, double until) {
  gy_rng rng;
  shop_stream(shop, &rng, SHOP_STREAM_VISIT, customer);
  double rate = life->rate * shop->types[life->type].visits_per_order;
  if (rate <= 0) return;
  double now = joined;
  for (uint32_t ordinal = SHOP_ORDINAL_VISIT; ordinal < SHOP_ORDINAL_END; ordinal++) {
    now += gy_rng_exponential(&rng, rate);
    if (now >= until) return;
    shop_moment moment = shop_moment_at(shop, life->type, now);
    if (moment.day >= to->to) return;
    collect(to, SHOP_VISIT_BROWSE, moment, customer, ordinal);
  }
}

static void collect_customer(const gy_shop *shop, bool with_visits, uint64_t customer, const collector *to) {
  shop_core core;
  shop_life life;
  shop_moment moment, joined = {0, 0};
  shop_core_draw(shop, customer, shop->options.campaigns > 0, &core);
  shop_life_begin(shop, customer, core.type, to->to, &life);
  if (life.done) return;
  double joined_at = life.now, last_at = life.now;
  bool cut = false;
  for (uint32_t ordinal = 0; !cut; ordinal++) {
    last_at = life.now;
    if (!shop_life_next(shop, &life, &moment)) break;
    if (ordinal == 0) joined = moment;
    cut = moment.day >= to->to;
    if (!cut) collect_order(shop, to, core.type, moment, customer, ordinal);
  }
  /* A life that was cut goes on beyond all days that matter here. */
  bool alive = cut || life.left > 0;
  shop_moment alive_until = alive ? (shop_moment){shop->n_days, 0} : moment;
  if (shop->options.campaigns > 0) {
    shop_touch touches[GY_SHOP_CAMPAIGNS_MAX];
    shop_touches_draw(shop, customer, &core, joined, alive_until, touches);
    for (uint32_t c = 0; c < shop->options.campaigns; c++)
      if (touches[c].caused)
        collect_order(shop, to, core.type, touches[c].order, customer, SHOP_ORDINAL_CAMPAIGN + c);
  }
  if (with_visits) collect_visits(shop, to, customer, &life, joined_at, alive ? shop->n_days : last_at);
}

static gy_status count_days(gy_shop_schedule *s, const gy_task *task, gy_error *err) {
  const gy_shop *shop = s->shop;
  int n_threads = gy_task_threads(task);
  size_t days = (size_t)shop->n_days;
  uint64_t *counts = calloc((size_t)n_threads * KINDS * days, sizeof *counts);
  if (counts == NULL) return gy_fail(err, GY_ENOMEM, "no memory to count orders by day");
  int64_t n_blocks = (int64_t)((shop->options.customers + SHOP_BLOCK_CUSTOMERS - 1) / SHOP_BLOCK_CUSTOMERS);
#pragma omp parallel for num_threads(n_threads) schedule(dynamic)
  for (int64_t b = 0; b < n_blocks; b++) {
    if (gy_task_cancelled(task)) continue;
    uint64_t *own = counts + (size_t)omp_get_thread_num() * KINDS * days;
    collector to = {.from = 0, .to = shop->n_days, .counts = {own, own + days, own + 2 * days}};
    uint64_t first = (uint64_t)b * SHOP_BLOCK_CUSTOMERS, end = first + SHOP_BLOCK_CUSTOMERS;
    if (end > shop->options.customers) end = shop->options.customers;
    for (uint64_t i = first; i < end; i++) collect_customer(shop, s->with_visits, i, &to);
  }
  for (int t = 0; t < n_threads; t++)
    for (int k = 0; k < KINDS; k++)
      for (size_t d = 0; d < days; d++)
        s->day_counts[k][d] += counts[((size_t)t * KINDS + (size_t)k) * days + d];
  free(counts);
  return gy_task_check(task, err);
}

/* The day after the last day of a slice that begins on day `from`. */
static int32_t slice_end(const gy_shop_schedule *s, int32_t from) {
  uint64_t held = 0;
  int32_t to = from;
  while (to < s->shop->n_days) {
    for (int k = 0; k < KINDS; k++) held += s->day_counts[k][to];
    if (to > from && held > s->slice_entries) break;
    to++;
  }
  return to;
}

static uint64_t sum_days(const gy_shop_schedule *s, int kind, int32_t from, int32_t to) {
  uint64_t sum = 0;
  for (int32_t d = from; d < to; d++) sum += s->day_counts[kind][d];
  return sum;
}

static int32_t orders_held_from(int32_t from) {
  return from > SHOP_RETURN_DAYS_MAX ? from - SHOP_RETURN_DAYS_MAX : 0;
}

static gy_status allocate_slices(gy_shop_schedule *s, gy_error *err) {
  uint64_t most[KINDS] = {1, 1, 1};
  for (int32_t from = 0, to; from < s->shop->n_days; from = to) {
    to = slice_end(s, from);
    for (int k = 0; k < KINDS; k++) {
      uint64_t n = sum_days(s, k, k == SHOP_VISIT_ORDER ? orders_held_from(from) : from, to);
      if (n > most[k]) most[k] = n;
    }
  }
  for (int k = 0; k < KINDS; k++) {
    s->keys[k] = malloc(most[k] * sizeof *s->keys[k]);
    if (s->keys[k] == NULL)
      return gy_fail(err, GY_ENOMEM, "no memory for %llu orders of a slice", (unsigned long long)most[k]);
  }
  return GY_OK;
}

gy_status gy_shop_schedule_create(const gy_shop *shop, bool with_visits, const gy_task *task,
                                  gy_shop_schedule **schedule, gy_error *err) {
  size_t days = (size_t)shop->n_days;
  gy_status status = GY_ENOMEM;
  gy_shop_schedule *s = calloc(1, sizeof *s);
  if (s == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the schedule");
  s->shop = shop;
  s->with_visits = with_visits;
  bool allocated = (s->orders_before = calloc(days + 1, sizeof *s->orders_before)) != NULL;
  for (int k = 0; k < KINDS; k++) {
    allocated &= (s->day_counts[k] = calloc(days, sizeof *s->day_counts[k])) != NULL;
    allocated &= (s->offsets[k] = calloc(days + 1, sizeof *s->offsets[k])) != NULL;
  }
  if (!allocated) {
    status = gy_fail(err, GY_ENOMEM, "no memory for a schedule of %d days", shop->n_days);
    goto done;
  }
  s->slice_entries = SLICE_ENTRIES;
  uint64_t affordable = gy_task_memory(task) / 4 / sizeof(uint64_t);
  if (affordable < s->slice_entries) s->slice_entries = affordable;
  if (s->slice_entries < SLICE_ENTRIES_MIN) s->slice_entries = SLICE_ENTRIES_MIN;
  if ((status = count_days(s, task, err)) != GY_OK) goto done;
  for (int k = 0; k < KINDS; k++) s->totals[k] = sum_days(s, k, 0, shop->n_days);
  for (size_t d = 0; d < days; d++) s->orders_before[d + 1] = s->orders_before[d] + s->day_counts[0][d];
  status = allocate_slices(s, err);

done:
  if (status == GY_OK)
    *schedule = s;
  else
    gy_shop_schedule_destroy(s);
  return status;
}

void gy_shop_schedule_destroy(gy_shop_schedule *s) {
  if (s == NULL) return;
  for (int k = 0; k < KINDS; k++) {
    free(s->day_counts[k]);
    free(s->keys[k]);
    free(s->offsets[k]);
  }
  free(s->orders_before);
  free(s->parts);
  free(s);
}

static void sort_few(uint64_t *keys, uint64_t n) {
  for (uint64_t i = 1; i < n; i++) {
    uint64_t key = keys[i], j = i;
    for (; j > 0 && keys[j - 1] > key; j--) keys[j] = keys[j - 1];
    keys[j] = key;
  }
}

/* Radix sort, least significant digit first; `scratch` has room for n. */
static void sort_keys(uint64_t *keys, uint64_t n, uint64_t *scratch) {
  enum { BUCKETS = 1 << RADIX_BITS };
  if (n < 48) {
    sort_few(keys, n);
    return;
  }
  uint64_t *from = keys, *to = scratch;
  for (int shift = 0; shift < 64; shift += RADIX_BITS) {
    uint32_t counts[BUCKETS] = {0};
    for (uint64_t i = 0; i < n; i++) counts[from[i] >> shift & (BUCKETS - 1)]++;
    if (counts[from[0] >> shift & (BUCKETS - 1)] == n) continue;
    uint32_t sum = 0;
    for (int b = 0; b < BUCKETS; b++) {
      uint32_t count = counts[b];
      counts[b] = sum;
      sum += count;
    }
    for (uint64_t i = 0; i < n; i++) to[counts[from[i] >> shift & (BUCKETS - 1)]++] = from[i];
    uint64_t *swap = from;
    from = to;
    to = swap;
  }
  if (from != keys) memcpy(keys, from, n * sizeof *keys);
}

static gy_status sort_days(gy_shop_schedule *s, const gy_task *task, gy_error *err) {
  bool failed = false;
#pragma omp parallel for num_threads(gy_task_threads(task)) schedule(dynamic, 4)
  for (int32_t d = s->from; d < s->to; d++) {
    uint64_t most = 1;
    for (int k = 0; k < KINDS; k++)
      if (s->day_counts[k][d] > most) most = s->day_counts[k][d];
    uint64_t *scratch = malloc(most * sizeof *scratch);
    for (int k = 0; k < KINDS && scratch != NULL; k++)
      sort_keys(s->keys[k] + s->offsets[k][d], s->day_counts[k][d], scratch);
    if (scratch == NULL) __atomic_store_n(&failed, true, __ATOMIC_RELAXED);
    free(scratch);
  }
  return failed ? gy_fail(err, GY_ENOMEM, "no memory to sort a day's orders") : GY_OK;
}

/* Keeps the keys of the last days before the slice, and lays out those of its own days behind them. */
static void lay_out(gy_shop_schedule *s) {
  int32_t order_from = orders_held_from(s->from);
  uint64_t kept = sum_days(s, SHOP_VISIT_ORDER, order_from, s->from);
  if (kept > 0) {
    uint64_t *orders = s->keys[SHOP_VISIT_ORDER];
    memmove(orders, orders + s->offsets[SHOP_VISIT_ORDER][order_from], kept * sizeof *orders);
  }
  s->order_from = order_from;
  for (int k = 0; k < KINDS; k++) {
    int32_t first = k == SHOP_VISIT_ORDER ? order_from : s->from;
    s->offsets[k][first] = 0;
    for (int32_t d = first; d < s->to; d++) s->offsets[k][d + 1] = s->offsets[k][d] + s->day_counts[k][d];
  }
}

static gy_status place_keys(gy_shop_schedule *s, const gy_task *task, gy_error *err) {
  const gy_shop *shop = s->shop;
  size_t days = (size_t)shop->n_days + 1;
  uint64_t *cursors = malloc(KINDS * days * sizeof *cursors);
  if (cursors == NULL) return gy_fail(err, GY_ENOMEM, "no memory to place orders into days");
  collector to = {.from = s->from, .to = s->to, .keys = s->keys};
  for (int k = 0; k < KINDS; k++) {
    to.cursors[k] = cursors + (size_t)k * days;
    memcpy(to.cursors[k], s->offsets[k], days * sizeof *cursors);
  }
  int64_t n_blocks = (int64_t)((shop->options.customers + SHOP_BLOCK_CUSTOMERS - 1) / SHOP_BLOCK_CUSTOMERS);
#pragma omp parallel for num_threads(gy_task_threads(task)) schedule(dynamic)
  for (int64_t b = 0; b < n_blocks; b++) {
    if (gy_task_cancelled(task)) continue;
    uint64_t first = (uint64_t)b * SHOP_BLOCK_CUSTOMERS, end = first + SHOP_BLOCK_CUSTOMERS;
    if (end > shop->options.customers) end = shop->options.customers;
    for (uint64_t i = first; i < end; i++) collect_customer(shop, s->with_visits, i, &to);
  }
  free(cursors);
  return gy_task_check(task, err);
}

static uint64_t lower_bound(const uint64_t *keys, uint64_t from, uint64_t to, uint64_t key) {
  while (from < to) {
    uint64_t middle = from + (to - from) / 2;
    if (keys[middle] < key)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

static bool add_part(gy_shop_schedule *s, int32_t day, const uint64_t at[KINDS]) {
  if (s->n_parts == s->parts_capacity) {
    size_t capacity = s->parts_capacity > 0 ? s->parts_capacity * 2 : 1024;
    part_start *parts = realloc(s->parts, capacity * sizeof *parts);
    if (parts == NULL) return false;
    s->parts = parts;
    s->parts_capacity = capacity;
  }
  part_start *part = &s->parts[s->n_parts++];
  part->day = day;
  memcpy(part->at, at, sizeof part->at);
  return true;
}

/* Short days share a part; a long day is cut at keys of its most frequent kind. */
static gy_status cut_parts(gy_shop_schedule *s, gy_error *err) {
  uint64_t held = PART_ENTRIES;
  bool added = true;
  s->n_parts = 0;
  for (int32_t d = s->from; d <= s->to && added; d++) {
    uint64_t at[KINDS], n = 0;
    int main_kind = 0;
    for (int k = 0; k < KINDS; k++) {
      at[k] = s->offsets[k][d];
      if (d == s->to) continue;
      n += s->day_counts[k][d];
      if (s->day_counts[k][d] > s->day_counts[main_kind][d]) main_kind = k;
    }
    if (d == s->to || held + n > PART_ENTRIES) {
      added = add_part(s, d, at);
      held = 0;
    }
    held += n;
    uint64_t pieces = d == s->to ? 1 : (n + PART_ENTRIES - 1) / PART_ENTRIES;
    for (uint64_t i = 1; i < pieces && added; i++) {
      uint64_t middle = s->offsets[main_kind][d] + s->day_counts[main_kind][d] * i / pieces;
      uint64_t key = s->keys[main_kind][middle];
      for (int k = 0; k < KINDS; k++)
        at[k] = lower_bound(s->keys[k], s->offsets[k][d], s->offsets[k][d + 1], key);
      added = add_part(s, d, at);
      held = PART_ENTRIES;
    }
  }
  if (!added) return gy_fail(err, GY_ENOMEM, "no memory to divide a slice into parts");
  s->n_parts--; /* the last one only marks the end */
  return GY_OK;
}

gy_status gy_shop_schedule_next(gy_shop_schedule *s, const gy_task *task, bool *more, gy_error *err) {
  s->from = s->to;
  s->n_parts = 0;
  *more = s->from < s->shop->n_days;
  if (!*more) return GY_OK;
  s->to = slice_end(s, s->from);
  lay_out(s);
  gy_status status = place_keys(s, task, err);
  if (status == GY_OK) status = sort_days(s, task, err);
  if (status == GY_OK) status = cut_parts(s, err);
  return status;
}

uint64_t gy_shop_schedule_orders(const gy_shop_schedule *s) { return s->totals[SHOP_VISIT_ORDER]; }
uint64_t gy_shop_schedule_returns(const gy_shop_schedule *s) { return s->totals[SHOP_VISIT_RETURN]; }
uint64_t gy_shop_schedule_done(const gy_shop_schedule *s) { return s->orders_before[s->to]; }
size_t shop_schedule_parts(const gy_shop_schedule *s) { return s->n_parts; }

void shop_schedule_open(const gy_shop_schedule *s, size_t part, gy_shop_cursor *cursor) {
  *cursor = (gy_shop_cursor){.part = part, .day = s->parts[part].day};
  memcpy(cursor->at, s->parts[part].at, sizeof cursor->at);
  memcpy(cursor->end, s->parts[part + 1].at, sizeof cursor->end);
}

static uint64_t order_id_at(const gy_shop_schedule *s, int32_t day, uint64_t at) {
  return s->orders_before[day] + (at - s->offsets[SHOP_VISIT_ORDER][day]) + 1;
}

static uint64_t order_id_of(const gy_shop_schedule *s, uint64_t customer, uint32_t ordinal) {
  shop_moment moment = shop_order_moment(s->shop, customer, ordinal);
  const uint64_t *offsets = s->offsets[SHOP_VISIT_ORDER];
  uint64_t at = lower_bound(s->keys[SHOP_VISIT_ORDER], offsets[moment.day], offsets[moment.day + 1],
                            key_of(moment, customer, ordinal));
  return order_id_at(s, moment.day, at);
}

/* The kind whose next key on the cursor's day is least; KINDS: the day has no more. */
static int least_kind(const gy_shop_schedule *s, const gy_shop_cursor *cursor, unsigned kinds) {
  int least = KINDS;
  uint64_t least_key = UINT64_MAX;
  for (int k = 0; k < KINDS; k++) {
    uint64_t end =
        s->offsets[k][cursor->day + 1] < cursor->end[k] ? s->offsets[k][cursor->day + 1] : cursor->end[k];
    if (!(kinds >> k & 1) || cursor->at[k] >= end || s->keys[k][cursor->at[k]] >= least_key) continue;
    least = k;
    least_key = s->keys[k][cursor->at[k]];
  }
  return least;
}

bool shop_schedule_step(const gy_shop_schedule *s, gy_shop_cursor *cursor, unsigned kinds,
                        shop_visit *visit) {
  int kind = least_kind(s, cursor, kinds);
  while (kind == KINDS) {
    bool left = false;
    for (int k = 0; k < KINDS; k++) left |= (kinds >> k & 1) && cursor->at[k] < cursor->end[k];
    if (!left) return false;
    cursor->day++;
    kind = least_kind(s, cursor, kinds);
  }
  uint64_t at = cursor->at[kind]++, key = s->keys[kind][at];
  visit->kind = (shop_visit_kind)kind;
  visit->moment = (shop_moment){cursor->day, (int32_t)(key >> 47)};
  visit->customer = key >> 16 & 0x7FFFFFFF;
  visit->ordinal = (uint32_t)(key & 0xFFFF);
  visit->order_id = kind == SHOP_VISIT_ORDER    ? order_id_at(s, cursor->day, at)
                    : kind == SHOP_VISIT_RETURN ? order_id_of(s, visit->customer, visit->ordinal)
                                                : 0;
  return true;
}
