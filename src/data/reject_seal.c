/* SPDX-License-Identifier: Apache-2.0 */
#include "data/reject_seal.h"

#include <string.h>

#include "data/import_record.h"
#include "privacy/seal.h"

void gy_reject_seal_init(gy_reject_seal *seal, const gy_import_spec *spec) {
  *seal = (gy_reject_seal){.privacy = spec->privacy};
  gy_buffer_init(&seal->text, 8 * GY_RECORD_MAX);
  for (size_t c = 0; c < spec->n_columns; c++)
    seal->always = seal->always || spec->columns[c].kind == GY_IMPORT_PSEUDONYM;
}

void gy_reject_seal_clear(gy_reject_seal *seal) { gy_buffer_clear(&seal->text); }

gy_status gy_reject_seal_text(gy_reject_seal *seal, const char *text, const char **stored, gy_error *err) {
  gy_identifier_span span;
  *stored = text;
  bool seals = seal->privacy != NULL && text != NULL && text[0] != '\0' &&
               (seal->always || gy_identifier_find(text, strlen(text), 0, &span));
  if (!seals) return GY_OK;
  gy_vault *vault;
  gy_status status = GY_OK;
  if (seal->ring == NULL) status = seal->privacy->open(seal->privacy->context, &seal->ring, &vault, err);
  seal->text.length = 0;
  if (status == GY_OK) status = gy_seal_text(seal->ring, text, strlen(text), &seal->text, err);
  if (status == GY_OK && !gy_buffer_append(&seal->text, "", 1))
    status = gy_fail(err, GY_ENOMEM, "no memory to seal a rejected row");
  if (status == GY_OK) *stored = seal->text.data;
  return status;
}
