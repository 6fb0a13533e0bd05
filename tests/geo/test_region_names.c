/* SPDX-License-Identifier: Apache-2.0
 *
 * Regions by name: as people write them, what several places are called, aliases, what is not known. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include <gyeol/region_names.h>
#include <gyeol/regions.h>

#include "support/alloc_fail.h"

static gy_region_names *names_of(const gy_region_alias *aliases, size_t n) {
  gy_region_names *names = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_region_names_create(aliases, n, &names, &err), GY_OK, "%s", err.text);
  return names;
}

static const char *code_of(const gy_region_names *names, gy_region_match match) {
  return match.region < 0 ? "" : gy_region_names_at(names, (size_t)match.region).code;
}

static void expect(const gy_region_names *names, const char *text, gy_region_match_kind kind,
                   const char *code) {
  gy_region_match match = gy_region_name_find(names, text, strlen(text));
  cr_expect_eq(match.kind, kind, "'%s' is %s, not %s (%s)", text, gy_region_match_name(match.kind),
               gy_region_match_name(kind), code_of(names, match));
  cr_expect_str_eq(code_of(names, match), code, "'%s'", text);
}

static const struct {
  const char *text;
  gy_region_match_kind kind;
  const char *code;
} TEXTS[] = {
    /* 시도 */
    {"서울", GY_REGION_FOUND, "11"},
    {" 서울 특별시 ", GY_REGION_FOUND, "11"},
    {"서울시", GY_REGION_FOUND, "11"},
    {"SEOUL", GY_REGION_FOUND, "11"},
    {"Ｓｅｏｕｌ", GY_REGION_FOUND, "11"},
    {"kr-11", GY_REGION_FOUND, "11"},
    {"대한민국 서울특별시", GY_REGION_FOUND, "11"},
    {"Seoul, South Korea", GY_REGION_FOUND, "11"},
    {"강원도", GY_REGION_FOUND, "32"},
    {"강원특별자치도", GY_REGION_FOUND, "32"},
    {"Gangwon-do", GY_REGION_FOUND, "32"},
    {"전북", GY_REGION_FOUND, "35"},
    {"전라북도", GY_REGION_FOUND, "35"},
    {"전북특별자치도", GY_REGION_FOUND, "35"},
    {"제주", GY_REGION_FOUND, "39"},
    {"제주특별자치도", GY_REGION_FOUND, "39"},
    {"세종시", GY_REGION_FOUND, "29"},
    {"광주", GY_REGION_FOUND, "24"},
    {"Gyeonggi Province", GY_REGION_FOUND, "31"},
    /* 시군구 */
    {"서울 강남구", GY_REGION_FOUND, "11230"},
    {"서울특별시강남구", GY_REGION_FOUND, "11230"},
    {"강남구", GY_REGION_FOUND, "11230"},
    {"강남", GY_REGION_FOUND, "11230"},
    {"Seoul, Gangnam-gu", GY_REGION_FOUND, "11230"},
    {"Gangnam-gu, Seoul", GY_REGION_FOUND, "11230"},
    {"Gangnam-gu, Seoul, Republic of Korea", GY_REGION_FOUND, "11230"},
    {"gangnamgu", GY_REGION_FOUND, "11230"},
    {"경기 수원시 영통구", GY_REGION_FOUND, "31014"},
    {"경기도 수원 영통", GY_REGION_FOUND, "31014"},
    {"수원시영통구", GY_REGION_FOUND, "31014"},
    {"영통구", GY_REGION_FOUND, "31014"},
    {"Yeongtong-gu, Suwon-si, Gyeonggi-do", GY_REGION_FOUND, "31014"},
    {"수원", GY_REGION_FOUND, "31010"},
    {"경기도 성남시", GY_REGION_FOUND, "31020"},
    {"서울 중구", GY_REGION_FOUND, "11020"},
    {"부산/중구", GY_REGION_FOUND, "21010"},
    {"대구>북구", GY_REGION_FOUND, "22050"},
    {"경북 남구", GY_REGION_FOUND, "37011"},
    {"경남 고성군", GY_REGION_FOUND, "38340"},
    {"강원 고성", GY_REGION_FOUND, "32400"},
    {"경기 광주", GY_REGION_FOUND, "31250"},
    {"경기도 광주시", GY_REGION_FOUND, "31250"},
    {"광주 동구", GY_REGION_FOUND, "24010"},
    {"제주시", GY_REGION_FOUND, "39010"},
    {"제주 서귀포", GY_REGION_FOUND, "39020"},
    {"세종특별자치시 세종시", GY_REGION_FOUND, "29010"},
    /* of another time */
    {"인천 미추홀구", GY_REGION_FOUND, "23030"},
    {"인천 남구", GY_REGION_FOUND, "23030"},
    {"대구광역시 군위군", GY_REGION_FOUND, "37310"},
    {"경북 군위군", GY_REGION_FOUND, "37310"},
    {"군위군", GY_REGION_FOUND, "37310"},
    {"마산시", GY_REGION_FOUND, "38110"},
    /* addresses */
    {"서울 강남구 테헤란로 1", GY_REGION_PARTLY, "11230"},
    {"수원시 영통구 매탄동 123-4", GY_REGION_PARTLY, "31014"},
    {"경기 부천시 원미구", GY_REGION_PARTLY, "31050"},
    {"서울 어딘가", GY_REGION_PARTLY, "11"},
    {"서울 해운대구", GY_REGION_PARTLY, "11"},
    {"대한민국 아무데", GY_REGION_PARTLY, "KR"},
    /* several */
    {"중구", GY_REGION_AMBIGUOUS, ""},
    {"동구", GY_REGION_AMBIGUOUS, ""},
    {"강서구", GY_REGION_AMBIGUOUS, ""},
    {"고성군", GY_REGION_AMBIGUOUS, ""},
    {"광주시", GY_REGION_AMBIGUOUS, ""},
    {"중구 명동", GY_REGION_AMBIGUOUS, ""},
    {"Jung-gu", GY_REGION_AMBIGUOUS, ""},
    /* countries */
    {"KR", GY_REGION_FOUND, "KR"},
    {"대한민국", GY_REGION_FOUND, "KR"},
    {"Korea, Republic of", GY_REGION_FOUND, "KR"},
    {"usa", GY_REGION_FOUND, "US"},
    {"미국", GY_REGION_FOUND, "US"},
    {"GBR", GY_REGION_FOUND, "GB"},
    {"Türkiye", GY_REGION_FOUND, "TR"},
    {"홍콩", GY_REGION_FOUND, "HK"},
    {"Trinidad and Tobago", GY_REGION_FOUND, "TT"},
    /* none */
    {"화성", GY_REGION_FOUND, "31240"},
    {"Atlantis", GY_REGION_UNKNOWN, ""},
    {"11230", GY_REGION_UNKNOWN, ""},
    {"중", GY_REGION_UNKNOWN, ""},
    {"강남역", GY_REGION_UNKNOWN, ""},
    {"in the middle", GY_REGION_UNKNOWN, ""},
    {"", GY_REGION_EMPTY, ""},
    {" -,- ", GY_REGION_EMPTY, ""},
    {"\xff\xfe", GY_REGION_EMPTY, ""},
};

