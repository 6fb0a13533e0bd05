/* SPDX-License-Identifier: Apache-2.0
 *
 * Ids, numbers and truth values. Short plain numbers, which are nearly all, are converted eight digits at a
 * time in one register; everything else goes step by step. */
#include "data/convert.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { ID_DIGITS_MAX = 18, DECIMALS = 4, MANTISSA_DIGITS_MAX = 18, EXPONENT_MAX = 40 };

static const int64_t POWER_OF_TEN[] = {1,
                                       10,
                                       100,
                                       1000,
                                       10000,
                                       100000,
                                       1000000,
                                       10000000,
                                       100000000,
                                       1000000000,
                                       10000000000,
                                       100000000000,
                                       1000000000000,
                                       10000000000000,
                                       100000000000000,
                                       1000000000000000,
                                       10000000000000000,
                                       100000000000000000,
                                       1000000000000000000};

static size_t blank_length(const char *text, size_t length) {
  if (length == 0) return 0;
  if ((unsigned char)text[0] <= ' ') return 1;
  if (length >= 2 && memcmp(text, "\xC2\xA0", 2) == 0) return 2;     /* no-break space */
  if (length >= 3 && memcmp(text, "\xE3\x80\x80", 3) == 0) return 3; /* ideographic space */
  if (length >= 3 && memcmp(text, "\xE2\x80\xAF", 3) == 0) return 3; /* narrow no-break space */
  if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) return 3; /* a stray byte order mark */
  return 0;
}

void gy_text_trim(const char **text, size_t *length) {
  for (size_t blank; (blank = blank_length(*text, *length)) > 0;) {
    *text += blank;
    *length -= blank;
  }
  while (*length > 0) {
    const char *end = *text + *length;
    size_t blank = blank_length(end - 1, 1) == 1                   ? 1
                   : *length >= 2 && blank_length(end - 2, 2) == 2 ? 2
                   : *length >= 3 && blank_length(end - 3, 3) == 3 ? 3
                                                                   : 0;
    if (blank == 0) return;
    *length -= blank;
  }
}

bool gy_text_is_empty(const char *text, size_t length) {
  static const char *const WORDS[] = {"null", "\\N", "nan", "none", "na", "n/a", "#n/a", "nil"};
  if (length == 0) return true;
  if (length > 4) return false;
  for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
    if (strlen(WORDS[i]) == length && strncasecmp(text, WORDS[i], length) == 0) return true;
  }
  return false;
}

static bool is_digit(char c) { return (unsigned char)(c - '0') <= 9; }

/* The first `length` bytes of `text`, 1 to 8, at the upper end of a word, zero bytes below. Two loads that
 * overlap read no byte beyond the text. */
static inline uint64_t right_aligned(const char *text, size_t length) {
  uint64_t word;
  if (length >= 4) {
    uint32_t first, last;
    memcpy(&first, text, sizeof first);
    memcpy(&last, text + length - sizeof last, sizeof last);
    word = first | (uint64_t)last << (8 * (length - sizeof last));
  } else {
    const unsigned char *bytes = (const unsigned char *)text;
    word = bytes[0] | (uint64_t)bytes[length / 2] << (8 * (length / 2)) |
           (uint64_t)bytes[length - 1] << (8 * (length - 1));
  }
  return word << (8 * (8 - length));
}

/* Eight digit values, the first in the lowest byte, as one number. */
static inline uint64_t join_digits(uint64_t digits) {
  digits = digits * 10 + (digits >> 8); /* pairs, in every other byte */
  const uint64_t pairs = UINT64_C(0x000000FF000000FF);
  const uint64_t hundreds_millions = UINT64_C(0x000F424000000064); /* 100 + (1000000 << 32) */
  const uint64_t units_myriads = UINT64_C(0x0000271000000001);     /* 1 + (10000 << 32) */
  return (((digits & pairs) * hundreds_millions) + (((digits >> 16) & pairs) * units_myriads)) >> 32;
}

