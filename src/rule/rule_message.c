/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages that point into a rule:
 *
 *   line 1, column 1: unknown attribute 'recensy'; did you mean 'recency'?
 *     recensy <= 30 and orders >= 3
 *     ^
 *
 * Columns count characters. The caret stands below its character also where Hangul is two cells wide. What
 * was meant is the candidate with the least Damerau-Levenshtein distance (Damerau 1964), if it is small. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "rule/rule_ast.h"

enum { SHOWN_BYTES = 72, NAME_MOST = 64 };

typedef struct place {
  int line, column;
  size_t from, to;               /* what is shown of the line */
  char gap[SHOWN_BYTES * 2 + 1]; /* spaces up to the caret */
} place;

static bool continues(char c) { return ((unsigned char)c & 0xC0) == 0x80; }

static int cells(const char *text, size_t length, size_t *bytes) {
  utf8proc_int32_t c;
  utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length, &c);
  *bytes = n > 0 ? (size_t)n : 1;
  return n > 0 ? utf8proc_charwidth(c) : 1;
}

static void find_place(const char *source, size_t length, size_t at, place *p) {
  size_t start = 0;
  p->line = p->column = 1;
  for (size_t i = 0; i < at && i < length; i++)
    if (source[i] == '\n') {
      p->line++;
      start = i + 1;
    }
  for (size_t i = start; i < at; i++) p->column += !continues(source[i]);
  p->from = start;
  while (p->from < at && (at - p->from > SHOWN_BYTES / 2 || continues(source[p->from]))) p->from++;
  p->to = at;
  while (p->to < length && source[p->to] != '\n' && source[p->to] != '\r' && p->to - p->from < SHOWN_BYTES)
    p->to++;
  while (p->to > at && p->to < length && continues(source[p->to])) p->to--;
  int n = 0;
  for (size_t i = p->from, bytes; i < at; i += bytes)
    for (int w = cells(source + i, length - i, &bytes); w > 0 && n < SHOWN_BYTES * 2; w--) p->gap[n++] = ' ';
  p->gap[n] = '\0';
}

gy_status rule_fail(gy_error *err, gy_status code, const char *source, size_t length, size_t at,
                    const char *format, ...) {
  place p;
  char sentence[640];
  va_list args;
  va_start(args, format);
  vsnprintf(sentence, sizeof sentence, format, args); /* NOLINT(clang-analyzer-valist.Uninitialized) */
  va_end(args);
  find_place(source, length, at < length ? at : length, &p);
  char shown[SHOWN_BYTES + 4];
  size_t n = p.to - p.from;
  for (size_t i = 0; i < n; i++) shown[i] = (char)(source[p.from + i] == '\t' ? ' ' : source[p.from + i]);
  shown[n] = '\0';
  return gy_fail(err, code, "line %d, column %d: %s\n  %s\n  %s^", p.line, p.column, sentence, shown, p.gap);
}

static int least(int a, int b) { return a < b ? a : b; }

static size_t code_points(gy_rule_text text, utf8proc_int32_t *out) {
  size_t n = 0;
  for (size_t i = 0; i < text.length && n < NAME_MOST;) {
    utf8proc_int32_t c;
    utf8proc_ssize_t bytes =
        utf8proc_iterate((const utf8proc_uint8_t *)text.data + i, (utf8proc_ssize_t)(text.length - i), &c);
    if (bytes <= 0) break;
    out[n++] = c < 0x80 && c >= 'A' && c <= 'Z' ? c + 32 : c;
    i += (size_t)bytes;
  }
  return n;
}

/* Insertions, deletions, changes and swaps of neighbours. */
static int distance_of(gy_rule_text a, gy_rule_text b) {
  utf8proc_int32_t x[NAME_MOST], y[NAME_MOST];
  int rows[3][NAME_MOST + 1];
  int n = (int)code_points(a, x), m = (int)code_points(b, y);
  for (int j = 0; j <= m; j++) rows[0][j] = j;
  for (int i = 1; i <= n; i++) {
    int *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
    row[0] = i;
    for (int j = 1; j <= m; j++) {
      int change = above[j - 1] + (x[i - 1] != y[j - 1]);
      row[j] = least(change, least(above[j], row[j - 1]) + 1);
      bool swapped = i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1];
      if (swapped) row[j] = least(row[j], two_above[j - 2] + 1);
    }
  }
  return rows[n % 3][m];
}

void rule_suggest(rule_suggestion *suggestion, const char *candidate) {
  int distance = distance_of(suggestion->wanted, (gy_rule_text){candidate, strlen(candidate)});
  utf8proc_int32_t room[NAME_MOST];
  int length = (int)code_points(suggestion->wanted, room);
  if (distance > (length + 2) / 3 || (suggestion->best != NULL && distance >= suggestion->distance)) return;
  suggestion->best = candidate;
  suggestion->distance = distance;
}

const char *rule_suggested(const rule_suggestion *suggestion, char *room, size_t bytes) {
  static const char BEFORE[] = "; did you mean '", AFTER[] = "'?";
  size_t n = suggestion->best != NULL ? strlen(suggestion->best) : 0;
  room[0] = '\0';
  if (n == 0 || n + sizeof BEFORE + sizeof AFTER > bytes) return room;
  memcpy(room, BEFORE, sizeof BEFORE);
  memcpy(room + sizeof BEFORE - 1, suggestion->best, n);
  memcpy(room + sizeof BEFORE - 1 + n, AFTER, sizeof AFTER);
  return room;
}
