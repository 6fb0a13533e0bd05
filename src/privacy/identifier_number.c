/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers that check themselves. A resident number is a date of birth, a digit for century, sex and
 * citizenship, and six more, the last of which is a check digit (weights 2 to 9, 2 to 5, modulo 11;
 * foreigners' two more). From October 2020 on the six are drawn at random. Cards add up by Luhn's formula
 * (ISO/IEC 7812-1, annex B). */
#include "privacy/identifier_text.h"

static int two(const char *digits) { return (digits[0] - '0') * 10 + digits[1] - '0'; }

static bool is_date(int year, int month, int day) {
  static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= DAYS[month - 1] + (month == 2 && leap);
}

bool identifier_is_resident(const char *digits, resident_proof proof) {
  static const int CENTURIES[] = {1800, 1900, 1900, 2000, 2000, 1900, 1900, 2000, 2000, 1800};
  static const int WEIGHTS[] = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
  int kind = digits[6] - '0', year = CENTURIES[kind] + two(digits), month = two(digits + 2), sum = 0;
  if (!is_date(year, month, two(digits + 4))) return false;
  bool is_random = year > 2020 || (year == 2020 && month >= 10);
  if (proof == RESIDENT_BY_DATE || is_random) return proof != RESIDENT_FOR_SURE && year < 2050;
  for (int i = 0; i < 12; i++) sum += WEIGHTS[i] * (digits[i] - '0');
  bool is_foreigner = kind >= 5 && kind <= 8;
  int check = (11 - sum % 11 + (is_foreigner ? 2 : 0)) % 10;
  return check == digits[12] - '0';
}

bool identifier_is_luhn(const char *digits, size_t n) {
  int sum = 0;
  for (size_t i = 0; i < n; i++) {
    int digit = digits[n - 1 - i] - '0';
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}
