/* SPDX-License-Identifier: Apache-2.0 */
#include "link_people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

const gy_link_field PEOPLE[PEOPLE_FIELDS] = {{"name", GY_LINK_NAME, true},
                                             {"birth", GY_LINK_DATE, false},
                                             {"phone", GY_LINK_PHONE, false},
                                             {"email", GY_LINK_EMAIL, false},
                                             {"address", GY_LINK_ADDRESS, false}};

static const char *const SURNAMES[] = {"김", "이", "박", "최", "정", "강", "조", "윤", "장", "임"};
static const char *const SYLLABLES[] = {"민", "서", "지", "현", "준", "우", "연", "은",
                                        "수", "영", "진", "희", "경", "호", "재", "성",
                                        "아", "주", "혜", "원", "윤", "도", "하", "나"};
static const char *const SLIPPED[] = {"믽", "셔", "치", "헌", "쥰", "무", "언", "음", "슈", "형", "짐", "히",
                                      "겅", "후", "제", "선", "야", "추", "해", "완", "융", "토", "허", "라"};
enum { N_SYLLABLES = 24 };

static void put(people *list, int field, const char *text) {
  size_t used = list->offsets[field][list->n], n = strlen(text);
  memcpy(list->bytes[field] + used, text, n);
  list->offsets[field][list->n + 1] = used + n;
}

static void write_fields(people *list, uint32_t person, double slips, gy_rng *how) {
  gy_rng who;
  char text[128];
  bool slip[PEOPLE_FIELDS], missing[PEOPLE_FIELDS];
  gy_rng_init(&who, 77, person);
  for (int f = 0; f < PEOPLE_FIELDS; f++) {
    slip[f] = gy_rng_uniform(how) < slips;
    missing[f] = gy_rng_uniform(how) < slips / 2;
  }
  size_t a = gy_rng_below(&who, N_SYLLABLES), b = gy_rng_below(&who, N_SYLLABLES);
  sprintf(text, "%s%s%s", SURNAMES[gy_rng_below(&who, 10)], SYLLABLES[a],
          slip[0] ? SLIPPED[b] : SYLLABLES[b]);
  put(list, 0, missing[0] ? "" : text);
  unsigned year = 1950 + (unsigned)gy_rng_below(&who, 50), month = 1 + (unsigned)gy_rng_below(&who, 12),
           day = 1 + (unsigned)gy_rng_below(&who, 28);
  sprintf(text, slip[1] ? "%u.%02u.%02u" : "%u-%02u-%02u", year, month, slip[1] ? 1 + day % 28 : day);
  put(list, 1, missing[1] ? "" : text);
  unsigned number = (unsigned)gy_rng_below(&who, 100000000);
  if (slip[2]) number = (unsigned)gy_rng_below(how, 100000000);
  sprintf(text, gy_rng_uniform(how) < 0.5 ? "010-%04u-%04u" : "+82 10 %04u %04u", number / 10000,
          number % 10000);
  put(list, 2, missing[2] ? "" : text);
  unsigned tail = (unsigned)gy_rng_below(&who, 100000);
  sprintf(text, "u%u.%u@%s", person, tail, slip[3] ? "example.net" : "example.com");
  put(list, 3, missing[3] ? "" : text);
  unsigned street = (unsigned)gy_rng_below(&who, 300), house = (unsigned)gy_rng_below(&who, 200),
           flat = (unsigned)gy_rng_below(&who, 900);
  sprintf(text, slip[4] ? "서울시 길%u로 %u 아파트 %u호" : "서울특별시 길%u로 %u, 아파트 %u", street, house,
          flat);
  put(list, 4, missing[4] ? "" : text);
  list->person[list->n++] = person;
}

static people empty(size_t n) {
  people list = {.person = malloc((n + 1) * sizeof *list.person)};
  for (int f = 0; f < PEOPLE_FIELDS; f++) {
    list.bytes[f] = malloc(n * 96 + 1);
    list.offsets[f] = calloc(n + 2, sizeof *list.offsets[f]);
  }
  return list;
}

static people finished(people list) {
  list.columns = malloc(PEOPLE_FIELDS * sizeof *list.columns);
  for (int f = 0; f < PEOPLE_FIELDS; f++) list.columns[f] = (gy_link_column){list.bytes[f], list.offsets[f]};
  list.list = (gy_link_list){list.n, list.columns};
  return list;
}

people people_make(size_t n, uint32_t first, double slips, uint64_t seed) {
  people list = empty(n);
  gy_rng how;
  gy_rng_init(&how, seed, first);
  for (size_t i = 0; i < n; i++) write_fields(&list, first + (uint32_t)i, slips, &how);
  return finished(list);
}

people people_in_order(const people *of, const uint32_t *order) {
  people list = empty(of->n);
  char text[128];
  for (size_t i = 0; i < of->n; i++) {
    for (int f = 0; f < PEOPLE_FIELDS; f++) {
      uint64_t from = of->offsets[f][order[i]], end = of->offsets[f][order[i] + 1];
      memcpy(text, of->bytes[f] + from, end - from);
      text[end - from] = '\0';
      put(&list, f, text);
    }
    list.person[list.n++] = of->person[order[i]];
  }
  return finished(list);
}

void people_clear(people *list) {
  for (int f = 0; f < PEOPLE_FIELDS; f++) {
    free(list->bytes[f]);
    free(list->offsets[f]);
  }
  free(list->columns);
  free(list->person);
}
