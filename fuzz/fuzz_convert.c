/* SPDX-License-Identifier: Apache-2.0
 *
 * Every converter on any text: no read beyond it, no overflow, values within their limits, the same answer
 * twice, and the fast paths in agreement with the slow ones. */
#include <stdlib.h>
#include <string.h>

#include "data/convert_time.h"
#include "data/utf8.h"
#include "fuzz_file.h"

static void check_numbers(const char *text, size_t length) {
  const int64_t most = INT64_C(999999999999999999);
  for (int form = GY_NUMBER_POINT; form <= GY_NUMBER_COMMA; form++) {
    int64_t value = 0, padded_value = 0;
    gy_field field = gy_convert_number(text, length, (gy_number_form)form, &value);
    must(value >= -most && value <= most);
    char padded[64] = " "; /* a blank in front takes the slow way */
    if (length > sizeof padded - 1) continue;
    memcpy(padded + 1, text, length);
    gy_field again = gy_convert_number(padded, length + 1, (gy_number_form)form, &padded_value);
    must(field == again && value == padded_value);
  }
}

static void check_ids(const char *text, size_t length) {
  int64_t id = 0;
  const char *as_text = NULL;
  size_t id_length = 0;
  gy_field field = gy_convert_integer_id(text, length, &id);
  gy_field text_field = gy_convert_text_id(text, length, &as_text, &id_length);
  must((field == GY_FIELD_EMPTY) == (text_field == GY_FIELD_EMPTY));
  if (text_field == GY_FIELD_VALUE)
    must(as_text >= text && as_text + id_length <= text + length && id_length > 0);
  if (field == GY_FIELD_VALUE) must(id > -INT64_C(1000000000000000000) && id < INT64_C(1000000000000000000));
}

static void check_times(const gy_zone *zone, const char *text, size_t length, bool *any) {
  const int64_t first_us = INT64_C(-62136000000000000), last_us = INT64_C(253402387200000000);
  for (int form = 0; form < GY_TIME_FORM_COUNT; form++) {
    gy_time_reader reader;
    gy_time_reader_init(&reader, (gy_time_form)form, zone);
    int64_t us = 0, again_us = 0;
    gy_field field = gy_time_reader_convert(&reader, text, length, &us);
    gy_field again = gy_time_reader_convert(&reader, text, length, &again_us);
    must(field == again && us == again_us);
    gy_written_time written;
    must(field == gy_convert_written_time(text, length, (gy_time_form)form, &written));
    if (field == GY_FIELD_VALUE) must(us >= first_us && us <= last_us);
    *any = *any || field == GY_FIELD_VALUE;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static gy_zone *zone; /* libFuzzer keeps the process */
  if (zone == NULL && gy_zone_load("Europe/London", &zone, NULL) != GY_OK) abort();
  char *text = malloc(size > 0 ? size : 1); /* of its exact size, so that a read beyond shows */
  must(text != NULL);
  if (size > 0) memcpy(text, data, size);
  bool any = false, truth;
  check_numbers(text, size);
  check_ids(text, size);
  check_times(zone, text, size, &any);
  gy_convert_bool(text, size, &truth);
  must(gy_utf8_valid_prefix(text, size) <= size);
  must(gy_utf8_cut(text, size) <= size);
  free(text);
  return 0;
}
