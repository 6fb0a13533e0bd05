/* SPDX-License-Identifier: Apache-2.0
 *
 * Running text on narrow terminals. Texts are written in lines of up to 110 columns; where the terminal has
 * fewer, the lines of a paragraph are joined and broken anew between words. Lines that begin with a space
 * (lists, forms) stay lines of their own. Hangul counts two columns a syllable. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

enum { WRITTEN_FOR = 110, DEEPER = 2 };

static size_t word_width(const char *word, size_t n) {
  char text[256];
  if (n >= sizeof text) return n;
  memcpy(text, word, n);
  text[n] = '\0';
  return cli_text_width(text);
}

/* Does this line end stand within a paragraph? */
static bool joins(const char *text, const char *at) {
  return at > text && at[-1] != '\n' && at[1] != '\0' && at[1] != '\n' && at[1] != ' ';
}

void cli_wrap(const char *text, size_t column, size_t hang) {
  size_t width = cli_terminal_width(), spaces = 0, deep = hang;
  if (width >= WRITTEN_FOR) {
    fputs(text, stdout);
    return;
  }
  for (const char *at = text; *at != '\0';) {
    if (*at == ' ' || (*at == '\n' && joins(text, at))) {
      spaces = *at == ' ' ? spaces + 1 : 1;
      at++;
      continue;
    }
    if (*at == '\n') {
      putchar('\n');
      column = spaces = 0;
      deep = hang + strspn(++at, " ");
      if (*at == ' ') deep += DEEPER;
      continue;
    }
    size_t n = strcspn(at, " \n"), wide = word_width(at, n);
    if (column > deep && column + spaces + wide > width) {
      printf("\n%*s", (int)deep, "");
      column = deep;
      spaces = 0;
    }
    printf("%*s%.*s", (int)spaces, "", (int)n, at);
    column += spaces + wide;
    spaces = 0;
    at += n;
  }
}

const char *cli_plural(long long n) { return n == 1 ? "" : "s"; }
