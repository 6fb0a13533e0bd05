/* SPDX-License-Identifier: Apache-2.0
 *
 * Bound parameters. */
#include <string.h>

#include "engine/engine.h"

gy_value gy_bind_null(void) { return (gy_value){.type = GY_TYPE_TEXT, .is_null = true}; }

gy_value gy_bind_bool(bool value) { return (gy_value){.type = GY_TYPE_BOOL, .as.boolean = value}; }

gy_value gy_bind_int64(int64_t value) { return (gy_value){.type = GY_TYPE_INT64, .as.integer = value}; }

gy_value gy_bind_double(double value) { return (gy_value){.type = GY_TYPE_DOUBLE, .as.real = value}; }

gy_value gy_bind_timestamp(int64_t micros) {
  return (gy_value){.type = GY_TYPE_TIMESTAMP, .as.integer = micros};
}

gy_value gy_bind_text(const char *text) {
  if (text == NULL) return gy_bind_null();
  return (gy_value){.type = GY_TYPE_TEXT, .as.text = {.data = text, .length = strlen(text)}};
}
