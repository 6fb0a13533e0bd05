/* SPDX-License-Identifier: Apache-2.0
 *
 * Patterns that PCRE2, RE2 (DuckDB) and PostgreSQL read alike. A pattern is parsed, refused where it leaves
 * the common subset, and written anew in forms whose meaning none of them disputes:
 *
 *   literals  .  [a-z]  [^a-z]  \d \w \s \D \W \S (ASCII)  ( )  |  * + ? {m} {m,} {m,n} up to 255  ^  $
 *
 * No back references, look-around, lazy or possessive quantifiers, word boundaries, named classes or flags.
 * A pattern is found anywhere in the text unless ^ and $ tie it. `.` is any character. */
#ifndef GYEOL_RULE_RULE_PATTERN_H
#define GYEOL_RULE_RULE_PATTERN_H

#include "rule/rule_ast.h"

/* Gives the pattern in the common form (in the arena), or NULL with the reason and its byte in `pattern`. */
const char *rule_pattern_translate(gy_rule_text pattern, gy_arena *arena, const char **reason, size_t *at);

/* Compiles a translated pattern into the arena; NULL: it is too large (and then says so), or memory is spent.
 */
void *rule_pattern_compile(const char *translated, gy_arena *arena, bool *too_large);

/* What a thread needs to match: a compiled pattern may serve many. */
typedef struct rule_pattern_room {
  void *match;
  size_t used;
  _Alignas(16) char bytes[1000];
} rule_pattern_room;

void rule_pattern_room_init(rule_pattern_room *room);
bool rule_pattern_matches(const void *compiled, rule_pattern_room *room, gy_rule_text text);

/* % is any text, _ any character, \ takes the next one as it is. */
bool rule_like(gy_rule_text pattern, gy_rule_text text);
/* A lone \ at the end means nothing. */
bool rule_like_is_whole(gy_rule_text pattern);

#endif