Test(region_names, names_are_found_as_people_write_them) {
  gy_region_names *names = names_of(NULL, 0);
  for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
    expect(names, TEXTS[i].text, TEXTS[i].kind, TEXTS[i].code);
  gy_region_names_destroy(names);
}

Test(region_names, the_form_of_hangul_changes_nothing) {
  gy_region_names *names = names_of(NULL, 0);
  for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
    utf8proc_int32_t codes[1024];
    utf8proc_ssize_t n = utf8proc_decompose((const utf8proc_uint8_t *)TEXTS[i].text, 0, codes, 1023,
                                            UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
    if (n <= 0) continue; /* no UTF-8 */
    cr_assert_gt(utf8proc_reencode(codes, n, UTF8PROC_STABLE), 0);
    expect(names, (const char *)codes, TEXTS[i].kind, TEXTS[i].code);
  }
  gy_region_names_destroy(names);
}

Test(region_names, ambiguous_names_give_their_candidates) {
  gy_region_names *names = names_of(NULL, 0);
  gy_region_match match = gy_region_name_find(names, "고성군", strlen("고성군"));
  cr_assert_eq(match.n_candidates, 2);
  cr_expect_str_eq(gy_region_names_at(names, (size_t)match.candidates[0]).code, "32400");
  cr_expect_str_eq(gy_region_names_at(names, (size_t)match.candidates[1]).code, "38340");
  match = gy_region_name_find(names, "중구", strlen("중구"));
  cr_expect_eq(match.n_candidates, 6);
  gy_region_names_destroy(names);
}

