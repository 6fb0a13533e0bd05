/* SPDX-License-Identifier: Apache-2.0
 *
 * Korean holidays that follow the lunar calendar. */
#ifndef GYEOL_RULE_RULE_HOLIDAY_H
#define GYEOL_RULE_RULE_HOLIDAY_H

#include "rule/rule_ast.h"

enum { RULE_HOLIDAY_FIRST_YEAR = 1950, RULE_HOLIDAY_LAST_YEAR = 2050 };

/* 설날 (seollal), 추석 (chuseok), 부처님오신날 (buddhas_birthday); -1: none. */
int rule_holiday_find(gy_rule_text name);
/* The Korean name; NULL past the end. */
const char *rule_holiday_name(int holiday);
/* Its day number in a whole year of the Gregorian calendar; false outside the known years. */
bool rule_holiday_date(int holiday, double year, int64_t *day);

int64_t rule_year_of(int64_t day);

#endif
