/* SPDX-License-Identifier: Apache-2.0 */
#include "study/link_spec.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_MAX = 256 };

static const char KINDS[] = "exact, name, address, email, phone, date, postcode or text";

/* The piece of a list up to `mark`, without blanks around it; moves past the mark. False at the end. */
static bool next_piece(const char **at, char mark, char *piece) {
  const char *from = *at;
  if (*from == '\0') return false;
  const char *end = strchr(from, mark);
  size_t n = end != NULL ? (size_t)(end - from) : strlen(from);
  *at = from + n + (end != NULL);
  while (n > 0 && isspace((unsigned char)*from)) from++, n--;
  while (n > 0 && isspace((unsigned char)from[n - 1])) n--;
  if (n >= PIECE_MAX) n = PIECE_MAX - 1;
  memcpy(piece, from, n);
  piece[n] = '\0';
  return true;
}

static void trim(char *text) {
  size_t n = strlen(text);
  while (n > 0 && isspace((unsigned char)text[n - 1])) text[--n] = '\0';
  size_t ahead = strspn(text, " \t");
  memmove(text, text + ahead, n - ahead + 1);
}

/* Cuts `text` at the last `mark` and gives what is behind it; NULL: there is none. */
static char *cut_at(char *text, char mark) {
  char *at = strrchr(text, mark);
  if (at == NULL) return NULL;
  *at = '\0';
  trim(text);
  trim(at + 1);
  return at + 1;
}

gy_status gy_link_spec_add(gy_link_spec *spec, const char *left, const char *right, gy_link_compare compare,
                           gy_error *err) {
  if (spec->n_fields == GY_LINK_FIELDS_MAX)
    return gy_fail(err, GY_EUSAGE, "--compare names more than %d fields", GY_LINK_FIELDS_MAX);
  for (size_t f = 0; f < spec->n_fields; f++)
    if (strcmp(spec->fields[f].name, left) == 0)
      return gy_fail(err, GY_EUSAGE, "--compare names %s twice", left);
  const char *names[2] = {gy_arena_strndup(&spec->arena, left, strlen(left)),
                          gy_arena_strndup(&spec->arena, right, strlen(right))};
  if (names[0] == NULL || names[1] == NULL) return gy_fail(err, GY_ENOMEM, "no memory for what is compared");
  for (int side = 0; side < 2; side++) spec->columns[side][spec->n_fields] = names[side];
  spec->fields[spec->n_fields++] = (gy_link_field){names[0], compare, true};
  return GY_OK;
}

gy_status gy_link_spec_compare(const char *text, gy_link_spec *spec, gy_error *err) {
  char piece[PIECE_MAX];
  gy_status status = GY_OK;
  for (const char *at = text; status == GY_OK && next_piece(&at, ',', piece);) {
    gy_link_compare compare = GY_LINK_TEXT;
    char *kind = cut_at(piece, ':'), *right = cut_at(piece, '=');
    if (*piece == '\0' || (right != NULL && *right == '\0'))
      return gy_fail(err, GY_EUSAGE, "--compare '%s': a field has no column; write COLUMN:KIND, ...", text);
    if (kind != NULL && !gy_link_compare_from_name(kind, &compare))
      return gy_fail(err, GY_EUSAGE, "--compare %s: '%s' is no way to compare; use %s", piece, kind, KINDS);
    if (kind == NULL && !gy_link_kind_by_name(piece, &compare)) compare = GY_LINK_TEXT;
    status = gy_link_spec_add(spec, piece, right != NULL ? right : piece, compare, err);
  }
  if (status == GY_OK && spec->n_fields == 0)
    return gy_fail(err, GY_EUSAGE, "--compare names no field; write COLUMN:KIND, ...");
  return status;
}

static gy_status read_part(const char *text, char *piece, const gy_link_spec *spec, gy_link_part *part,
                           gy_error *err) {
  char *letters = cut_at(piece, ':'), *end = letters;
  part->letters = 0;
  if (letters != NULL && strcmp(letters, "stem") == 0) {
    part->letters = GY_LINK_STEM;
  } else if (letters != NULL) {
    long n = strtol(letters, &end, 10);
    if (end == letters || *end != '\0' || n == 0 || n > 99 || n < -99)
      return gy_fail(
          err, GY_EUSAGE,
          "--block %s: '%s' is no number of letters; use 3 for the first, -4 for the last, or stem", text,
          letters);
    part->letters = (int)n;
  }
  for (part->field = 0; part->field < spec->n_fields; part->field++)
    if (strcmp(spec->fields[part->field].name, piece) == 0) return GY_OK;
  return gy_fail(err, GY_EUSAGE, "--block %s: %s is not among what is compared", text, piece);
}

gy_status gy_link_spec_block(const char *text, gy_link_spec *spec, gy_error *err) {
  char piece[PIECE_MAX];
  gy_link_rule rule = {.n_parts = 0};
  if (spec->n_rules == GY_LINK_RULES_MAX)
    return gy_fail(err, GY_EUSAGE, "there are more than %d blocks", GY_LINK_RULES_MAX);
  for (const char *at = text; next_piece(&at, '+', piece);) {
    if (rule.n_parts == GY_LINK_PARTS_MAX)
      return gy_fail(err, GY_EUSAGE, "--block %s has more than %d parts", text, GY_LINK_PARTS_MAX);
    gy_status status = read_part(text, piece, spec, &rule.parts[rule.n_parts++], err);
    if (status != GY_OK) return status;
  }
  if (rule.n_parts == 0) return gy_fail(err, GY_EUSAGE, "--block is empty; write FIELD, or FIELD:3 + FIELD");
  spec->rule_texts[spec->n_rules] = gy_arena_strndup(&spec->arena, text, strlen(text));
  if (spec->rule_texts[spec->n_rules] == NULL) return gy_fail(err, GY_ENOMEM, "no memory for blocks");
  spec->rules[spec->n_rules++] = rule;
  return GY_OK;
}

gy_status gy_link_spec_make(const gy_link_files_options *options, gy_link_spec *spec, gy_error *err) {
  *spec = (gy_link_spec){.is_guessed = options->compare == NULL};
  gy_arena_init(&spec->arena, 0, 0);
  gy_status status = options->compare != NULL ? gy_link_spec_compare(options->compare, spec, err)
                                              : gy_link_guess_fields(options, spec, err);
  for (size_t i = 0; i < options->n_blocks && status == GY_OK; i++)
    status = gy_link_spec_block(options->blocks[i], spec, err);
  return status == GY_OK && spec->n_rules == 0 ? gy_link_guess_rules(spec, err) : status;
}

void gy_link_spec_clear(gy_link_spec *spec) { gy_arena_clear(&spec->arena); }
