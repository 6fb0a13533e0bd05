/* SPDX-License-Identifier: Apache-2.0 */
#include "support/byte_search.h"

#include <ctype.h>
#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_MAX = 512, FORMS_MAX = 9, FORM_LEAST = 4 };

typedef struct {
  const char *name;
  char bytes[4 * TEXT_MAX];
  size_t n;
} form;

static void die(const char *what, const char *path) {
  fprintf(stderr, "byte_search: cannot %s %s\n", what, path);
  abort();
}

static void add(form *forms, size_t *n_forms, const char *name, const void *bytes, size_t n) {
  if (n < FORM_LEAST || n > sizeof forms->bytes) return;
  form *made = &forms[(*n_forms)++];
  made->name = name;
  made->n = n;
  memcpy(made->bytes, bytes, n);
}

/* The characters of base64 that the text alone decides, where it begins at a byte that leaves `shift` over 3.
 */
static void add_base64(form *forms, size_t *n_forms, const char *text, size_t n, size_t shift) {
  static const char *const NAMES[] = {"base64", "base64 from its 2nd byte", "base64 from its 3rd byte"};
  char padded[TEXT_MAX + 3] = {0}, encoded[2 * TEXT_MAX];
  memcpy(padded + shift, text, n);
  sodium_bin2base64(encoded, sizeof encoded, (const unsigned char *)padded, shift + n,
                    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  size_t begin = (shift * 8 + 5) / 6, end = (shift + n) * 8 / 6;
  add(forms, n_forms, NAMES[shift], encoded + begin, end - begin);
}

/* Characters beyond the first plane are rare enough in identifiers to be left out of UTF-16. */
static size_t to_utf16(const char *text, size_t n, bool big, char *out) {
  size_t used = 0;
  for (size_t i = 0; i < n;) {
    unsigned char c = (unsigned char)text[i];
    unsigned code = c;
    size_t length = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (length == 2) code = (c & 0x1Fu) << 6 | ((unsigned char)text[i + 1] & 0x3Fu);
    if (length == 3)
      code = (c & 0x0Fu) << 12 | ((unsigned char)text[i + 1] & 0x3Fu) << 6 |
             ((unsigned char)text[i + 2] & 0x3Fu);
    if (length == 4) return 0;
    out[used++] = (char)(big ? code >> 8 : code & 0xFF);
    out[used++] = (char)(big ? code & 0xFF : code >> 8);
    i += length;
  }
  return used;
}

static size_t make_forms(const char *text, form forms[FORMS_MAX]) {
  size_t n = strlen(text), n_forms = 0;
  char lower[TEXT_MAX], wide[2 * TEXT_MAX];
  if (n < FORM_LEAST || n >= TEXT_MAX - 3) return 0;
  for (size_t i = 0; i < n; i++) lower[i] = (char)tolower((unsigned char)text[i]);
  add(forms, &n_forms, "plain", text, n);
  if (memcmp(lower, text, n) != 0) add(forms, &n_forms, "lower case", lower, n);
  add(forms, &n_forms, "utf-16le", wide, to_utf16(text, n, false, wide));
  add(forms, &n_forms, "utf-16be", wide, to_utf16(text, n, true, wide));
  for (size_t shift = 0; shift < 3; shift++) add_base64(forms, &n_forms, text, n, shift);
  return n_forms;
}

/* nftw tells its visitor nothing but the path. */
static struct {
  const char *const *texts;
  size_t n;
  size_t which;
  char where[4096];
  bool found;
} search;

static void search_bytes(const char *path, const char *bytes, size_t n) {
  static form forms[FORMS_MAX];
  for (size_t t = 0; t < search.n && !search.found; t++) {
    size_t n_forms = make_forms(search.texts[t], forms);
    for (size_t f = 0; f < n_forms && !search.found; f++) {
      const char *at = memmem(bytes, n, forms[f].bytes, forms[f].n);
      if (at == NULL) continue;
      search.found = true;
      search.which = t;
      snprintf(search.where, sizeof search.where, "%s in %s at %zu", forms[f].name, path,
               (size_t)(at - bytes));
    }
  }
}

static int visit(const char *path, const struct stat *info, int type, struct FTW *place) {
  (void)place;
  if (type == FTW_DNR || type == FTW_NS) die("read", path);
  if (type != FTW_F || info->st_size == 0) return 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) die("open", path);
  void *bytes = mmap(NULL, (size_t)info->st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (bytes == MAP_FAILED) die("map", path);
  search_bytes(path, bytes, (size_t)info->st_size);
  munmap(bytes, (size_t)info->st_size);
  close(fd);
  return search.found;
}

bool byte_search_any(const char *path, const char *const *texts, size_t n, size_t *which, char *where,
                     size_t room) {
  search.texts = texts;
  search.n = n;
  search.found = false;
  if (nftw(path, visit, 16, FTW_PHYS) < 0) die("walk", path);
  if (search.found && which != NULL) *which = search.which;
  if (search.found && where != NULL) snprintf(where, room, "%s", search.where);
  return search.found;
}

bool byte_search(const char *path, const char *text, char *where, size_t room) {
  return byte_search_any(path, &text, 1, NULL, where, room);
}
