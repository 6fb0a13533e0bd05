/* SPDX-License-Identifier: Apache-2.0
 *
 * A segment's definition from any text: a failure names the file; what is read is written and read again
 * without a change, and a place in its rule is a place in its file. Macros read from the same bytes. */
#include "segment/segment_file.h"

#include <string.h>

#include "fuzz_file.h"

static void check_again(const gy_segment_file *file) {
  gy_buffer text, second;
  gy_buffer_init(&text, 8 * GY_SEGMENT_FILE_MAX_BYTES);
  gy_buffer_init(&second, 8 * GY_SEGMENT_FILE_MAX_BYTES);
  gy_segment_file again = {0};
  gy_error err = {0};
  must(gy_segment_file_emit(file, &text, &err) == GY_OK);
  must(gy_segment_file_parse(text.data, text.length, "vip.yaml", &again, &err) == GY_OK);
  must(gy_segment_file_equal(file, &again));
  must(gy_segment_file_emit(&again, &second, &err) == GY_OK);
  must(text.length == second.length && memcmp(text.data, second.data, text.length) == 0);
  gy_fail(&err, GY_EPARSE, "line 1, column 1: x");
  gy_segment_file_place(&again, "vip.yaml", &err);
  must(strncmp(err.text, "vip.yaml:", 9) == 0);
  gy_segment_file_clear(&again);
  gy_buffer_clear(&text);
  gy_buffer_clear(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  gy_segment_file file = {0};
  gy_macro_file macros = {0};
  gy_error err = {0}, macros_err = {0};
  char *text = malloc(size > 0 ? size : 1);
  must(text != NULL);
  if (size > 0) memcpy(text, data, size);
  gy_status status = gy_segment_file_parse(text, size, "vip.yaml", &file, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  must(status == GY_OK || strncmp(err.text, "vip.yaml", 8) == 0);
  if (status == GY_OK) check_again(&file);
  status = gy_macro_file_parse(text, size, "macros.yaml", &macros, &macros_err);
  must((status == GY_OK) == (macros_err.text[0] == '\0'));
  gy_segment_file_clear(&file);
  gy_macro_file_clear(&macros);
  free(text);
  return 0;
}