/* Whatever a region is called in the tables, with its 시도, finds it, in Korean and English, either way
 * round. */
Test(region_names, every_region_is_found_by_its_own_name) {
  gy_region_names *names = names_of(NULL, 0);
  size_t n_of[3] = {0};
  for (size_t i = 0; i < gy_region_names_count(names); i++) {
    gy_named_region region = gy_region_names_at(names, i);
    char text[512];
    n_of[region.level]++;
    if (region.level != GY_REGION_MUNICIPALITY) {
      expect(names, region.name, GY_REGION_FOUND, region.code);
      expect(names, region.name_en, GY_REGION_FOUND, region.code);
      continue;
    }
    gy_named_region parent = gy_region_names_at(names, (size_t)region.parent);
    cr_expect(strncmp(parent.code, region.code, 2) == 0, "%s", region.code);
    snprintf(text, sizeof text, "%s %s", parent.name, region.name);
    expect(names, text, GY_REGION_FOUND, region.code);
    snprintf(text, sizeof text, "%s %s", parent.name_en, region.name_en);
    expect(names, text, GY_REGION_FOUND, region.code);
    snprintf(text, sizeof text, "%s, %s", region.name_en, parent.name_en);
    expect(names, text, GY_REGION_FOUND, region.code);
  }
  cr_expect_eq(n_of[GY_REGION_PROVINCE], 17);
  cr_expect_eq(n_of[GY_REGION_MUNICIPALITY], 250 + 11);
  cr_expect_eq(n_of[GY_REGION_COUNTRY], 249);
  gy_region_names_destroy(names);
}

Test(region_names, names_of_the_map_meet_its_codes) {
  const char *data = getenv("GYEOL_DATA");
  char path[4096], text[512];
  snprintf(path, sizeof path, "%s/korea_geo/2018_skorea-municipalities-2018-topo-simple.json",
           data != NULL ? data : ".");
  FILE *file = data != NULL ? fopen(path, "rb") : NULL;
  if (file == NULL) cr_skip_test("skipped: no korea_geo in GYEOL_DATA");
  fclose(file);
  gy_regions *regions = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_regions_load(path, NULL, &regions, &err), GY_OK, "%s", err.text);
  gy_region_names *names = names_of(NULL, 0);
  for (size_t i = 0; i < gy_regions_count(regions); i++) {
    gy_region region = gy_regions_at(regions, i);
    for (size_t p = 0; p < gy_region_names_count(names); p++) {
      gy_named_region province = gy_region_names_at(names, p);
      if (province.level != GY_REGION_PROVINCE || strncmp(province.code, region.code, 2) != 0) continue;
      snprintf(text, sizeof text, "%s %s", province.name, region.name);
      expect(names, text, GY_REGION_FOUND, region.code);
    }
  }
  gy_region_names_destroy(names);
  gy_regions_destroy(regions);
}

Test(region_names, aliases_win_and_wrong_ones_are_named) {
  static const gy_region_alias ALIASES[] = {
      {"본점 상권", "서울 중구"}, {"중구", "대전 중구"}, {"Head office", "KR-26"}};
  gy_region_names *names = names_of(ALIASES, 3);
  expect(names, "본점상권", GY_REGION_FOUND, "11020");
  expect(names, "HEAD OFFICE", GY_REGION_FOUND, "21");
  expect(names, "중구", GY_REGION_FOUND, "25020");
  expect(names, "부산 중구", GY_REGION_FOUND, "21010");
  gy_region_names_destroy(names);
  static const struct {
    gy_region_alias aliases[2];
    const char *says;
  } WRONG[] = {
      {{{"a", "중구"}, {"b", "서울"}}, "alias 'a': '중구' names several regions"},
      {{{"b", "서울"}, {"c", "Atlantis"}}, "alias 'c': 'Atlantis' names no known region"},
      {{{"--", "서울"}, {"b", "서울"}}, "the alias '--' of '서울' has no letter"},
      {{{"b", "서울"}, {"B", "부산"}}, "the alias 'b' is given to two regions, 서울특별시 and 부산광역시"}};
  for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
    gy_error err = {0};
    cr_expect_eq(gy_region_names_create(WRONG[i].aliases, 2, &names, &err), GY_ECONFIG, "%zu", i);
    cr_expect(strstr(err.text, WRONG[i].says) != NULL, "%s", err.text);
  }
}

