/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void gy_buffer_init(gy_buffer *buffer, size_t max) { *buffer = (gy_buffer){.max = max}; }

void gy_buffer_clear(gy_buffer *buffer) {
  free(buffer->data);
  gy_buffer_init(buffer, buffer->max);
}

bool gy_buffer_reserve(gy_buffer *buffer, size_t extra) {
  if (buffer->failed) return false;
  if (extra >= buffer->max || buffer->length >= buffer->max - extra) {
    buffer->failed = true;
    return false;
  }
  size_t need = buffer->length + extra + 1;
  if (need <= buffer->capacity) return true;
  size_t capacity = buffer->capacity < 256 ? 256 : buffer->capacity;
  while (capacity < need) capacity = capacity > buffer->max / 2 ? buffer->max : capacity * 2;
  char *data = realloc(buffer->data, capacity);
  if (data == NULL) {
    buffer->failed = true;
    return false;
  }
  buffer->data = data;
  buffer->capacity = capacity;
  return true;
}

bool gy_buffer_append(gy_buffer *buffer, const void *bytes, size_t length) {
  if (!gy_buffer_reserve(buffer, length)) return false;
  if (length > 0) memcpy(buffer->data + buffer->length, bytes, length);
  buffer->length += length;
  buffer->data[buffer->length] = '\0';
  return true;
}

bool gy_buffer_text(gy_buffer *buffer, const char *text) {
  return gy_buffer_append(buffer, text, strlen(text));
}

bool gy_buffer_printf(gy_buffer *buffer, const char *format, ...) {
  va_list args;
  va_start(args, format);
  va_list again;
  va_copy(again, args);
  int length = vsnprintf(NULL, 0, format, args);
  va_end(args);
  bool fits = length >= 0 && gy_buffer_reserve(buffer, (size_t)length);
  if (fits) {
    vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
    buffer->length += (size_t)length;
  }
  va_end(again);
  return fits;
}

char *gy_buffer_take(gy_buffer *buffer) {
  char *data = NULL;
  if (!buffer->failed && gy_buffer_reserve(buffer, 0)) {
    data = buffer->data;
    data[buffer->length] = '\0';
    buffer->data = NULL;
  }
  gy_buffer_clear(buffer);
  return data;
}
