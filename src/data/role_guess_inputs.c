/* SPDX-License-Identifier: Apache-2.0 */
#include "data/role_guess_inputs.h"

#include "data/sniff_xlsx.h"

gy_status gy_guess_inputs(const char *const *files, size_t n_files, gy_arena *arena,
                          gy_guess_input inputs[GY_GUESS_FILES_MAX], size_t *n, gy_error *err) {
  size_t made = 0;
  for (size_t i = 0; i < n_files; i++) {
    const char **sheets = NULL;
    size_t n_sheets = 1;
    bool is_book = gy_xlsx_is_archive(files[i]);
    gy_status status = is_book ? gy_sniff_xlsx_sheets(files[i], arena, &sheets, &n_sheets, err) : GY_OK;
    if (status != GY_OK) return status;
    for (size_t s = 0; s < n_sheets; s++) {
      if (made == GY_GUESS_FILES_MAX)
        return gy_fail(err, GY_ELIMIT,
                       "more than %d files and sheets; at most so many can be looked at together",
                       GY_GUESS_FILES_MAX);
      inputs[made++] = (gy_guess_input){files[i], is_book ? sheets[s] : NULL};
    }
  }
  *n = made;
  return GY_OK;
}
