/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks of the simulator as CSV text (RFC 4180, but with bare line feeds): fields are quoted only where
 * they must be, no value is an empty field, and there is no byte-order mark. */
#ifndef GYEOL_STUDY_SHOP_CSV_H
#define GYEOL_STUDY_SHOP_CSV_H

#include "base/buffer.h"
#include "simulate/shop.h"

/* Both append to `out`; false when the buffer's maximum or memory is spent. */
bool gy_shop_csv_header(const gy_shop *shop, const gy_shop_field *fields, size_t n_fields, gy_buffer *out);
bool gy_shop_csv_rows(const gy_shop_field *fields, const gy_shop_block *block, gy_buffer *out);

/* Makes whole text CP949; what has no place there becomes '?'. False when memory is spent. */
bool gy_shop_csv_to_cp949(gy_buffer *text);

#endif
