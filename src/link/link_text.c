/* SPDX-License-Identifier: Apache-2.0 */
#include "link/link_text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#include <xxhash.h>

#include "link/link_words.h"

enum { BYTES_MAX = 1024, EXPANDED_MAX = 18 * BYTES_MAX + 64 };
enum { HANGUL_BEGIN = 0xAC00, HANGUL_END = 0xD7A4 };

uint64_t link_hash(const void *bytes, size_t n) { return XXH3_64bits(bytes, n); }

/* ASCII and Hangul syllables, which are their own normal forms but for case. False: something else is there,
 * or there is too much. */
static bool decode_plain(const char *text, size_t n, uint32_t *chars, size_t *n_chars) {
  size_t count = 0;
  for (size_t i = 0; i < n && count < LINK_CHARS_MAX;) {
    unsigned char c = (unsigned char)text[i];
    if (c < 0x80) {
      chars[count++] = c >= 'A' && c <= 'Z' ? c + 32u : c;
      i++;
      continue;
    }
    if (c < 0xEA || c > 0xED || n - i < 3) return false;
    unsigned char c1 = (unsigned char)text[i + 1], c2 = (unsigned char)text[i + 2];
    uint32_t code = (uint32_t)(c & 15) << 12 | (uint32_t)(c1 & 63) << 6 | (c2 & 63);
    if ((c1 & 0xC0) != 0x80 || (c2 & 0xC0) != 0x80 || code < HANGUL_BEGIN || code >= HANGUL_END) return false;
    chars[count++] = code;
    i += 3;
  }
  *n_chars = count;
  return true;
}

/* A copy in which what is no UTF-8 is a blank, cut at a character. */
static size_t make_valid(const char *text, size_t n, char *out) {
  size_t used = 0;
  for (size_t i = 0; i < n;) {
    utf8proc_int32_t code;
    utf8proc_ssize_t length =
        utf8proc_iterate((const utf8proc_uint8_t *)text + i, (utf8proc_ssize_t)(n - i), &code);
    size_t step = length > 0 ? (size_t)length : 1;
    if (used + step > BYTES_MAX) break;
    if (length > 0)
      memcpy(out + used, text + i, step);
    else
      out[used] = ' ';
    used += step;
    i += step;
  }
  return used;
}

