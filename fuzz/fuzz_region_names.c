/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of regions in any bytes: one kind of answer, which a blank before and the same text again do not
 * change; and as an alias, which then finds its region. */
#include <stdio.h>
#include <string.h>

#include <gyeol/region_names.h>

#include "fuzz_file.h"

static void check_alias(const char *text) {
  const gy_region_alias alias = {text, "서울 중구"};
  gy_region_names *names = NULL;
  gy_error err = {0};
  gy_status status = gy_region_names_create(&alias, 1, &names, &err);
  must(status == GY_OK || (status == GY_ECONFIG && err.text[0] != '\0'));
  if (status != GY_OK) return;
  gy_region_match match = gy_region_name_find(names, text, strlen(text));
  must(match.kind == GY_REGION_FOUND &&
       strcmp(gy_region_names_at(names, (size_t)match.region).code, "11020") == 0);
  gy_region_names_destroy(names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static gy_region_names *names;
  char text[260];
  gy_error err = {0};
  if (names == NULL) must(gy_region_names_create(NULL, 0, &names, &err) == GY_OK);
  gy_region_match match = gy_region_name_find(names, (const char *)data, size);
  must((match.region >= 0) == (match.kind == GY_REGION_FOUND || match.kind == GY_REGION_PARTLY));
  must((match.kind == GY_REGION_AMBIGUOUS) == (match.n_candidates > 1));
  must(match.region < (int32_t)gy_region_names_count(names));
  if (size > 200) return 0;
  int n = snprintf(text, sizeof text, " %.*s", (int)size, (const char *)data);
  gy_region_match again = gy_region_name_find(names, text, (size_t)n);
  must(again.kind == match.kind && again.region == match.region);
  if (size > 0 && data[0] < 16) check_alias(text);
  return 0;
}
