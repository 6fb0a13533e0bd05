/* SPDX-License-Identifier: Apache-2.0
 *
 * Identifiers as they may be shown: enough to recognise the kind of value, not enough to know the person.
 *   h***@g***.com   010********   홍***   [email] within free text */
#include "privacy/identifier_mask.h"

#include <string.h>

static size_t letter_length(const char *text, size_t n) {
  size_t length = 1;
  while (length < n && ((unsigned char)text[length] & 0xC0) == 0x80) length++;
  return length;
}

typedef struct {
  char *text;
  size_t used, room;
} mask;

static void put(mask *m, const char *text, size_t n) {
  if (n > m->room - m->used) n = 0; /* whole pieces only: no half letter */
  memcpy(m->text + m->used, text, n);
  m->used += n;
}

static void put_first(mask *m, const char *text, size_t n) {
  if (n > 0) put(m, text, letter_length(text, n));
  put(m, "***", 3);
}

/* The first letters of the parts, and the top domain. */
static void mask_email(mask *m, const char *text, size_t n) {
  const char *at = memchr(text, '@', n);
  if (at == NULL) {
    put_first(m, text, n);
    return;
  }
  put_first(m, text, (size_t)(at - text));
  put(m, "@", 1);
  size_t domain = (size_t)(text + n - at) - 1;
  put_first(m, at + 1, domain);
  const char *point = memrchr(at + 1, '.', domain);
  if (point != NULL) put(m, point, (size_t)(text + n - point));
}

/* Signs and the first three digits. */
static void mask_number(mask *m, const char *text, size_t n) {
  size_t n_digits = 0;
  for (size_t i = 0; i < n; i++) {
    bool is_sign = strchr(" -+().", text[i]) != NULL && text[i] != '\0';
    bool is_shown = is_sign || ((unsigned char)text[i] < 0x80 && n_digits++ < 3);
    if ((unsigned char)text[i] < 0x80) put(m, is_shown ? text + i : "*", 1);
  }
}

size_t gy_identifier_mask(gy_identifier kind, const char *text, size_t n, char *out, size_t room) {
  mask m = {.text = out, .room = room};
  switch (kind) {
    case GY_IDENTIFIER_EMAIL:
      mask_email(&m, text, n);
      break;
    case GY_IDENTIFIER_PHONE:
    case GY_IDENTIFIER_RESIDENT_NUMBER:
    case GY_IDENTIFIER_CARD_NUMBER:
      mask_number(&m, text, n);
      break;
    default:
      put_first(&m, text, n);
  }
  return m.used;
}

size_t gy_identifier_mask_text(const char *text, size_t n, char *out, size_t room,
                               size_t found[GY_IDENTIFIER_COUNT]) {
  mask m = {.text = out, .room = room};
  size_t from = 0;
  for (gy_identifier_span span; gy_identifier_find(text, n, from, &span); from = span.end) {
    const char *name = gy_identifier_name(span.kind);
    put(&m, text + from, span.begin - from);
    put(&m, "[", 1);
    put(&m, name, strlen(name));
    put(&m, "]", 1);
    found[span.kind]++;
  }
  put(&m, text + from, n - from);
  return m.used;
}
