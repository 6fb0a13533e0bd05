/* SPDX-License-Identifier: Apache-2.0
 *
 * Every form in which a name is written. 수원시 영통구 (Suwon-si Yeongtong-gu) is also 수원 영통구, 영통구,
 * and, where nothing else is called so, 수원 영통 and 영통; in English the district may come first. Names of
 * one syllable (중구) keep their 구. */
#include "geo/region_name_keys.h"

#include <stdlib.h>
#include <string.h>

#include "geo/region_name_tables.h"
#include "geo/region_text.h"

/* ---- keys ---- */

gy_status gy_region_names_add(gy_region_names *names, const char *name, size_t length, int32_t region,
                              int32_t parent, gy_name_rank rank, gy_error *err) {
  char folded[GY_REGION_TEXT_ROOM];
  size_t n = gy_region_text_fold(name, length, folded, NULL);
  if (n == 0) return GY_OK;
  if (names->n_keys == names->key_room) {
    size_t room = names->key_room == 0 ? 4096 : 2 * names->key_room;
    gy_name_key *keys = realloc(names->keys, room * sizeof *keys);
    if (keys == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu names of regions", room);
    names->keys = keys;
    names->key_room = room;
  }
  char *key = gy_arena_strndup(&names->texts, folded, n);
  if (key == NULL) return gy_fail(err, GY_ENOMEM, "no memory for names of regions");
  names->keys[names->n_keys++] = (gy_name_key){key, (uint32_t)n, region, parent, rank};
  if (n > names->key_length_most) names->key_length_most = n;
  return GY_OK;
}

static int compare_texts(const char *a, size_t n_a, const char *b, size_t n_b) {
  int order = memcmp(a, b, n_a < n_b ? n_a : n_b);
  return order != 0 ? order : (n_a > n_b) - (n_a < n_b);
}

static int compare_keys(const void *left, const void *right) {
  const gy_name_key *a = left, *b = right;
  int order = compare_texts(a->key, a->length, b->key, b->length);
  if (order == 0) order = (int)a->rank - (int)b->rank;
  return order != 0 ? order : (a->region > b->region) - (a->region < b->region);
}

void gy_region_names_sort(gy_region_names *names) {
  if (names->n_keys > 0) qsort(names->keys, names->n_keys, sizeof *names->keys, compare_keys);
}

const gy_name_key *gy_region_names_look(const gy_region_names *names, const char *key, size_t length) {
  size_t low = 0, high = names->n_keys;
  if (length > names->key_length_most) return NULL;
  while (low < high) {
    size_t middle = (low + high) / 2;
    const gy_name_key *at = &names->keys[middle];
    if (compare_texts(at->key, at->length, key, length) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  const gy_name_key *found = &names->keys[low];
  return low < names->n_keys && found->length == length && memcmp(found->key, key, length) == 0 ? found
                                                                                                : NULL;
}

/* ---- forms ---- */

typedef struct word {
  const char *text;
  size_t full, stem; /* bytes with and without 시, 군, 구; stem 0: never without */
} word;

static const size_t SYLLABLE_BYTES = 3;

static word word_of(const char *text, size_t length, bool has_stem) {
  word w = {text, length, 0};
  if (!has_stem) return w;
  const char *hyphen = memchr(text, '-', length);
  w.stem = hyphen != NULL ? (size_t)(hyphen - text) : length - SYLLABLE_BYTES;
  return w;
}

static gy_status add_pair(gy_region_names *names, const char *a, size_t n_a, const char *b, size_t n_b,
                          int32_t region, gy_name_rank rank, gy_error *err) {
  char both[GY_REGION_TEXT_MAX];
  if (n_a == 0 || n_b == 0 || n_a + n_b + 1 >= sizeof both) return GY_OK;
  memcpy(both, a, n_a);
  both[n_a] = ' ';
  memcpy(both + n_a + 1, b, n_b);
  return gy_region_names_add(names, both, n_a + n_b + 1, region, names->entries[region].parent, rank, err);
}

/* A 구 with its 시, each with and without what it is, in either order. */
static gy_status add_district(gy_region_names *names, word city, word district, int32_t region,
                              gy_error *err) {
  const size_t of_city[2] = {city.full, city.stem}, of_district[2] = {district.full, district.stem};
  gy_status status = GY_OK;
  for (int i = 0; i < 4 && status == GY_OK; i++) {
    size_t n_city = of_city[i / 2], n_district = of_district[i % 2];
    gy_name_rank rank = i % 2 == 0 ? GY_NAME_PROPER : GY_NAME_SHORT;
    status = add_pair(names, city.text, n_city, district.text, n_district, region, rank, err);
    if (status == GY_OK)
      status = add_pair(names, district.text, n_district, city.text, n_city, region, rank, err);
  }
  return status;
}

static gy_status add_word(gy_region_names *names, word w, int32_t region, gy_name_rank rank, gy_error *err) {
  int32_t parent = names->entries[region].parent;
  gy_status status = gy_region_names_add(names, w.text, w.full, region, parent, rank, err);
  if (status == GY_OK && w.stem > 0)
    status = gy_region_names_add(names, w.text, w.stem, region, parent, GY_NAME_SHORT, err);
  return status;
}

static gy_status add_municipality_name(gy_region_names *names, const char *name, bool has_stem,
                                       int32_t region, gy_name_rank rank, gy_error *err) {
  const char *blank = strchr(name, ' ');
  if (blank == NULL) return add_word(names, word_of(name, strlen(name), has_stem), region, rank, err);
  word city = word_of(name, (size_t)(blank - name), true),
       district = word_of(blank + 1, strlen(blank + 1), has_stem);
  gy_status status = add_district(names, city, district, region, err);
  return status == GY_OK ? add_word(names, district, region, rank, err) : status;
}

static gy_status add_all(gy_region_names *names, const char *further, int32_t region, gy_error *err) {
  gy_status status = GY_OK;
  for (const char *at = further; at != NULL && status == GY_OK;) {
    size_t length = strcspn(at, "|");
    status =
        gy_region_names_add(names, at, length, region, names->entries[region].parent, GY_NAME_PROPER, err);
    at = at[length] == '|' ? at + length + 1 : NULL;
  }
  return status;
}

/* ---- tables ---- */

static gy_status fill_countries(gy_region_names *names, gy_error *err) {
  gy_status status = GY_OK;
  for (const gy_country_row *row = gy_country_rows; row->code != NULL && status == GY_OK; row++) {
    int32_t region = (int32_t)names->n++;
    const char *const forms[] = {row->code, row->code3, row->name, row->name_en, row->further};
    names->entries[region] = (gy_named_region){GY_REGION_COUNTRY, row->code, row->name, row->name_en, -1};
    if (strcmp(row->code, "KR") == 0) names->korea = region;
    for (size_t i = 0; i < sizeof forms / sizeof *forms && status == GY_OK; i++)
      status = add_all(names, forms[i], region, err);
  }
  return status;
}

static gy_status fill_provinces(gy_region_names *names, gy_error *err) {
  gy_status status = GY_OK;
  for (const gy_province_row *row = gy_province_rows; row->code != NULL && status == GY_OK; row++) {
    int32_t region = (int32_t)names->n++;
    names->entries[region] =
        (gy_named_region){GY_REGION_PROVINCE, row->code, row->name, row->name_en, names->korea};
    status = add_all(names, row->name, region, err);
    if (status == GY_OK) status = add_all(names, row->name_en, region, err);
    if (status == GY_OK) status = add_all(names, row->further, region, err);
  }
  return status;
}

/* The 시도 or 시군구 with this code, or the 시도 that a code begins with. */
static int32_t region_of_code(const gy_region_names *names, const char *code, gy_region_level level) {
  for (size_t i = 0; i < names->n; i++)
    if (names->entries[i].level == level &&
        strncmp(names->entries[i].code, code, level == GY_REGION_PROVINCE ? 2 : 6) == 0)
      return (int32_t)i;
  return -1;
}

static gy_status fill_municipalities(gy_region_names *names, gy_error *err) {
  gy_status status = GY_OK;
  for (const gy_municipality_row *row = gy_municipality_rows; row->code != NULL && status == GY_OK; row++) {
    int32_t region = (int32_t)names->n++, parent = region_of_code(names, row->code, GY_REGION_PROVINCE);
    names->entries[region] =
        (gy_named_region){GY_REGION_MUNICIPALITY, row->code, row->name, row->name_en, parent};
    const char *blank = strrchr(row->name, ' ');
    bool has_stem = strlen(blank != NULL ? blank + 1 : row->name) > 2 * SYLLABLE_BYTES;
    /* 세종시 is first of all the 시도. */
    gy_name_rank rank = strcmp(row->code, "29010") == 0 ? GY_NAME_SHORT : GY_NAME_PROPER;
    status = add_municipality_name(names, row->name, has_stem, region, rank, err);
    if (status == GY_OK) status = add_municipality_name(names, row->name_en, has_stem, region, rank, err);
  }
  return status;
}

static gy_status fill_renamed(gy_region_names *names, gy_error *err) {
  gy_status status = GY_OK;
  for (const gy_renamed_row *row = gy_renamed_rows; row->code != NULL && status == GY_OK; row++)
    status = gy_region_names_add(
        names, row->name, strlen(row->name), region_of_code(names, row->code, GY_REGION_MUNICIPALITY),
        region_of_code(names, row->province, GY_REGION_PROVINCE), GY_NAME_PROPER, err);
  return status;
}

gy_status gy_region_names_fill(gy_region_names *names, gy_error *err) {
  size_t room = 0;
  for (const gy_country_row *row = gy_country_rows; row->code != NULL; row++) room++;
  for (const gy_province_row *row = gy_province_rows; row->code != NULL; row++) room++;
  for (const gy_municipality_row *row = gy_municipality_rows; row->code != NULL; row++) room++;
  names->entries = calloc(room, sizeof *names->entries);
  if (names->entries == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu names of regions", room);
  gy_status status = fill_countries(names, err);
  if (status == GY_OK) status = fill_provinces(names, err);
  if (status == GY_OK) status = fill_municipalities(names, err);
  if (status == GY_OK) status = fill_renamed(names, err);
  gy_region_names_sort(names);
  return status;
}
