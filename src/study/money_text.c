/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "study/run_context.h"

const char *gy_money_text(int64_t amount, char *text) {
  uint64_t size = amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
  snprintf(text, 32, "%s%" PRIu64 ".%04u", amount < 0 ? "-" : "", size / GY_MONEY_SCALE,
           (unsigned)(size % GY_MONEY_SCALE));
  char *end = text + strlen(text);
  while (end[-1] == '0') *--end = '\0';
  if (end[-1] == '.') end[-1] = '\0';
  return text;
}
