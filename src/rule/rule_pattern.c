/* SPDX-License-Identifier: Apache-2.0 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rule/rule_pattern.h"

#include <assert.h>
#include <pcre2.h>
#include <string.h>
#include <utf8proc.h>

#include "base/buffer.h"

enum { COMPILE_OUT_OF_MEMORY = 121 }; /* of pcre2_compile; PCRE2 names only those of matching */
enum { PATTERN_BYTES_MAX = 1000, REPEATS_MOST = 255, GROUPS_MOST = 20, WEIGHT_MOST = 900, WORKSPACE = 16384 };

typedef struct translation {
  const char *at, *end;
  gy_buffer out;
  const char *reason;
  int depth;
} translation;

static bool refuse(translation *t, const char *reason) {
  if (t->reason == NULL) t->reason = reason;
  return false;
}

static int32_t take_character(translation *t) {
  utf8proc_int32_t c;
  utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)t->at, t->end - t->at, &c);
  t->at += n > 0 ? n : 1;
  return n > 0 ? c : -1;
}

static void put_character(translation *t, int32_t c) {
  static const char ESCAPED[] = "\\.[]{}()*+?^$|-/";
  utf8proc_uint8_t bytes[4];
  if (c < 0x80 && c > 0 && strchr(ESCAPED, c) != NULL && c != '/') gy_buffer_text(&t->out, "\\");
  gy_buffer_append(&t->out, bytes, (size_t)utf8proc_encode_char(c, bytes));
}

/* What stands inside brackets for \d, \w or \s; NULL for other letters. */
static const char *class_of(char letter) {
  switch (letter | 32) {
    case 'd':
      return "0-9";
    case 'w':
      return "0-9A-Za-z_";
    case 's':
      return " \t\n\v\f\r";
    default:
      return NULL;
  }
}

/* The character behind a backslash, or -1 with a reason; letters other than \n \t \r mean too much. */
static int32_t take_escaped(translation *t) {
  if (t->at == t->end) return refuse(t, "the pattern ends with a lone \\") - 1;
  int32_t c = take_character(t);
  if (c == 'n') return '\n';
  if (c == 't') return '\t';
  if (c == 'r') return '\r';
  bool is_sign = c > 0 && c < 0x80 && strchr("\\.[]{}()*+?^$|-/", c) != NULL;
  return is_sign
             ? c
             : refuse(t,
                      "of letters and digits behind \\, only \\d \\w \\s \\D \\W \\S \\n \\t \\r are read") -
                   1;
}

static int32_t take_member(translation *t) {
  if (*t->at == '[')
    return refuse(t, "inside [ ], write \\[; named classes such as [:alpha:] are not read") - 1;
  int32_t c = take_character(t);
  return c == '\\' ? take_escaped(t) : c;
}

static bool translate_class(translation *t) {
  t->at++;
  gy_buffer_text(&t->out, "[");
  if (t->at < t->end && *t->at == '^') {
    gy_buffer_text(&t->out, "^");
    t->at++;
  }
  if (t->at < t->end && *t->at == ']') return refuse(t, "[ ] needs a character; a bracket itself is \\]");
  while (t->at < t->end && *t->at != ']') {
    const char *named = *t->at == '\\' && t->at + 1 < t->end ? class_of(t->at[1]) : NULL;
    if (named != NULL) {
      if (t->at[1] < 'a') return refuse(t, "inside [ ] only \\d, \\w and \\s are read");
      gy_buffer_text(&t->out, named);
      t->at += 2;
      continue;
    }
    int32_t first = take_member(t), last = first;
    if (first < 0) return refuse(t, "this is no character");
    bool range = t->end - t->at >= 2 && t->at[0] == '-' && t->at[1] != ']';
    if (range) {
      t->at++;
      last = take_member(t);
      if (last < first) return refuse(t, "a range in [ ] runs from the lower character to the higher");
    }
    put_character(t, first);
    if (range) {
      gy_buffer_text(&t->out, "-");
      put_character(t, last);
    }
  }
  if (t->at == t->end) return refuse(t, "[ is never closed");
  t->at++;
  gy_buffer_text(&t->out, "]");
  return true;
}

static int take_count(translation *t) {
  int count = 0, n = 0;
  for (; t->at < t->end && *t->at >= '0' && *t->at <= '9' && n < 4; t->at++, n++)
    count = count * 10 + *t->at - '0';
  return n > 0 ? count : -1;
}

