/* SPDX-License-Identifier: Apache-2.0
 *
 * Normal forms of any bytes: within bounds, the same twice, and the normal form of a normal form is itself.
 * What is found in a text lies in it, in order, and stays found where the text is cut around it. */
#include <stdlib.h>
#include <string.h>

#include "fuzz_file.h"
#include "privacy/identifier.h"

static void check_form(gy_identifier kind, const char *text, size_t n) {
  char out[GY_IDENTIFIER_MAX], again[GY_IDENTIFIER_MAX];
  size_t out_n = 0, again_n = 0;
  if (gy_identifier_normalise(kind, text, n, out, &out_n) != GY_NORMAL_VALUE) return;
  must(out_n > 0 && out_n <= sizeof out);
  must(gy_identifier_normalise(kind, out, out_n, again, &again_n) == GY_NORMAL_VALUE);
  must(again_n == out_n && memcmp(out, again, out_n) == 0);
}

static void check_spans(const char *text, size_t n) {
  gy_identifier_span span;
  size_t from = 0, places = 0;
  while (gy_identifier_find(text, n, from, &span)) {
    must(span.begin >= from && span.begin < span.end && span.end <= n);
    must(gy_identifier_is_direct(span.kind));
    from = span.end;
    must(++places <= n);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = malloc(size > 0 ? size : 1); /* of its exact size, so that a read beyond shows */
  must(text != NULL);
  if (size > 0) memcpy(text, data, size);
  gy_identifier kind;
  for (int i = 0; i < GY_IDENTIFIER_COUNT; i++) check_form((gy_identifier)i, text, size);
  check_spans(text, size);
  if (gy_identifier_look(text, size, &kind)) must(gy_identifier_is_direct(kind));
  free(text);
  return 0;
}