/* Bytes of a right-aligned word that hold text, as the digits' values; false when one is no digit. */
static inline bool digit_values(uint64_t word, size_t length, uint64_t *digits) {
  const uint64_t zeros = UINT64_C(0x3030303030303030);
  uint64_t used = length == 0 ? 0 : ~UINT64_C(0) << (64 - 8 * length);
  uint64_t values = word ^ (zeros & used);
  uint64_t over_nine = (values + UINT64_C(0x7676767676767676)) | values; /* bit 7 of a byte set: not 0..9 */
  *digits = values;
  return (over_nine & UINT64_C(0x8080808080808080)) == 0;
}

static inline bool short_integer(const char *text, size_t length, uint64_t *value) {
  uint64_t digits;
  if (length == 0 || length > 8 || !digit_values(right_aligned(text, length), length, &digits)) return false;
  *value = join_digits(digits);
  return true;
}

/* Digits with at most one point among them and at most four behind it, eight bytes in all. */
static inline bool short_decimal(const char *text, size_t length, int64_t *value) {
  if (length == 0 || length > 8) return false;
  const uint64_t points = UINT64_C(0x2E2E2E2E2E2E2E2E), ones = UINT64_C(0x0101010101010101);
  uint64_t word = right_aligned(text, length);
  uint64_t is_point = word ^ points; /* a zero byte where the point is */
  uint64_t found = (is_point - ones) & ~is_point & (ones << 7);
  unsigned decimals = 0;
  if (found != 0) {
    unsigned place = (unsigned)__builtin_ctzll(found) / 8; /* the lowest hit is exact */
    decimals = 7 - place;
    if (decimals > DECIMALS || length == 1) return false;
    uint64_t below = (UINT64_C(1) << (8 * place)) - 1; /* the bytes before the point move up over it */
    uint64_t above = place == 7 ? 0 : ~UINT64_C(0) << (8 * place + 8);
    word = (word & above) | ((word & below) << 8);
    length--;
  }
  uint64_t digits;
  if (!digit_values(word, length, &digits)) return false;
  *value = (int64_t)join_digits(digits) * POWER_OF_TEN[DECIMALS - decimals];
  return true;
}

/* Length of the integer at the beginning of an id that may end in `.0`; 0 when it is something else. */
static size_t integer_length(const char *text, size_t length) {
  size_t at = length > 0 && text[0] == '-', first = at;
  while (at < length && is_digit(text[at])) at++;
  size_t end = at;
  if (at == first) return 0;
  if (at < length && text[at] == '.' && at + 1 < length) {
    for (at++; at < length && text[at] == '0'; at++) continue;
  }
  return at == length ? end : 0;
}

gy_field gy_convert_integer_id(const char *text, size_t length, int64_t *id) {
  uint64_t value;
  if (length > 0 && text[0] != '0' && short_integer(text, length, &value)) {
    *id = (int64_t)value;
    return GY_FIELD_VALUE;
  }
  gy_text_trim(&text, &length);
  if (gy_text_is_empty(text, length)) return GY_FIELD_EMPTY;
  size_t digits = integer_length(text, length), at = text[0] == '-';
  if (digits == 0 || digits - at > ID_DIGITS_MAX) return GY_FIELD_INVALID;
  if (text[at] == '0' && (digits > 1)) return GY_FIELD_INVALID; /* 007, -0 */
  int64_t sum = 0;
  for (size_t i = at; i < digits; i++) sum = sum * 10 + (text[i] - '0');
  *id = at == 1 ? -sum : sum;
  return GY_FIELD_VALUE;
}

gy_field gy_convert_text_id(const char *text, size_t length, const char **id, size_t *id_length) {
  gy_text_trim(&text, &length);
  if (gy_text_is_empty(text, length)) return GY_FIELD_EMPTY;
  size_t digits = integer_length(text, length);
  *id = text;
  *id_length = digits > 0 ? digits : length;
  return GY_FIELD_VALUE;
}

/* Currency signs and codes, and the letter-like minus, as they stand before or behind a number. */
static size_t currency_length(const char *text, size_t length, bool at_end) {
  static const char *const SIGNS[] = {"₩",   "￦",  "$",   "€",   "£",   "¥", "원",
                                      "KRW", "USD", "EUR", "GBP", "JPY", "\\"};
  for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++) {
    size_t n = strlen(SIGNS[i]);
    if (n < length && strncasecmp(at_end ? text + length - n : text, SIGNS[i], n) == 0) return n;
  }
  return 0;
}

