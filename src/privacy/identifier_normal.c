/* SPDX-License-Identifier: Apache-2.0
 *
 * The normal form of each kind of identifier, from the parts that are about one kind alone. */
#include <string.h>

#include "privacy/identifier_text.h"

enum {
  CARD_MIN = 12,
  CARD_MAX = 19,
  RESIDENT_DIGITS = 13,
  HASH_DIGITS = 64,
  SHORT_REPEAT = 2,
  ID_REPEAT = 6
};

static gy_normal give_text(const char *text, size_t n, char *out, size_t *out_n) {
  memmove(out, text, n);
  *out_n = n;
  return n > 0 ? GY_NORMAL_VALUE : GY_NORMAL_EMPTY;
}

static bool has_letter(const char *text, size_t n) {
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c >= 0x80 || (c >= 'a' && c <= 'z')) return true;
  }
  return false;
}

/* Hangul syllables and spaces alone; U+AC00 to U+D7A3 are EA B0 80 to ED 9E A3. */
static bool is_hangul(const char *text, size_t n) {
  for (size_t i = 0; i < n;) {
    unsigned char c = (unsigned char)text[i];
    if (c == ' ') {
      i++;
      continue;
    }
    if (n - i < 3 || c < 0xEA || c > 0xED) return false;
    unsigned char next = (unsigned char)text[i + 1], last = (unsigned char)text[i + 2];
    bool above = c == 0xEA && next < 0xB0,
         beyond = c == 0xED && (next > 0x9E || (next == 0x9E && last > 0xA3));
    if (above || beyond) return false;
    i += 3;
  }
  return n > 0;
}

static gy_normal person_name(char *text, size_t n, char *out, size_t *out_n) {
  if (!has_letter(text, n)) return GY_NORMAL_INVALID;
  if (identifier_is_repeated(text, n, SHORT_REPEAT)) return GY_NORMAL_JUNK;
  if (!is_hangul(text, n)) return give_text(text, n, out, out_n);
  size_t used = 0;
  for (size_t i = 0; i < n; i++)
    if (text[i] != ' ') text[used++] = text[i];
  return identifier_is_nothing(text, used) ? GY_NORMAL_JUNK : give_text(text, used, out, out_n);
}

/* Provinces and great cities as people shorten them. */
static const char *province_of(const char *word, size_t n) {
  static const char *const NAMES[][5] = {
      {"서울", "서울특별시", "서울시"},
      {"부산", "부산광역시", "부산시"},
      {"대구", "대구광역시", "대구시"},
      {"인천", "인천광역시", "인천시"},
      {"광주", "광주광역시"},
      {"대전", "대전광역시", "대전시"},
      {"울산", "울산광역시", "울산시"},
      {"세종", "세종특별자치시", "세종시"},
      {"경기", "경기도"},
      {"강원", "강원도", "강원특별자치도"},
      {"충북", "충청북도"},
      {"충남", "충청남도"},
      {"전북", "전라북도", "전북특별자치도"},
      {"전남", "전라남도"},
      {"경북", "경상북도"},
      {"경남", "경상남도"},
      {"제주", "제주특별자치도", "제주도"},
  };
  for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
    for (size_t k = 1; k < 5 && NAMES[i][k] != NULL; k++)
      if (strlen(NAMES[i][k]) == n && memcmp(NAMES[i][k], word, n) == 0) return NAMES[i][0];
  return NULL;
}

static gy_normal address(const char *text, size_t n, char *out, size_t *out_n) {
  if (!has_letter(text, n)) return GY_NORMAL_INVALID;
  const char *space = memchr(text, ' ', n);
  size_t word = space != NULL ? (size_t)(space - text) : n;
  const char *province = province_of(text, word);
  if (province == NULL) return give_text(text, n, out, out_n);
  size_t used = 0;
  for (; province[used] != '\0'; used++) out[used] = province[used];
  memcpy(out + used, text + word, n - word);
  *out_n = used + n - word;
  return GY_NORMAL_VALUE;
}

static gy_normal card_number(const char *digits, size_t n, char *out, size_t *out_n) {
  if (identifier_is_repeated(digits, n, ID_REPEAT)) return GY_NORMAL_JUNK;
  if (n < CARD_MIN || n > CARD_MAX || !identifier_is_luhn(digits, n)) return GY_NORMAL_INVALID;
  return give_text(digits, n, out, out_n);
}

static gy_normal resident_number(const char *digits, size_t n, char *out, size_t *out_n) {
  if (identifier_is_repeated(digits, n, ID_REPEAT) || identifier_is_counting(digits, n))
    return GY_NORMAL_JUNK;
  if (n != RESIDENT_DIGITS || !identifier_is_resident(digits, RESIDENT_BY_RULES)) return GY_NORMAL_INVALID;
  return give_text(digits, n, out, out_n);
}

