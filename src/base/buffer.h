/* SPDX-License-Identifier: Apache-2.0
 *
 * A growable byte buffer with a mandatory maximum. The contents are always NUL-terminated, so `data`
 * can be read as text. A failed append leaves the contents as they were and sets `failed`; a chain of
 * appends may therefore be checked once, at its end. */
#ifndef GYEOL_BASE_BUFFER_H
#define GYEOL_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include <gyeol/status.h>

typedef struct gy_buffer {
  char *data; /* NULL until the first append */
  size_t length;
  size_t capacity;
  size_t max;
  bool failed;
} gy_buffer;

void gy_buffer_init(gy_buffer *buffer, size_t max);
void gy_buffer_clear(gy_buffer *buffer);

/* Room for `extra` more bytes; false when that would pass the maximum or memory is spent. */
bool gy_buffer_reserve(gy_buffer *buffer, size_t extra);
bool gy_buffer_append(gy_buffer *buffer, const void *bytes, size_t length);
bool gy_buffer_text(gy_buffer *buffer, const char *text);
bool gy_buffer_printf(gy_buffer *buffer, const char *format, ...) GY_PRINTF(2, 3);

/* Gives the NUL-terminated contents to the caller (free() them) and empties the buffer; NULL when an
 * append failed. An empty buffer gives "". */
char *gy_buffer_take(gy_buffer *buffer);

#endif