static bool take_minus(const char **text, size_t *length) {
  static const char MINUS[] = "\xE2\x88\x92"; /* U+2212 */
  size_t n = *length > 0 && (*text)[0] == '-' ? 1 : *length >= 3 && memcmp(*text, MINUS, 3) == 0 ? 3 : 0;
  *text += n;
  *length -= n;
  return n > 0;
}

/* Takes sign, parentheses and currency off; false when they contradict each other. */
static bool undress(const char **text, size_t *length, bool *negative) {
  *negative = false;
  if (*length > 2 && (*text)[0] == '(' && (*text)[*length - 1] == ')') {
    *negative = true;
    ++*text;
    *length -= 2;
    gy_text_trim(text, length);
  }
  bool had_sign = *negative, had_currency = false;
  for (;;) {
    size_t n;
    if (!had_sign && take_minus(text, length)) {
      had_sign = *negative = true;
    } else if (!had_sign && *length > 1 && (*text)[0] == '+') {
      had_sign = true;
      ++*text;
      --*length;
    } else if (!had_sign && *length > 1 && (*text)[*length - 1] == '-') {
      had_sign = *negative = true;
      --*length;
    } else if (!had_currency && (n = currency_length(*text, *length, false)) > 0) {
      had_currency = true;
      *text += n;
      *length -= n;
    } else if (!had_currency && (n = currency_length(*text, *length, true)) > 0) {
      had_currency = true;
      *length -= n;
    } else {
      return *length > 0;
    }
    gy_text_trim(text, length);
  }
}

/* Length of a thousands separator that stands before exactly three digits; 0 when there is none. */
static size_t separator_length(const char *text, size_t length, char separator) {
  size_t n = text[0] == separator || text[0] == ' ' || text[0] == '\'' ? 1 : blank_length(text, length);
  bool before_three = n > 0 && length >= n + 3 && is_digit(text[n]) && is_digit(text[n + 1]) &&
                      is_digit(text[n + 2]) && (length == n + 3 || !is_digit(text[n + 3]));
  return before_three ? n : 0;
}

/* A number's digits without its point: mantissa / 10^scale. */
typedef struct decimal {
  int64_t mantissa;
  int n_digits; /* of the mantissa, without leading zeros */
  int scale;
  int dropped; /* first digit beyond what the mantissa holds; -1: none */
  bool any;
} decimal;

static void add_digit(decimal *d, int digit, bool is_decimal) {
  d->any = true;
  if (d->n_digits == MANTISSA_DIGITS_MAX) {
    if (d->dropped < 0) d->dropped = digit;
    d->scale -= !is_decimal;
    return;
  }
  d->mantissa = d->mantissa * 10 + digit;
  d->n_digits += d->mantissa > 0;
  d->scale += is_decimal;
}

static size_t read_digits(const char *text, size_t length, gy_number_form form, decimal *d) {
  const char point = form == GY_NUMBER_POINT ? '.' : ',', separator = form == GY_NUMBER_POINT ? ',' : '.';
  size_t at = 0, since_separator = 0, n_separators = 0;
  while (at < length) {
    if (is_digit(text[at])) {
      add_digit(d, text[at++] - '0', false);
      since_separator++;
      continue;
    }
    size_t n = separator_length(text + at, length - at, separator);
    bool grouped =
        n > 0 && (n_separators == 0 ? since_separator >= 1 && since_separator <= 3 : since_separator == 3);
    if (!grouped) break;
    at += n;
    n_separators++;
    since_separator = 0;
  }
  if (at < length && text[at] == point) {
    for (at++; at < length && is_digit(text[at]); at++) add_digit(d, text[at] - '0', true);
  }
  return at;
}

static bool read_exponent(const char *text, size_t length, int *exponent) {
  if (length < 2 || (text[0] != 'e' && text[0] != 'E')) return false;
  size_t at = 1 + (text[1] == '-' || text[1] == '+');
  if (at == length) return false;
  *exponent = 0;
  for (; at < length; at++) {
    if (!is_digit(text[at]) || *exponent > EXPONENT_MAX) return false;
    *exponent = *exponent * 10 + text[at] - '0';
  }
  if (text[1] == '-') *exponent = -*exponent;
  return true;
}

