/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding a name in a text. The text is folded to letters and digits, its words kept in mind; then, for the
 * whole text and, an address being longer than a name, for less and less of its words:
 *
 *   서울강남구역삼동     a name as it stands?    a 시도 and a name under it, however divided?
 *   서울강남구           서울 + 강남구            강남구 + 서울, where a word begins between them
 *
 * A country's name around it is taken off first. */
#include <gyeol/region_names.h>

#include <stdlib.h>
#include <string.h>

#include "geo/region_name_keys.h"
#include "geo/region_text.h"

enum { ALIASES_MAX = 100000, TEXTS_MAX_BYTES = 256 << 20 };

typedef struct folded {
  char key[GY_REGION_TEXT_ROOM];
  unsigned char starts[GY_REGION_TEXT_ROOM];
  size_t begin, end;
} folded;

typedef struct hits {
  gy_name_rank rank;
  size_t n;
  int32_t regions[GY_REGION_CANDIDATES_KEPT], last;
} hits;

static void add_hit(hits *h, const gy_name_key *key) {
  if (h->n > 0 && (key->rank > h->rank || key->region == h->last)) return;
  if (h->n > 0 && key->rank < h->rank) h->n = 0;
  for (size_t i = 0; i < h->n && i < GY_REGION_CANDIDATES_KEPT; i++)
    if (h->regions[i] == key->region) return;
  if (h->n < GY_REGION_CANDIDATES_KEPT) h->regions[h->n] = key->region;
  h->n++;
  h->rank = key->rank;
  h->last = key->region;
}

static bool same_text(const gy_region_names *names, const gy_name_key *a, const gy_name_key *b) {
  return b < names->keys + names->n_keys && a->length == b->length && memcmp(a->key, b->key, a->length) == 0;
}

/* The text as a name: as a whole of anything, as the beginning of an address of places that are written out.
 */
static void look_whole(const gy_region_names *names, const char *text, size_t length, bool is_address,
                       hits *h) {
  const gy_name_key *first = gy_region_names_look(names, text, length);
  for (const gy_name_key *at = first; at != NULL && same_text(names, first, at); at++)
    if (!is_address || (at->rank != GY_NAME_SHORT && names->entries[at->region].level != GY_REGION_COUNTRY))
      add_hit(h, at);
}

/* The 시도 of this name, or -1. */
static int32_t look_province(const gy_region_names *names, const char *text, size_t length) {
  const gy_name_key *first = gy_region_names_look(names, text, length);
  for (const gy_name_key *at = first; at != NULL && same_text(names, first, at); at++)
    if (names->entries[at->region].level == GY_REGION_PROVINCE) return at->region;
  return -1;
}

static void look_under(const gy_region_names *names, int32_t province, const char *text, size_t length,
                       hits *h) {
  const gy_name_key *first = gy_region_names_look(names, text, length);
  if (province < 0) return;
  for (const gy_name_key *at = first; at != NULL && same_text(names, first, at); at++)
    if (names->entries[at->region].level == GY_REGION_MUNICIPALITY && at->parent == province) add_hit(h, at);
}

static void look_divided(const gy_region_names *names, const folded *text, size_t end, hits *h) {
  const char *key = text->key;
  size_t most = names->key_length_most;
  if (end - text->begin > 2 * most) return;
  for (size_t at = text->begin + 1; at < end; at++) {
    size_t n_left = at - text->begin, n_right = end - at;
    if (n_left > most || n_right > most || ((unsigned char)key[at] & 0xC0) == 0x80) continue;
    look_under(names, look_province(names, key + text->begin, n_left), key + at, n_right, h);
    if (text->starts[at])
      look_under(names, look_province(names, key + at, n_right), key + text->begin, n_left, h);
  }
}

static size_t previous_start(const folded *text, size_t end) {
  for (end--; end > text->begin && !text->starts[end];) end--;
  return end;
}

static gy_region_match match_of(const hits *h, bool is_part) {
  gy_region_match match = {.kind = GY_REGION_AMBIGUOUS, .region = -1, .n_candidates = h->n};
  memcpy(match.candidates, h->regions, sizeof match.candidates);
  if (h->n > 1) return match;
  match.kind = is_part ? GY_REGION_PARTLY : GY_REGION_FOUND;
  match.region = h->regions[0];
  return match;
}

static gy_region_match find_within(const gy_region_names *names, const folded *text) {
  for (size_t end = text->end; end > text->begin; end = previous_start(text, end)) {
    hits h = {.n = 0, .last = -1};
    look_whole(names, text->key + text->begin, end - text->begin, end < text->end, &h);
    if (h.n == 0) look_divided(names, text, end, &h);
    if (h.n > 0) return match_of(&h, end < text->end);
  }
  return (gy_region_match){.kind = GY_REGION_UNKNOWN, .region = -1};
}

static bool is_korea(const gy_region_names *names, const char *text, size_t length) {
  const gy_name_key *key = gy_region_names_look(names, text, length);
  return key != NULL && key->region == names->korea;
}

