/* SPDX-License-Identifier: Apache-2.0
 *
 * Rejected rows keep their records, which may say who somebody is: those of sources with direct identifiers
 * are stored sealed, and of others the ones that look as if they had one. The words of a record are JSON, or
 * any text; "sealed:..." is opened by gy_unseal_text. */
#ifndef GYEOL_DATA_REJECT_SEAL_H
#define GYEOL_DATA_REJECT_SEAL_H

#include "data/import.h"

typedef struct gy_reject_seal {
  const gy_import_privacy *privacy; /* lent; NULL: nothing is sealed */
  bool always;
  gy_key_ring *ring;
  gy_buffer text;
} gy_reject_seal;

/* For the rejected rows of an import with these columns. */
void gy_reject_seal_init(gy_reject_seal *seal, const gy_import_spec *spec);
void gy_reject_seal_clear(gy_reject_seal *seal);

/* What is stored for `text` (NULL: NULL), lent until the next call. */
GY_MUST_USE gy_status gy_reject_seal_text(gy_reject_seal *seal, const char *text, const char **stored,
                                          gy_error *err);

#endif
