/* SPDX-License-Identifier: Apache-2.0
 *
 * Every value is read in every form of date, digits alone only as years 1900 to 2099; they are also counted
 * as seconds, milliseconds and microseconds where they fall between 2000 and 2050. */
#include "data/sniff_time.h"

#include <ctype.h>

static const int64_t YEAR_1900_US = -2208988800000000, YEAR_2000_US = 946684800000000,
                     YEAR_2050_US = 2524608000000000, YEAR_2100_US = 4102444800000000;

static bool is_bare(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (!isdigit((unsigned char)text[i])) return false;
  }
  return length > 0;
}

static bool reads(const char *text, size_t length, gy_time_form form, int64_t from_us, int64_t until_us,
                  gy_written_time *time) {
  return gy_convert_written_time(text, length, form, time) == GY_FIELD_VALUE && time->local_us >= from_us &&
         time->local_us < until_us;
}

void gy_time_evidence_add(gy_time_evidence *e, const char *text, size_t length) {
  gy_written_time time;
  bool is_time = false, has_clock = false, digits_only = is_bare(text, length);
  e->n_tried++;
  for (int form = 0; form < GY_TIME_DATE_FORMS; form++) {
    int64_t from_us = digits_only ? YEAR_1900_US : INT64_MIN,
            until_us = digits_only ? YEAR_2100_US : INT64_MAX;
    if (!reads(text, length, (gy_time_form)form, from_us, until_us, &time)) continue;
    e->n_falls[form] += e->n_read[form] > 0 && time.local_us < e->last_us[form];
    e->last_us[form] = time.local_us;
    e->n_read[form]++;
    has_clock |= time.has_clock;
    is_time = true;
  }
  for (int form = GY_TIME_DATE_FORMS; form < GY_TIME_FORM_COUNT && digits_only; form++) {
    e->n_read[form] += reads(text, length, (gy_time_form)form, YEAR_2000_US, YEAR_2050_US, &time);
  }
  e->n_times += is_time;
  e->n_clocks += has_clock;
  e->n_bare += digits_only;
}

gy_time_form gy_time_evidence_form(const gy_time_evidence *e, double *share, bool *is_ambiguous) {
  gy_time_form best = GY_TIME_YEAR_FIRST;
  for (gy_time_form form = 1; form < GY_TIME_FORM_COUNT; form++) {
    if (e->n_read[form] > e->n_read[best]) best = form;
  }
  uint64_t n_month = e->n_read[GY_TIME_MONTH_FIRST], n_day = e->n_read[GY_TIME_DAY_FIRST];
  *is_ambiguous = (best == GY_TIME_MONTH_FIRST || best == GY_TIME_DAY_FIRST) && n_month == n_day;
  if (*is_ambiguous && e->n_falls[GY_TIME_DAY_FIRST] < e->n_falls[GY_TIME_MONTH_FIRST])
    best = GY_TIME_DAY_FIRST;
  *share = e->n_tried > 0 ? (double)e->n_read[best] / (double)e->n_tried : 0;
  return best;
}
