/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feature_fixture.h"

Test(catalogue, every_feature_is_described) {
  gy_feature_set set;
  int windows[] = {7, 30};
  MUST(gy_feature_set_init(&set, windows, 2, err));
  cr_assert_eq(set.n, GY_FEATURE_WINDOW_ORDERS + 4);
  for (size_t i = 0; i < set.n; i++) {
    const gy_feature *f = &set.items[i];
    const char *texts[] = {f->name,       f->label_ko, f->label_en, f->meaning_ko,
                           f->meaning_en, f->unit,     f->formula,  f->null_when};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
      cr_assert(texts[t] != NULL && texts[t][0] != '\0' && strstr(texts[t], "{w}") == NULL,
                "feature %zu, text %zu", i, t);
    }
    cr_assert_eq(gy_feature_find(&set, f->name), f, "%s is given twice", f->name);
  }
  cr_assert_str_eq(gy_feature_find(&set, "orders_7")->label_ko, "최근 7일 구매 횟수");
  cr_assert_null(gy_feature_find(&set, "orders_365"));
}

Test(catalogue, windows_that_do_not_fit_are_refused) {
  gy_feature_set set;
  gy_error err = {0};
  int same[] = {30, 30}, zero[] = {0}, many[GY_FEATURE_MAX_WINDOWS + 1] = {1, 2, 3, 4, 5, 6, 7};
  cr_assert_eq(gy_feature_set_init(&set, same, 2, &err), GY_ECONFIG);
  cr_assert_eq(gy_feature_set_init(&set, zero, 1, &err), GY_ECONFIG);
  cr_assert_eq(gy_feature_set_init(&set, many, GY_FEATURE_MAX_WINDOWS + 1, &err), GY_ECONFIG);
}

/* GYEOL_UPDATE_DOCS=1 writes the page instead of comparing it. */
Test(catalogue, the_page_is_what_the_table_says) {
  gy_buffer page;
  gy_buffer_init(&page, 1 << 20);
  gy_feature_document(&page);
  cr_assert_not(page.failed);
  const char *path = GYEOL_SOURCE_DIR "/docs/methods/features.md";
  if (getenv("GYEOL_UPDATE_DOCS") != NULL) {
    FILE *out = fopen(path, "w");
    cr_assert_not_null(out, "%s", path);
    fputs(page.data, out);
    fclose(out);
  }
  FILE *in = fopen(path, "r");
  cr_assert_not_null(in, "%s", path);
  char *found = calloc(1, page.length + 2);
  size_t length = fread(found, 1, page.length + 1, in);
  fclose(in);
  cr_assert(length == page.length && memcmp(found, page.data, length) == 0,
            "%s differs from the catalogue; run the test once with GYEOL_UPDATE_DOCS=1", path);
  free(found);
  gy_buffer_clear(&page);
}