Test(region_names, a_column_counts_and_lists_what_is_not_found) {
  const char *const texts[] = {"서울", "중구", "Atlantis",  "부산 중구 남포동",
                               NULL,   "중구", "El Dorado", "서울"};
  gy_region_names *names = names_of(NULL, 0);
  int32_t region[8];
  gy_region_name_figures figures;
  gy_error err = {0};
  cr_assert_eq(gy_region_names_find(names, texts, 8, region, &figures, &err), GY_OK);
  cr_expect(figures.n_found == 2 && figures.n_partly == 1 && figures.n_ambiguous == 2);
  cr_expect(figures.n_unknown == 2 && figures.n_empty == 1 && figures.n_distinct == 3);
  cr_assert_eq(figures.n_listed, 3);
  cr_expect_str_eq(figures.listed[0].text, "중구");
  cr_expect_eq(figures.listed[0].n, 2);
  cr_expect_eq(figures.listed[0].kind, GY_REGION_AMBIGUOUS);
  cr_expect_str_eq(figures.listed[1].text, "Atlantis");
  cr_expect_str_eq(figures.listed[2].text, "El Dorado");
  cr_expect(region[0] == region[7] && region[1] == -1 && region[4] == -1);
  gy_region_names_destroy(names);
}

Test(region_names, the_list_of_a_column_keeps_the_most_frequent) {
  enum { KINDS = 60, TEXTS_MOST = KINDS * (KINDS + 1) / 2 };
  static char texts[KINDS][16];
  const char *column[TEXTS_MOST];
  int32_t region[TEXTS_MOST];
  size_t n = 0;
  for (int k = 0; k < KINDS; k++) {
    snprintf(texts[k], sizeof texts[k], "nowhere %02d", k);
    for (int i = 0; i <= (k * 7) % KINDS; i++) column[n++] = texts[k];
  }
  gy_region_names *names = names_of(NULL, 0);
  gy_region_name_figures figures;
  gy_error err = {0};
  cr_assert_eq(gy_region_names_find(names, column, n, region, &figures, &err), GY_OK);
  cr_expect_eq(figures.n_unknown, n);
  cr_expect_eq(figures.n_distinct, KINDS);
  cr_assert_eq(figures.n_listed, GY_REGION_TEXTS_LISTED);
  for (size_t i = 0; i < figures.n_listed; i++) cr_expect_eq(figures.listed[i].n, KINDS - i, "%zu", i);
  gy_region_names_destroy(names);
}

Test(region_names, long_texts_are_read_as_far_as_they_are_read) {
  gy_region_names *names = names_of(NULL, 0);
  char text[4096];
  memset(text, 'a', sizeof text);
  cr_expect_eq(gy_region_name_find(names, text, sizeof text).kind, GY_REGION_UNKNOWN);
  for (size_t i = 1; i < sizeof text; i += 2) text[i] = ' ';
  cr_expect_eq(gy_region_name_find(names, text, sizeof text).kind, GY_REGION_UNKNOWN);
  snprintf(text, sizeof text, "서울 강남구 %4000s", "x");
  cr_expect_eq(gy_region_name_find(names, text, strlen(text)).kind, GY_REGION_FOUND);
  gy_region_names_destroy(names);
}

static gy_status create_and_find(void *user, gy_error *err) {
  static const gy_region_alias ALIASES[] = {{"본점", "서울 중구"}};
  const char *const texts[] = {"본점", "Atlantis"};
  int32_t region[2];
  gy_region_name_figures figures;
  gy_region_names *names = NULL;
  (void)user;
  gy_status status = gy_region_names_create(ALIASES, 1, &names, err);
  if (status == GY_OK) status = gy_region_names_find(names, texts, 2, region, &figures, err);
  gy_region_names_destroy(names);
  return status;
}

Test(region_names, every_failing_allocation_is_a_status) {
  cr_expect_gt(alloc_fail_each("names", create_and_find, NULL), 5);
}
