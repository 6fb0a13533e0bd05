/* SPDX-License-Identifier: Apache-2.0
 *
 * Forms of codes -> one pattern. A form is a code with its capitals as A, its small letters as a, its digits
 * as 9. Runs of one kind become one piece; forms of the same pieces are merged, each piece with its least and
 * greatest length:
 *
 *   A99999, A999  -> [A-Z]\d{3,5}          2024-99, 2024-999 -> \d{4}-\d{2,3} */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "study/contract_suggest.h"

enum { PIECES_MAX = 12, KINDS_MAX = 3, PATTERN_MAX = 1024 };

typedef struct {
  char sign;
  size_t least, most;
} piece;

typedef struct {
  piece pieces[PIECES_MAX];
  size_t n;
} kind;

/* False for a form that is no code: spaces, other scripts, too many pieces, no digit. */
static bool read_form(const char *form, kind *made) {
  *made = (kind){0};
  bool has_digit = false;
  for (const char *at = form; *at != '\0'; at++) {
    bool known = strchr("Aa9-_./:#", *at) != NULL;
    has_digit = has_digit || *at == '9';
    piece *last = made->n > 0 ? &made->pieces[made->n - 1] : NULL;
    if (!known) return false;
    if (last != NULL && last->sign == *at) {
      last->most = ++last->least;
      continue;
    }
    if (made->n == PIECES_MAX) return false;
    made->pieces[made->n++] = (piece){*at, 1, 1};
  }
  return has_digit && made->n > 0;
}

static bool merge(kind *into, const kind *form) {
  if (into->n != form->n) return false;
  for (size_t i = 0; i < form->n; i++)
    if (into->pieces[i].sign != form->pieces[i].sign) return false;
  for (size_t i = 0; i < form->n; i++) {
    piece *own = &into->pieces[i];
    if (form->pieces[i].least < own->least) own->least = form->pieces[i].least;
    if (form->pieces[i].most > own->most) own->most = form->pieces[i].most;
  }
  return true;
}

static void write_piece(const piece *p, gy_buffer *out) {
  switch (p->sign) {
    case 'A':
      gy_buffer_text(out, "[A-Z]");
      break;
    case 'a':
      gy_buffer_text(out, "[a-z]");
      break;
    case '9':
      gy_buffer_text(out, "\\d");
      break;
    default:
      gy_buffer_printf(out, p->sign == '.' ? "\\%c" : "%c", p->sign);
  }
  if (p->least != p->most)
    gy_buffer_printf(out, "{%zu,%zu}", p->least, p->most);
  else if (p->least > 1)
    gy_buffer_printf(out, "{%zu}", p->least);
}

char *gy_pattern_of_forms(const char *const *forms, size_t n) {
  kind kinds[KINDS_MAX];
  size_t n_kinds = 0;
  for (size_t i = 0; i < n; i++) {
    kind form;
    size_t k = 0;
    if (!read_form(forms[i], &form)) return NULL;
    while (k < n_kinds && !merge(&kinds[k], &form)) k++;
    if (k < n_kinds) continue;
    if (n_kinds == KINDS_MAX) return NULL;
    kinds[n_kinds++] = form;
  }
  gy_buffer out;
  gy_buffer_init(&out, PATTERN_MAX);
  for (size_t k = 0; k < n_kinds; k++) {
    if (k > 0) gy_buffer_text(&out, "|");
    for (size_t i = 0; i < kinds[k].n; i++) write_piece(&kinds[k].pieces[i], &out);
  }
  char *text = n_kinds > 0 ? gy_buffer_take(&out) : NULL;
  gy_buffer_clear(&out);
  return text;
}
