/* SPDX-License-Identifier: Apache-2.0 */
#include "study/region_functions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_CHARS = 64 };

static gy_text text_at(const gy_chunk *arguments, size_t column, size_t row) {
  return ((const gy_text *)arguments->columns[column].data)[row];
}

/* NaN for what is no number as a whole. */
static double degrees_of(gy_text text) {
  char number[NUMBER_CHARS];
  char *end;
  while (text.length > 0 && text.data[text.length - 1] == ' ') text.length--;
  if (text.length == 0 || text.length >= sizeof number) return NAN;
  memcpy(number, text.data, text.length);
  number[text.length] = '\0';
  double degrees = strtod(number, &end);
  return end == number + text.length ? degrees : NAN;
}

static bool is_null(const gy_chunk *arguments, size_t row) {
  for (size_t c = 0; c < arguments->n_columns; c++)
    if (gy_column_is_null(&arguments->columns[c], row)) return true;
  return false;
}

static gy_status region_at(void *shared, const gy_chunk *arguments, gy_chunk_writer *writer, gy_error *err) {
  const gy_regions *regions = shared;
  (void)err;
  for (size_t row = 0; row < arguments->n_rows; row++) {
    int32_t found = is_null(arguments, row)
                        ? -1
                        : gy_regions_find_one(regions, degrees_of(text_at(arguments, 0, row)),
                                              degrees_of(text_at(arguments, 1, row)));
    if (found < 0) {
      gy_writer_null(writer, 0, row);
      continue;
    }
    gy_region region = gy_regions_at(regions, (size_t)found);
    const char *code = region.code[0] != '\0' ? region.code : region.name;
    gy_writer_text(writer, 0, row, code, strlen(code));
  }
  return GY_OK;
}

static gy_status region_named(void *shared, const gy_chunk *arguments, gy_chunk_writer *writer,
                              gy_error *err) {
  const gy_region_names *names = shared;
  (void)err;
  for (size_t row = 0; row < arguments->n_rows; row++) {
    gy_region_match match = {.region = -1};
    if (!is_null(arguments, row)) {
      gy_text text = text_at(arguments, 0, row);
      match = gy_region_name_find(names, text.data, text.length);
    }
    if (match.region < 0) {
      gy_writer_null(writer, 0, row);
      continue;
    }
    const char *code = gy_region_names_at(names, (size_t)match.region).code;
    gy_writer_text(writer, 0, row, code, strlen(code));
  }
  return GY_OK;
}

gy_status gy_region_functions_define(gy_engine *engine, const gy_regions *regions,
                                     const gy_region_names *names, gy_error *err) {
  const gy_function at = {(void *)regions, 2, GY_TYPE_TEXT, region_at},
                    named = {(void *)names, 1, GY_TYPE_TEXT, region_named};
  gy_status status = regions != NULL ? gy_engine_define(engine, "gyeol_region_at", &at, err) : GY_OK;
  if (status == GY_OK && names != NULL) status = gy_engine_define(engine, "gyeol_region_named", &named, err);
  return status;
}
