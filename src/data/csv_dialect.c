/* SPDX-License-Identifier: Apache-2.0
 *
 * The default dialect and the check that one can be read at all. */
#include "data/csv_dialect.h"

#include <ctype.h>

gy_csv_dialect gy_csv_dialect_default(void) {
  return (gy_csv_dialect){.delimiter = ',', .quote = '"', .has_header = true};
}

static bool can_part(char c) {
  unsigned char byte = (unsigned char)c;
  return byte < 0x80 && c != '\0' && c != '\n' && c != '\r' && !isalnum(byte);
}

gy_status gy_csv_dialect_check(const gy_csv_dialect *dialect, gy_error *err) {
  if (!can_part(dialect->delimiter)) {
    return gy_fail(err, GY_ECONFIG, "the delimiter must be one ASCII sign, not a letter, digit or newline");
  }
  if (dialect->quote != '\0' && (!can_part(dialect->quote) || dialect->quote == dialect->delimiter)) {
    return gy_fail(err, GY_ECONFIG, "the quote must be one ASCII sign other than the delimiter, or none");
  }
  if (dialect->escape != '\0' && (!can_part(dialect->escape) || dialect->escape == dialect->delimiter)) {
    return gy_fail(err, GY_ECONFIG, "the escape must be one ASCII sign other than the delimiter, or none");
  }
  return GY_OK;
}