/* *, +, ? or {m,n} behind what can be repeated; `most` becomes how often at most that is (unbounded: 1). */
static bool translate_repeat(translation *t, bool repeatable, int *most) {
  if (t->at == t->end || strchr("*+?{", *t->at) == NULL) return true;
  if (!repeatable) return refuse(t, "there is nothing to repeat here; the sign itself is \\* \\+ \\? \\{");
  if (*t->at != '{') {
    gy_buffer_append(&t->out, t->at++, 1);
  } else {
    t->at++;
    int low = take_count(t), high = low;
    bool comma = t->at < t->end && *t->at == ',';
    if (comma) {
      t->at++;
      high = take_count(t);
    }
    if (low < 0 || t->at == t->end || *t->at != '}')
      return refuse(t, "a repetition is written {3}, {3,} or {3,5}");
    if (low > REPEATS_MOST || high > REPEATS_MOST || (high >= 0 && high < low))
      return refuse(t, "repetitions count up to 255, the lower number first");
    t->at++;
    *most = high > low ? high : low > 0 ? low : 1;
    if (high < 0)
      gy_buffer_printf(&t->out, "{%d,}", low);
    else
      gy_buffer_printf(&t->out, "{%d,%d}", low, high);
  }
  if (t->at < t->end && strchr("*+?{", *t->at) != NULL)
    return refuse(t, "a repetition cannot be repeated, nor be lazy or possessive");
  return true;
}

static bool translate_choice(translation *t, int *weight);

static bool translate_group(translation *t, int *weight) {
  if (++t->depth > GROUPS_MOST) return refuse(t, "groups are nested at most 20 deep");
  t->at++;
  if (t->at < t->end && *t->at == '?') return refuse(t, "flags, look-around and named groups are not read");
  gy_buffer_text(&t->out, "(?:");
  if (!translate_choice(t, weight)) return false;
  if (t->at == t->end) return refuse(t, "( is never closed");
  t->at++;
  gy_buffer_text(&t->out, ")");
  t->depth--;
  return true;
}

static bool translate_escape(translation *t) {
  const char *named = t->at + 1 < t->end ? class_of(t->at[1]) : NULL;
  if (named != NULL) {
    gy_buffer_printf(&t->out, "[%s%s]", t->at[1] < 'a' ? "^" : "", named);
    t->at += 2;
    return true;
  }
  t->at++;
  int32_t c = take_escaped(t);
  if (c >= 0) put_character(t, c);
  return c >= 0;
}

/* `weight` becomes the characters that the atom comes to, its repetitions written out. */
static bool translate_atom(translation *t, int *weight) {
  bool good = true, repeatable = true;
  switch (*t->at) {
    case '[':
      good = translate_class(t);
      break;
    case '(':
      good = translate_group(t, weight);
      break;
    case '\\':
      good = translate_escape(t);
      break;
    case '^':
    case '$':
      repeatable = false; /* fall through */
    case '.':
      gy_buffer_append(&t->out, t->at++, 1);
      break;
    case '*':
    case '+':
    case '?':
    case '{':
      repeatable = false;
      break;
    case ']':
    case '}':
      return refuse(t, "this bracket was never opened; the sign itself is \\] or \\}");
    default:
      put_character(t, take_character(t));
  }
  int most = 1;
  good = good && translate_repeat(t, repeatable, &most);
  *weight *= most;
  if (good && *weight > WEIGHT_MOST) return refuse(t, "this pattern repeats too much");
  return good;
}

/* Up to the end or to a closing bracket. RE2 bounds what nested repetitions come to. */
static bool translate_choice(translation *t, int *weight) {
  bool empty = true;
  *weight = 0;
  while (t->at < t->end && *t->at != ')') {
    if (*t->at == '|' && !empty) {
      gy_buffer_append(&t->out, t->at++, 1);
      empty = true;
      continue;
    }
    int here = 1;
    if (*t->at == '|' || !translate_atom(t, &here)) return refuse(t, "an alternative cannot be empty");
    *weight += here;
    if (*weight > WEIGHT_MOST) return refuse(t, "this pattern repeats too much");
    empty = false;
  }
  if (empty) return refuse(t, "an alternative cannot be empty");
  return t->depth > 0 || t->at == t->end || refuse(t, "this ) was never opened");
}

