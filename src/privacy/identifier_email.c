/* SPDX-License-Identifier: Apache-2.0
 *
 * E-mail addresses (RFC 5321): something, '@', a domain of labels with at least one point. Quoted local parts
 * and addresses in brackets are not what shops have. Gmail reads points in the local part and all behind a
 * '+' as nothing. */
#include <string.h>

#include "privacy/identifier_text.h"

enum { LOCAL_MAX = 64, DOMAIN_MAX = 255, LABEL_MAX = 63 };

static bool is_alnum(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80;
}

/* Labels of letters, digits and dashes; the last one is no number. */
static bool is_domain(const char *text, size_t n) {
  size_t label = 0, n_labels = 0;
  bool has_letter = false;
  if (n > DOMAIN_MAX) return false;
  for (size_t i = 0; i <= n; i++) {
    if (i == n || text[i] == '.') {
      size_t length = i - label;
      if (length == 0 || length > LABEL_MAX || text[label] == '-' || text[i - 1] == '-') return false;
      if (i == n) return n_labels > 0 && length >= 2 && has_letter;
      n_labels++;
      label = i + 1;
      has_letter = false;
      continue;
    }
    if (!is_alnum((unsigned char)text[i]) && text[i] != '-') return false;
    has_letter = has_letter || (unsigned char)text[i] > '9';
  }
  return false;
}

static bool is_local(const char *text, size_t n) {
  if (n == 0 || n > LOCAL_MAX || text[0] == '.' || text[n - 1] == '.') return false;
  for (size_t i = 0; i < n; i++) {
    if (is_alnum((unsigned char)text[i])) continue;
    if (text[i] == '\0' || strchr("!#$%&'*+-/=?^_`{|}~.", text[i]) == NULL) return false;
    if (text[i] == '.' && text[i - 1] == '.') return false;
  }
  return true;
}

/* test@, test1@, none@, noreply@, 00@, ... */
static bool is_nobody(const char *local, size_t n) {
  static const char *const WORDS[] = {"na",      "noemail",   "no-email",    "no.email", "nomail",  "noname",
                                      "noreply", "no-reply",  "donotreply",  "nobody",   "dummy",   "guest",
                                      "asdf",    "asdfasdf",  "aaa",         "abc",      "abc123",  "xxx",
                                      "example", "sample",    "placeholder", "fake",     "invalid", "blank",
                                      "email",   "youremail", "your.email"};
  if (identifier_is_nothing(local, n)) return true;
  for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
    if (WORDS[i][0] == local[0] && strlen(WORDS[i]) == n && memcmp(WORDS[i], local, n) == 0) return true;
  if (n < 4 || memcmp(local, "test", 4) != 0) return identifier_is_repeated(local, n, 3);
  for (size_t i = 4; i < n; i++)
    if (local[i] < '0' || local[i] > '9') return false;
  return true;
}

static bool is_gmail(const char *domain, size_t n) {
  return (n == 9 && memcmp(domain, "gmail.com", 9) == 0) ||
         (n == 14 && memcmp(domain, "googlemail.com", 14) == 0);
}

gy_normal identifier_email(const char *text, size_t n, char out[GY_IDENTIFIER_MAX], size_t *out_n) {
  if (n > 8 && memcmp(text, "mailto:", 7) == 0) {
    text += 7;
    n -= 7;
  }
  const char *at = memchr(text, '@', n);
  if (at == NULL) return identifier_is_nothing(text, n) ? GY_NORMAL_JUNK : GY_NORMAL_INVALID;
  size_t local_n = (size_t)(at - text), domain_n = n - local_n - 1;
  const char *domain = at + 1;
  if (domain_n > 1 && domain[domain_n - 1] == '.') domain_n--; /* the root */
  if (!is_domain(domain, domain_n) || !is_local(text, local_n)) return GY_NORMAL_INVALID;
  bool gmail = is_gmail(domain, domain_n);
  size_t used = 0;
  for (size_t i = 0; i < local_n; i++) {
    if (gmail && text[i] == '+') break;
    if (!gmail || text[i] != '.') out[used++] = text[i];
  }
  if (used == 0) return GY_NORMAL_INVALID;
  if (is_nobody(out, used)) return GY_NORMAL_JUNK;
  out[used++] = '@';
  if (gmail) domain = "gmail.com", domain_n = 9;
  memmove(out + used, domain, domain_n);
  *out_n = used + domain_n;
  return GY_NORMAL_VALUE;
}