static size_t decode_any(const char *text, size_t n, uint32_t *chars) {
  char valid[BYTES_MAX];
  utf8proc_int32_t expanded[EXPANDED_MAX];
  size_t n_valid = make_valid(text, n, valid);
  utf8proc_ssize_t count =
      utf8proc_decompose((const utf8proc_uint8_t *)valid, (utf8proc_ssize_t)n_valid, expanded, EXPANDED_MAX,
                         UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
  if (count < 0 || count > EXPANDED_MAX) return 0;
  count = utf8proc_normalize_utf32(expanded, count, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  if (count < 0) return 0;
  size_t kept = (size_t)count < LINK_CHARS_MAX ? (size_t)count : LINK_CHARS_MAX;
  for (size_t i = 0; i < kept; i++) chars[i] = (uint32_t)expanded[i];
  return kept;
}

static bool is_word(uint32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  if (c >= HANGUL_BEGIN && c < HANGUL_END) return true;
  utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

static bool is_blank(uint32_t c) {
  return c <= ' ' || (c >= 0x80 && utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_ZS);
}

size_t link_fold(const char *text, size_t n, bool all, uint32_t *chars) {
  size_t count, kept = 0;
  if (!decode_plain(text, n, chars, &count)) count = decode_any(text, n, chars);
  for (size_t i = 0; i < count; i++) {
    bool stays = all ? !is_blank(chars[i]) : is_word(chars[i]);
    if (stays)
      chars[kept++] = chars[i];
    else if (kept > 0 && chars[kept - 1] != ' ')
      chars[kept++] = ' ';
  }
  return kept > 0 && chars[kept - 1] == ' ' ? kept - 1 : kept;
}

static bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }

static size_t without_blanks(uint32_t *chars, size_t n) {
  size_t kept = 0;
  for (size_t i = 0; i < n; i++)
    if (chars[i] != ' ') chars[kept++] = chars[i];
  return kept;
}

static void set_normal(link_text *out, const uint32_t *chars, size_t n) {
  out->n_normal = 0;
  for (size_t i = 0; i < n; i++)
    out->n_normal += (size_t)utf8proc_encode_char((utf8proc_int32_t)chars[i],
                                                  (utf8proc_uint8_t *)out->normal + out->n_normal);
}

static void read_name(link_text *out, bool in_any_order) {
  uint64_t words[LINK_CHARS_MAX / 2 + 1];
  size_t n = 0;
  for (size_t i = 0, from = 0; i <= out->n_chars; i++) {
    if (i < out->n_chars && out->chars[i] != ' ') continue;
    words[n++] = link_hash(out->chars + from, (i - from) * sizeof *out->chars);
    from = i + 1;
  }
  out->n_chars = without_blanks(out->chars, out->n_chars);
  set_normal(out, out->chars, out->n_chars);
  out->stem = in_any_order && n > 1 ? link_words_hash(words, n) : link_hash(out->normal, out->n_normal);
}

static bool is_text(const uint32_t *chars, size_t n, const char *text) {
  if (strlen(text) != n) return false;
  for (size_t i = 0; i < n; i++)
    if (chars[i] != (unsigned char)text[i]) return false;
  return true;
}

static size_t without_dots(const uint32_t *chars, size_t n, uint32_t *out) {
  size_t kept = 0;
  for (size_t i = 0; i < n; i++)
    if (chars[i] != '.') out[kept++] = chars[i];
  return kept;
}

/* LOCAL@DOMAIN; what is compared by letters is LOCAL without dots. */
static void read_email(link_text *out) {
  uint32_t local[LINK_CHARS_MAX], whole[LINK_CHARS_MAX];
  size_t at = out->n_chars, n_local = 0, n = 0;
  for (size_t i = 0; i < out->n_chars; i++)
    if (out->chars[i] == '@') at = i;
  while (n_local < at && (out->chars[n_local] != '+' || n_local == 0)) n_local++;
  const uint32_t *domain = out->chars + at + 1;
  size_t n_domain = at < out->n_chars ? out->n_chars - at - 1 : 0;
  bool is_gmail = is_text(domain, n_domain, "gmail.com") || is_text(domain, n_domain, "googlemail.com");
  size_t n_bare = without_dots(out->chars, n_local, local);
  if (is_gmail)
    memcpy(whole, local, (n = n_bare) * sizeof *whole);
  else
    memcpy(whole, out->chars, (n = n_local) * sizeof *whole);
  if (at < out->n_chars) whole[n++] = '@';
  for (size_t i = 0; i < n_domain && n < LINK_CHARS_MAX; i++) whole[n++] = domain[i];
  if (is_gmail) n -= n_domain - 9; /* googlemail.com is gmail.com */
  for (size_t i = 0; is_gmail && i < 9; i++) whole[n - 9 + i] = (unsigned char)"gmail.com"[i];
  set_normal(out, whole, n);
  out->n_chars = n_bare;
  memcpy(out->chars, local, n_bare * sizeof *local);
  out->stem = link_hash(local, n_bare * sizeof *local);
}

enum { PHONE_DIGITS_MIN = 4, PHONE_DIGITS_MAX = 20, PHONE_STEM = 8 };

static void read_phone(link_text *out) {
  uint32_t digits[PHONE_DIGITS_MAX + 1];
  size_t n = 0, from = 1;
  digits[0] = '0';
  for (size_t i = 0; i < out->n_chars && n < PHONE_DIGITS_MAX; i++)
    if (is_digit(out->chars[i])) digits[++n] = out->chars[i];
  if (n > 4 && digits[1] == '0' && digits[2] == '0') from += 2;
  if (n + 1 - from >= 11 && digits[from] == '8' && digits[from + 1] == '2') {
    from += 2;
    if (digits[from] != '0') digits[--from] = '0';
  }
  n = n + 1 - from;
  if (n < PHONE_DIGITS_MIN) n = 0;
  memcpy(out->chars, digits + from, n * sizeof *digits);
  out->n_chars = n;
  set_normal(out, out->chars, n);
  size_t tail = n < PHONE_STEM ? n : PHONE_STEM;
  out->stem = link_hash(out->normal + n - tail, tail);
}

/* The first three runs of digits. */
static size_t digit_runs(const link_text *text, uint32_t values[3], size_t lengths[3]) {
  size_t n = 0;
  for (size_t i = 0; i < text->n_chars && n < 3; i++) {
    if (!is_digit(text->chars[i])) continue;
    values[n] = 0;
    lengths[n] = 0;
    for (; i < text->n_chars && is_digit(text->chars[i]); i++, lengths[n]++)
      values[n] = values[n] * 10 % 100000000 + (text->chars[i] - '0');
    n++;
  }
  return n;
}

static bool find_date(const link_text *text, uint32_t *y, uint32_t *m, uint32_t *d) {
  uint32_t values[3];
  size_t lengths[3], n = digit_runs(text, values, lengths);
  if (n == 0) return false;
  if (lengths[0] == 8 || lengths[0] == 6) {
    *y = values[0] / 10000;
    *m = values[0] / 100 % 100;
    *d = values[0] % 100;
    if (lengths[0] == 6) *y += *y > 30 ? 1900 : 2000;
  } else if (n == 3 && (lengths[0] == 4 || lengths[2] == 4)) {
    bool is_year_first = lengths[0] == 4, is_day_first = !is_year_first && values[0] > 12;
    *y = values[is_year_first ? 0 : 2];
    *m = values[is_year_first || is_day_first ? 1 : 0];
    *d = values[is_year_first ? 2 : is_day_first ? 0 : 1];
  } else {
    return false;
  }
  return *y >= 1000 && *m >= 1 && *m <= 12 && *d >= 1 && *d <= 31;
}

static void read_date(link_text *out) {
  uint32_t y, m, d;
  if (!find_date(out, &y, &m, &d)) {
    set_normal(out, out->chars, out->n_chars);
    out->stem = 0;
    return;
  }
  uint32_t values[8] = {y / 1000, y / 100, y / 10, y, m / 10, m, d / 10, d};
  for (size_t i = 0; i < 8; i++) values[i] = '0' + values[i] % 10;
  set_normal(out, values, 8);
  out->stem = (uint64_t)y << 16 | m << 8 | d;
}

void link_text_read(gy_link_compare compare, const char *text, size_t n, link_text *out) {
  bool all = compare == GY_LINK_EXACT || compare == GY_LINK_EMAIL;
  out->n_chars = link_fold(text, n, all, out->chars);
  out->n_words = 0;
  switch (compare) {
    case GY_LINK_NAME:
    case GY_LINK_TEXT:
      read_name(out, compare == GY_LINK_NAME);
      return;
    case GY_LINK_ADDRESS:
      link_words_read(out);
      return;
    case GY_LINK_EMAIL:
      read_email(out);
      return;
    case GY_LINK_PHONE:
      read_phone(out);
      return;
    case GY_LINK_DATE:
      read_date(out);
      return;
    default:
      if (compare == GY_LINK_POSTCODE) out->n_chars = without_blanks(out->chars, out->n_chars);
      set_normal(out, out->chars, out->n_chars);
      out->stem = link_hash(out->normal, out->n_normal);
  }
}