const char *rule_pattern_translate(gy_rule_text pattern, gy_arena *arena, const char **reason, size_t *at) {
  translation t = {.at = pattern.data, .end = pattern.data + pattern.length};
  char *translated = NULL;
  int weight;
  gy_buffer_init(&t.out, 64 * PATTERN_BYTES_MAX);
  if (pattern.length > PATTERN_BYTES_MAX)
    refuse(&t, "a pattern has at most 1000 bytes");
  else if (translate_choice(&t, &weight) && !t.out.failed)
    translated = gy_arena_strndup(arena, t.out.data, t.out.length);
  gy_buffer_clear(&t.out);
  *reason = t.reason;
  *at = (size_t)(t.at - pattern.data);
  return translated;
}

/* PCRE2 keeps its code in the arena, which frees it. */
static void *take_storage(size_t bytes, void *arena) { return gy_arena_alloc(arena, bytes); }
static void keep_storage(void *storage, void *arena) { (void)storage, (void)arena; }

void *rule_pattern_compile(const char *translated, gy_arena *arena, bool *too_large) {
  *too_large = false;
  pcre2_general_context *general = pcre2_general_context_create(take_storage, keep_storage, arena);
  if (general == NULL) return NULL;
  pcre2_compile_context *context = pcre2_compile_context_create(general);
  if (context == NULL) return NULL;
  int error;
  PCRE2_SIZE offset;
  pcre2_code *code = pcre2_compile((PCRE2_SPTR)translated, PCRE2_ZERO_TERMINATED,
                                   PCRE2_UTF | PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE,
                                   &error, &offset, context);
  *too_large = code == NULL && error != COMPILE_OUT_OF_MEMORY;
  return code;
}

/* ---- matching ---- */

static void *take_room(size_t bytes, void *user) {
  rule_pattern_room *room = user;
  size_t rounded = (bytes + 15) / 16 * 16;
  if (rounded > sizeof room->bytes - room->used) return NULL;
  void *taken = room->bytes + room->used;
  room->used += rounded;
  return taken;
}

void rule_pattern_room_init(rule_pattern_room *room) {
  room->used = 0;
  pcre2_general_context *general = pcre2_general_context_create(take_room, keep_storage, room);
  room->match = general != NULL ? pcre2_match_data_create(1, general) : NULL;
  assert(room->match != NULL); /* it needs some 200 bytes, whatever the pattern */
}

/* The automaton of all alternatives at once takes time linear in the text, whatever the pattern. */
bool rule_pattern_matches(const void *compiled, rule_pattern_room *room, gy_rule_text text) {
  int workspace[WORKSPACE];
  const char *data = text.length > 0 ? text.data : "";
  return pcre2_dfa_match(compiled, (PCRE2_SPTR)data, text.length, 0, PCRE2_NO_UTF_CHECK | PCRE2_DFA_SHORTEST,
                         room->match, NULL, workspace, WORKSPACE) >= 0;
}

static size_t step(gy_rule_text text, size_t at) {
  size_t next = at + 1;
  while (next < text.length && ((unsigned char)text.data[next] & 0xC0) == 0x80) next++;
  return next;
}

bool rule_like_is_whole(gy_rule_text pattern) {
  for (size_t i = 0; i < pattern.length; i++)
    if (pattern.data[i] == '\\' && ++i == pattern.length) return false;
  return true;
}

/* The last % takes one character more whenever what follows does not fit. */
bool rule_like(gy_rule_text pattern, gy_rule_text text) {
  size_t p = 0, t = 0, after_percent = SIZE_MAX, retry = 0;
  while (t < text.length) {
    bool escaped = p < pattern.length && pattern.data[p] == '\\';
    size_t literal = p + escaped;
    if (!escaped && p < pattern.length && pattern.data[p] == '%') {
      after_percent = ++p;
      retry = t;
    } else if (!escaped && p < pattern.length && pattern.data[p] == '_') {
      p++;
      t = step(text, t);
    } else if (literal < pattern.length && pattern.data[literal] == text.data[t]) {
      p = literal + 1;
      t++;
    } else if (after_percent != SIZE_MAX) {
      p = after_percent;
      t = retry = step(text, retry);
    } else {
      return false;
    }
  }
  while (p < pattern.length && pattern.data[p] == '%') p++;
  return p == pattern.length;
}
