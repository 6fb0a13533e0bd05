/* SPDX-License-Identifier: Apache-2.0
 *
 * Text of a field -> double, for measurements that are no money: any magnitude, any number of digits. */
#ifndef GYEOL_DATA_CONVERT_REAL_H
#define GYEOL_DATA_CONVERT_REAL_H

#include "data/convert.h"

/* The double nearest to the number (so that a double written with 17 digits comes back the same), an
 * infinity for `inf`; EMPTY for NaN as for any other word for nothing. Whatever gy_convert_number accepts is
 * accepted too: "1,234", "₩12,000". */
gy_field gy_convert_real(const char *text, size_t length, gy_number_form form, double *value);

#endif