/* mantissa / 10^scale in 1/10000. */
static gy_field scaled(const decimal *d, int64_t *value) {
  const int64_t most = POWER_OF_TEN[18] - 1; /* DECIMAL(18, 4) */
  int shift = DECIMALS - d->scale;
  bool inexact = d->dropped >= 0;
  int64_t result = d->mantissa;
  if (d->mantissa == 0) {
    result = 0;
  } else if (shift >= 0) {
    if ((inexact && shift > 0) || shift > 18 || d->mantissa > most / POWER_OF_TEN[shift])
      return GY_FIELD_INVALID;
    result = d->mantissa * POWER_OF_TEN[shift] + (d->dropped >= 5);
  } else if (shift < -18) {
    result = 0;
    inexact = true;
  } else {
    int64_t divisor = POWER_OF_TEN[-shift], rest = d->mantissa % divisor;
    result = d->mantissa / divisor + (rest >= divisor / 2);
    inexact = inexact || rest != 0;
  }
  if (result > most) return GY_FIELD_INVALID;
  *value = result;
  return inexact ? GY_FIELD_ROUNDED : GY_FIELD_VALUE;
}

static gy_field dressed_number(const char *text, size_t length, gy_number_form form, int64_t *value) {
  gy_text_trim(&text, &length);
  if (gy_text_is_empty(text, length)) return GY_FIELD_EMPTY;
  bool negative;
  if (!undress(&text, &length, &negative)) return GY_FIELD_INVALID;
  decimal d = {.dropped = -1};
  size_t at = read_digits(text, length, form, &d);
  int exponent = 0;
  if (!d.any || (at < length && !read_exponent(text + at, length - at, &exponent))) return GY_FIELD_INVALID;
  d.scale -= exponent;
  int64_t size;
  gy_field field = scaled(&d, &size);
  if (field != GY_FIELD_INVALID) *value = negative ? -size : size;
  return field;
}

gy_field gy_convert_number(const char *text, size_t length, gy_number_form form, int64_t *value) {
  bool negative = length > 1 && text[0] == '-';
  int64_t size;
  if (form == GY_NUMBER_POINT && short_decimal(text + negative, length - negative, &size)) {
    *value = negative ? -size : size;
    return GY_FIELD_VALUE;
  }
  return dressed_number(text, length, form, value);
}

static const struct {
  const char *word;
  bool value;
} BOOL_WORDS[] = {{"true", true},       {"false", false},       {"yes", true},        {"no", false},
                  {"y", true},          {"n", false},           {"t", true},          {"f", false},
                  {"1", true},          {"0", false},           {"on", true},         {"off", false},
                  {"예", true},         {"아니오", false},      {"동의", true},       {"거부", false},
                  {"1.0", true},        {"0.0", false},         {"o", true},          {"x", false},
                  {"아니요", false},    {"미동의", false},      {"비동의", false},    {"철회", false},
                  {"수신", true},       {"수신동의", true},     {"수신거부", false},  {"granted", true},
                  {"given", true},      {"agreed", true},       {"agree", true},      {"accepted", true},
                  {"opted in", true},   {"opt-in", true},       {"opt_in", true},     {"subscribed", true},
                  {"withdrawn", false}, {"revoked", false},     {"denied", false},    {"declined", false},
                  {"refused", false},   {"disagree", false},    {"opted out", false}, {"opt-out", false},
                  {"opt_out", false},   {"unsubscribed", false}};
enum { N_BOOL_WORDS = sizeof BOOL_WORDS / sizeof BOOL_WORDS[0] };

const char *gy_bool_word(size_t i, bool *value) {
  if (i >= N_BOOL_WORDS) return NULL;
  *value = BOOL_WORDS[i].value;
  return BOOL_WORDS[i].word;
}

gy_field gy_convert_bool(const char *text, size_t length, bool *value) {
  gy_text_trim(&text, &length);
  if (gy_text_is_empty(text, length)) return GY_FIELD_EMPTY;
  for (size_t i = 0; i < N_BOOL_WORDS; i++) {
    if (strlen(BOOL_WORDS[i].word) == length && strncasecmp(text, BOOL_WORDS[i].word, length) == 0) {
      *value = BOOL_WORDS[i].value;
      return GY_FIELD_VALUE;
    }
  }
  return GY_FIELD_INVALID;
}
