/* SPDX-License-Identifier: Apache-2.0 */
#include "data/role_guess_inputs.h"

#include "data/sniff_xlsx.h"

static gy_status add(gy_guess_input *inputs, size_t *n, const char *path, const char *sheet, gy_error *err) {
  if (*n == GY_GUESS_FILES_MAX)
    return gy_fail(err, GY_ELIMIT, "more than %d files and sheets; at most so many can be looked at together",
                   GY_GUESS_FILES_MAX);
  inputs[(*n)++] = (gy_guess_input){path, sheet};
  return GY_OK;
}

static gy_status add_book(gy_guess_input *inputs, size_t *n, const char *path, gy_arena *arena,
                          gy_error *err) {
  const char **sheets = NULL;
  size_t n_sheets = 0;
  gy_status status = gy_sniff_xlsx_sheets(path, arena, &sheets, &n_sheets, err);
  for (size_t s = 0; s < n_sheets && status == GY_OK; s++) status = add(inputs, n, path, sheets[s], err);
  return status;
}

gy_status gy_guess_inputs(const char *const *files, size_t n_files, gy_arena *arena,
                          gy_guess_input inputs[GY_GUESS_FILES_MAX], size_t *n, gy_error *err) {
  size_t made = 0;
  gy_status status = GY_OK;
  for (size_t i = 0; i < n_files && status == GY_OK; i++) {
    const char *sheet = gy_xlsx_path_sheet(files[i]), *file = files[i];
    if (sheet != NULL) file = gy_arena_strndup(arena, files[i], (size_t)(sheet - files[i]) - 1);
    if (file == NULL) return gy_fail(err, GY_ENOMEM, "no memory to look at %s", files[i]);
    bool is_whole_book = sheet == NULL && gy_xlsx_is_archive(file);
    status = is_whole_book ? add_book(inputs, &made, file, arena, err) : add(inputs, &made, file, sheet, err);
  }
  *n = made;
  return status;
}
