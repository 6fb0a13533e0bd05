/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a column holds times, and in which form. 1/2/2019 reads as January or as February; over a whole
 * column one reading usually fails on some value above 12. Where none does, the reading under which time
 * runs forward more often is taken, and the doubt is told. */
#ifndef GYEOL_DATA_SNIFF_TIME_H
#define GYEOL_DATA_SNIFF_TIME_H

#include "data/convert_time.h"

enum { GY_TIME_DATE_FORMS = 3 }; /* ymd, mdy, dmy come first */

/* Zero-initialise. */
typedef struct gy_time_evidence {
  uint64_t n_tried;
  uint64_t n_times;                     /* readable in some form of date */
  uint64_t n_read[GY_TIME_FORM_COUNT];  /* readable in that form */
  uint64_t n_falls[GY_TIME_DATE_FORMS]; /* earlier than the value before */
  int64_t last_us[GY_TIME_DATE_FORMS];
  uint64_t n_clocks; /* with a time of day */
  uint64_t n_bare;   /* digits alone */
} gy_time_evidence;

void gy_time_evidence_add(gy_time_evidence *evidence, const char *text, size_t length);

/* The form that reads most values, and the share of values that it reads. */
gy_time_form gy_time_evidence_form(const gy_time_evidence *evidence, double *share, bool *is_ambiguous);

#endif
