/* SPDX-License-Identifier: Apache-2.0
 *
 * Watching the values of one column go by. Inside the data room only. */
#ifndef GYEOL_DATA_SNIFF_COLUMN_H
#define GYEOL_DATA_SNIFF_COLUMN_H

#include "data/convert.h"
#include "data/sniff.h"

/* Room for the codes and numbers of `n_paired` rows; false when memory is spent. */
bool gy_sniff_column_init(gy_sniff_column *column, const char *name, size_t n_paired, gy_arena *arena);

/* One more value; `row` counts from 0 over all of them. False when memory is spent. */
bool gy_sniff_column_add(gy_sniff_column *column, const char *text, size_t length, gy_number_form form,
                         uint64_t row, size_t n_paired, gy_arena *arena);

#endif
