/* SPDX-License-Identifier: Apache-2.0
 *
 * The Korean lunar calendar counts months from new moon to new moon by Korea's clock, so it can differ by a
 * day from China's. Its days are published, not computed: the table holds what the Korea Astronomy and Space
 * Science Institute publishes up to 2050, as days after 1 January. A test holds the table against the moon.
 */
#include "rule/rule_holiday.h"

#include <string.h>

#include "base/civil.h"

static const char *const NAMES[][3] = {
    {"설날", "seollal", "lunar new year"},              /* first day of the first month */
    {"추석", "chuseok", "한가위"},                      /* 15th of the eighth */
    {"부처님오신날", "buddhas_birthday", "석가탄신일"}, /* 8th of the fourth */
};
enum { HOLIDAYS = sizeof NAMES / sizeof *NAMES };

static const uint16_t DAYS[RULE_HOLIDAY_LAST_YEAR - RULE_HOLIDAY_FIRST_YEAR + 1][HOLIDAYS] = {
    {47, 268, 143}, {36, 257, 132}, {26, 276, 121}, {44, 264, 139}, {34, 253, 129}, {23, 272, 148},
    {42, 262, 137}, {30, 250, 126}, {49, 269, 145}, {38, 259, 134}, {27, 278, 123}, {45, 266, 141},
    {35, 255, 130}, {24, 274, 120}, {43, 263, 139}, {32, 252, 127}, {21, 271, 146}, {39, 260, 135},
    {29, 279, 125}, {47, 268, 142}, {36, 257, 131}, {26, 275, 121}, {45, 265, 140}, {33, 253, 129},
    {22, 272, 118}, {41, 262, 137}, {30, 251, 126}, {48, 269, 144}, {37, 259, 133}, {27, 277, 122},
    {46, 266, 141}, {35, 254, 130}, {24, 273, 120}, {43, 263, 139}, {32, 253, 128}, {50, 271, 146},
    {39, 260, 135}, {28, 279, 124}, {48, 268, 143}, {36, 256, 131}, {26, 275, 121}, {45, 264, 140},
    {34, 254, 130}, {22, 272, 147}, {40, 262, 137}, {30, 251, 126}, {49, 270, 144}, {38, 258, 133},
    {27, 277, 122}, {46, 266, 141}, {35, 255, 131}, {23, 273, 120}, {42, 263, 138}, {31, 253, 127},
    {21, 271, 146}, {39, 260, 134}, {28, 278, 124}, {48, 267, 143}, {37, 257, 132}, {25, 275, 121},
    {44, 264, 140}, {33, 254, 129}, {22, 273, 148}, {40, 261, 136}, {30, 250, 125}, {49, 269, 144},
    {38, 258, 134}, {27, 276, 122}, {46, 266, 141}, {35, 255, 131}, {24, 274, 120}, {42, 263, 138},
    {31, 252, 127}, {21, 271, 146}, {40, 260, 135}, {28, 278, 124}, {47, 267, 143}, {37, 257, 132},
    {26, 276, 122}, {43, 264, 139}, {33, 254, 128}, {22, 273, 147}, {41, 262, 136}, {30, 250, 125},
    {49, 269, 144}, {38, 258, 134}, {27, 277, 123}, {45, 266, 141}, {34, 255, 130}, {23, 274, 119},
    {42, 264, 138}, {31, 252, 126}, {21, 270, 145}, {40, 259, 135}, {29, 278, 125}, {47, 267, 143},
    {36, 257, 132}, {25, 276, 121}, {44, 265, 140}, {32, 253, 128}, {22, 272, 147},
};

int rule_holiday_find(gy_rule_text name) {
  for (int i = 0; i < HOLIDAYS; i++)
    for (size_t k = 0; k < 3; k++)
      if (rule_word_is(name, NAMES[i][k])) return i;
  return -1;
}

const char *rule_holiday_name(int holiday) { return holiday < HOLIDAYS ? NAMES[holiday][0] : NULL; }

bool rule_holiday_date(int holiday, double year, int64_t *day) {
  if (!(year >= RULE_HOLIDAY_FIRST_YEAR && year <= RULE_HOLIDAY_LAST_YEAR) || year != (double)(int)year)
    return false;
  *day = gy_civil_days((int)year, 1, 1) + DAYS[(int)year - RULE_HOLIDAY_FIRST_YEAR][holiday];
  return true;
}

int64_t rule_year_of(int64_t day) {
  int64_t year;
  int month, day_of_month;
  gy_civil_date(day, &year, &month, &day_of_month);
  return year;
}