/* Takes the country off the beginning or the end; whether it was there. */
static bool take_country(const gy_region_names *names, folded *text) {
  for (size_t at = text->begin + 1; at < text->end; at++) {
    if (!text->starts[at]) continue;
    bool before = is_korea(names, text->key, at);
    if (!before && !is_korea(names, text->key + at, text->end - at)) continue;
    *(before ? &text->begin : &text->end) = at;
    return true;
  }
  return false;
}

gy_region_match gy_region_name_find(const gy_region_names *names, const char *text, size_t length) {
  folded words = {.begin = 0};
  words.end = gy_region_text_fold(text, length, words.key, words.starts);
  if (words.end == 0) return (gy_region_match){.kind = GY_REGION_EMPTY, .region = -1};
  hits whole = {.n = 0, .last = -1};
  look_whole(names, words.key, words.end, false, &whole);
  if (whole.n > 0) return match_of(&whole, false);
  bool in_korea = take_country(names, &words);
  gy_region_match match = find_within(names, &words);
  if (match.kind == GY_REGION_UNKNOWN && in_korea)
    match = (gy_region_match){.kind = GY_REGION_PARTLY, .region = names->korea};
  return match;
}

/* ---- the handle ---- */

static gy_status add_alias(gy_region_names *names, const gy_region_names *known, const gy_region_alias *alias,
                           gy_error *err) {
  char folded_alias[GY_REGION_TEXT_ROOM];
  if (gy_region_text_fold(alias->alias, strlen(alias->alias), folded_alias, NULL) == 0)
    return gy_fail(err, GY_ECONFIG, "the alias '%.80s' of '%.80s' has no letter in it", alias->alias,
                   alias->region);
  gy_region_match match = gy_region_name_find(known, alias->region, strlen(alias->region));
  if (match.kind != GY_REGION_FOUND)
    return gy_fail(err, GY_ECONFIG, "alias '%.80s': '%.80s' names %s; name one, like '서울 중구'",
                   alias->alias, alias->region,
                   match.kind == GY_REGION_AMBIGUOUS ? "several regions" : "no known region");
  return gy_region_names_add(names, alias->alias, strlen(alias->alias), match.region,
                             known->entries[match.region].parent, GY_NAME_ALIAS, err);
}

/* Every alias is read against the tables alone: their order means nothing. */
static gy_status add_aliases(gy_region_names *names, const gy_region_alias *aliases, size_t n,
                             gy_error *err) {
  const gy_name_key *last;
  gy_status status = GY_OK;
  gy_region_names known = *names;
  known.keys = malloc(names->n_keys * sizeof *known.keys);
  if (known.keys == NULL) return gy_fail(err, GY_ENOMEM, "no memory for aliases of regions");
  memcpy(known.keys, names->keys, names->n_keys * sizeof *known.keys);
  for (size_t i = 0; i < n && status == GY_OK; i++) status = add_alias(names, &known, &aliases[i], err);
  free(known.keys);
  gy_region_names_sort(names);
  last = names->keys;
  for (const gy_name_key *at = last + 1; status == GY_OK && at < names->keys + names->n_keys; last = at++)
    if (at->rank == GY_NAME_ALIAS && last->rank == GY_NAME_ALIAS && at->region != last->region &&
        same_text(names, last, at))
      status = gy_fail(err, GY_ECONFIG, "the alias '%.80s' is given to two regions, %s and %s", at->key,
                       names->entries[last->region].name, names->entries[at->region].name);
  return status;
}

gy_status gy_region_names_create(const gy_region_alias *aliases, size_t n, gy_region_names **names,
                                 gy_error *err) {
  if (n > ALIASES_MAX) return gy_fail(err, GY_ELIMIT, "more than %d aliases of regions", ALIASES_MAX);
  gy_region_names *made = calloc(1, sizeof *made);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory for names of regions");
  gy_arena_init(&made->texts, 0, TEXTS_MAX_BYTES);
  gy_status status = gy_region_names_fill(made, err);
  if (status == GY_OK && n > 0) status = add_aliases(made, aliases, n, err);
  if (status == GY_OK)
    *names = made;
  else
    gy_region_names_destroy(made);
  return status;
}

void gy_region_names_destroy(gy_region_names *names) {
  if (names == NULL) return;
  gy_arena_clear(&names->texts);
  free(names->entries);
  free(names->keys);
  free(names);
}

size_t gy_region_names_count(const gy_region_names *names) { return names->n; }

gy_named_region gy_region_names_at(const gy_region_names *names, size_t region) {
  return names->entries[region];
}

const char *gy_region_match_name(gy_region_match_kind kind) {
  static const char *const NAMES[] = {"found", "partly", "ambiguous", "unknown", "empty"};
  return (size_t)kind < sizeof NAMES / sizeof *NAMES ? NAMES[kind] : "unknown";
}
