/* SPDX-License-Identifier: Apache-2.0
 *
 * Regions by name, as people write them: 서울, 서울특별시, Seoul, KR-11; 강원도, 강원특별자치도; 경기 수원시
 * 영통구, 수원 영통, "Yeongtong-gu, Suwon-si, Gyeonggi-do"; an address that begins with them; countries by
 * ISO code and name.
 *
 * Known are the 17 시도 and their 시군구 (250, and the 11 시 that have 구) by their names as of 2018 and the
 * changes up to 2024 as aliases, in Korean and English, with and without 시, 군, 구, and 249 countries. Case,
 * spaces, hyphens, punctuation and the form of Hangul (NFC, NFD) do not matter. A name that several 시도 have
 * (중구, 고성군, 강서구) is found with its 시도 and ambiguous without; 광주 is the city, 경기 광주 the other,
 * 광주시 ambiguous. Numbers are not names: codes of statistics and of administration use the same digits for
 * different places.
 *
 * Codes are those of the maps of KOSTAT (시도 2 digits, 시군구 5; a 시 that has 구 ends in 0), and ISO 3166-1
 * alpha-2 for countries, so that regions of gyeol/regions.h and names meet in them.
 *
 * Ownership: a gy_region_names is the caller's, immutable, for any number of threads; texts it lends live as
 * long. Determinism: the answer depends on the text and the aliases alone. Cost: some microseconds a text;
 * ask for distinct texts. Sources: KOSTAT (KOGL type 1), ISO 3166, Unicode CLDR 48 for names of countries. */
#ifndef GYEOL_REGION_NAMES_H
#define GYEOL_REGION_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gy_region_names gy_region_names;

typedef enum gy_region_level {
  GY_REGION_COUNTRY,
  GY_REGION_PROVINCE,
  GY_REGION_MUNICIPALITY
} gy_region_level;

typedef struct gy_named_region {
  gy_region_level level;
  const char *code, *name, *name_en; /* of a 구 of a 시: "수원시 영통구" */
  int32_t parent;                    /* 시도 of a 시군구, country of a 시도; -1 for a country */
} gy_named_region;

/* Another name for a region, which wins over all others; `region` is a text that names one region. */
typedef struct gy_region_alias {
  const char *alias, *region;
} gy_region_alias;

/* On success *names gives a handle for gy_region_names_destroy. `aliases` (n, at most 100,000) are copied.
 * Errors: GY_ECONFIG (an alias without a letter, or for no region or several, named), GY_ELIMIT, GY_ENOMEM.
 */
GY_MUST_USE gy_status gy_region_names_create(const gy_region_alias *aliases, size_t n,
                                             gy_region_names **names, gy_error *err);
void gy_region_names_destroy(gy_region_names *names);

size_t gy_region_names_count(const gy_region_names *names);
gy_named_region gy_region_names_at(const gy_region_names *names, size_t region);

typedef enum gy_region_match_kind {
  GY_REGION_FOUND,     /* the whole text names one region */
  GY_REGION_PARTLY,    /* its beginning does, as of an address; the rest is not understood */
  GY_REGION_AMBIGUOUS, /* several regions have the name */
  GY_REGION_UNKNOWN,
  GY_REGION_EMPTY /* no letter or digit in it */
} gy_region_match_kind;

/* "found", "partly", "ambiguous", "unknown", "empty". Never NULL. */
const char *gy_region_match_name(gy_region_match_kind kind);

enum { GY_REGION_CANDIDATES_KEPT = 8 };

typedef struct gy_region_match {
  gy_region_match_kind kind;
  int32_t region; /* -1 unless found or partly */
  size_t n_candidates;
  int32_t candidates[GY_REGION_CANDIDATES_KEPT]; /* the first of them, where it is ambiguous */
} gy_region_match;

/* Any bytes; what follows the first 256, a NUL, or what is no UTF-8, is not read. */
gy_region_match gy_region_name_find(const gy_region_names *names, const char *text, size_t length);

enum { GY_REGION_TEXTS_LISTED = 20 };

typedef struct gy_region_name_figures {
  size_t n_found, n_partly, n_ambiguous, n_unknown, n_empty; /* texts; together n */
  size_t n_distinct;                                         /* texts that are ambiguous or unknown */
  size_t n_listed;
  struct {
    const char *text; /* the caller's */
    size_t n;
    gy_region_match_kind kind;
  } listed[GY_REGION_TEXTS_LISTED]; /* the most frequent of them, then by bytes */
} gy_region_name_figures;

/* Many texts, NULL as empty; `region` (n, the caller's) receives -1 or the region. Errors: GY_ENOMEM. */
GY_MUST_USE gy_status gy_region_names_find(const gy_region_names *names, const char *const *texts, size_t n,
                                           int32_t *region, gy_region_name_figures *figures, gy_error *err);

#ifdef __cplusplus
}
#endif
#endif
