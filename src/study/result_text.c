/* SPDX-License-Identifier: Apache-2.0 */
#include "study/result_text.h"

gy_status gy_result_text(json_t *object, char **result, gy_error *err) {
  char *text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;
  json_decref(object);
  if (text == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the result");
  *result = text;
  return GY_OK;
}