/* Without spaces and dashes; what they kept apart may join. */
static gy_normal compact(const char *text, size_t n, char *out, size_t *out_n) {
  char closed[GY_IDENTIFIER_MAX];
  size_t used = 0;
  for (size_t i = 0; i < n; i++)
    if (text[i] != ' ' && text[i] != '-') closed[used++] = text[i];
  if (!identifier_fold(closed, used, IDENTIFIER_FOLDS_CASE, out, out_n)) return GY_NORMAL_INVALID;
  bool is_junk = identifier_is_repeated(out, *out_n, ID_REPEAT) || identifier_is_nothing(out, *out_n);
  return is_junk ? GY_NORMAL_JUNK : GY_NORMAL_VALUE;
}

static gy_normal hashed_email(const char *text, size_t n, char *out, size_t *out_n) {
  /* SHA-256 of nothing */
  static const char NOTHING[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  if (n != HASH_DIGITS) return GY_NORMAL_INVALID;
  for (size_t i = 0; i < n; i++)
    if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f'))) return GY_NORMAL_INVALID;
  if (identifier_is_repeated(text, n, n) || memcmp(text, NOTHING, n) == 0) return GY_NORMAL_JUNK;
  return give_text(text, n, out, out_n);
}

static gy_normal number(gy_identifier kind, const char *text, size_t n, char *out, size_t *out_n) {
  char digits[IDENTIFIER_DIGITS_MAX];
  size_t n_digits = 0;
  bool plus = false;
  if (!identifier_digits(text, n, digits, &n_digits, &plus)) return GY_NORMAL_INVALID;
  switch (kind) {
    case GY_IDENTIFIER_PHONE:
      return identifier_phone(digits, n_digits, plus, out, out_n);
    case GY_IDENTIFIER_RESIDENT_NUMBER:
      return plus ? GY_NORMAL_INVALID : resident_number(digits, n_digits, out, out_n);
    default:
      return plus ? GY_NORMAL_INVALID : card_number(digits, n_digits, out, out_n);
  }
}

static int folding_of(gy_identifier kind) {
  switch (kind) {
    case GY_IDENTIFIER_CUSTOMER_ID:
    case GY_IDENTIFIER_COOKIE:
      return IDENTIFIER_KEEPS_CASE;
    case GY_IDENTIFIER_ADDRESS:
      return IDENTIFIER_FOLDS_CASE | IDENTIFIER_COMMA_IS_SPACE;
    default:
      return IDENTIFIER_FOLDS_CASE;
  }
}

/* Ids may be short numbers: 7 and 11 are customers. */
static gy_normal key(const char *text, size_t n, bool is_customer, char *out, size_t *out_n) {
  if (!is_customer && identifier_is_repeated(text, n, ID_REPEAT)) return GY_NORMAL_JUNK;
  return give_text(text, n, out, out_n);
}

gy_normal gy_identifier_normalise(gy_identifier kind, const char *text, size_t n, char out[GY_IDENTIFIER_MAX],
                                  size_t *out_n) {
  char folded[GY_IDENTIFIER_MAX], lower[GY_IDENTIFIER_MAX];
  size_t folded_n = 0, lower_n = 0;
  if (!identifier_fold(text, n, folding_of(kind), folded, &folded_n)) return GY_NORMAL_INVALID;
  if (folded_n == 0) return GY_NORMAL_EMPTY;
  bool is_folded = folding_of(kind) != IDENTIFIER_KEEPS_CASE;
  if (!is_folded && !identifier_fold(folded, folded_n, IDENTIFIER_FOLDS_CASE, lower, &lower_n))
    return GY_NORMAL_INVALID;
  if (identifier_is_nothing(is_folded ? folded : lower, is_folded ? folded_n : lower_n))
    return GY_NORMAL_JUNK;
  switch (kind) {
    case GY_IDENTIFIER_EMAIL:
      return identifier_email(folded, folded_n, out, out_n);
    case GY_IDENTIFIER_PERSON_NAME:
      return person_name(folded, folded_n, out, out_n);
    case GY_IDENTIFIER_ADDRESS:
      return address(folded, folded_n, out, out_n);
    case GY_IDENTIFIER_PHONE:
    case GY_IDENTIFIER_RESIDENT_NUMBER:
    case GY_IDENTIFIER_CARD_NUMBER:
      return number(kind, folded, folded_n, out, out_n);
    case GY_IDENTIFIER_LOYALTY_CARD:
      return compact(folded, folded_n, out, out_n);
    case GY_IDENTIFIER_HASHED_EMAIL:
      return hashed_email(folded, folded_n, out, out_n);
    default:
      return key(folded, folded_n, kind == GY_IDENTIFIER_CUSTOMER_ID, out, out_n);
  }
}
