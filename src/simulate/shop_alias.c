/* SPDX-License-Identifier: Apache-2.0
 *
 * The alias method (Walker 1977; Vose 1991): n cells of equal probability, each shared by at most two
 * items. Cells poorer than average are filled up by richer ones. */
#include <stdlib.h>

#include "simulate/shop_model.h"

gy_status shop_alias_create(shop_alias *alias, const double *weights, uint32_t n, gy_error *err) {
  double *scaled = malloc(n * sizeof *scaled), sum = 0;
  uint32_t *queue = malloc(n * sizeof *queue);
  uint32_t *keep = malloc(n * sizeof *keep), *other = malloc(n * sizeof *other);
  if (scaled == NULL || queue == NULL || keep == NULL || other == NULL) {
    free(scaled);
    free(queue);
    free(keep);
    free(other);
    return gy_fail(err, GY_ENOMEM, "no memory for a table of %u weights", n);
  }
  for (uint32_t i = 0; i < n; i++) sum += weights[i];
  uint32_t n_poor = 0, n_rich = 0; /* the poor queue from the front, the rich from the back */
  for (uint32_t i = 0; i < n; i++) {
    scaled[i] = weights[i] * n / sum;
    if (scaled[i] < 1)
      queue[n_poor++] = i;
    else
      queue[n - ++n_rich] = i;
  }
  while (n_poor > 0 && n_rich > 0) {
    uint32_t poor = queue[--n_poor], rich = queue[n - n_rich];
    keep[poor] = (uint32_t)(scaled[poor] * 0x1p32);
    other[poor] = rich;
    scaled[rich] -= 1 - scaled[poor];
    if (scaled[rich] < 1) {
      n_rich--;
      queue[n_poor++] = rich;
    }
  }
  while (n_poor > 0) {
    uint32_t poor = queue[--n_poor];
    keep[poor] = UINT32_MAX;
    other[poor] = poor;
  }
  while (n_rich > 0) {
    uint32_t rich = queue[n - n_rich--];
    keep[rich] = UINT32_MAX;
    other[rich] = rich;
  }
  free(scaled);
  free(queue);
  *alias = (shop_alias){.n = n, .keep = keep, .other = other};
  return GY_OK;
}

void shop_alias_clear(shop_alias *alias) {
  free(alias->keep);
  free(alias->other);
  *alias = (shop_alias){0};
}
