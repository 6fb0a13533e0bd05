/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of repaired records, as a spreadsheet may leave them: a file is refused with a sentence, or what was
 * read is written and read back the same. */
#include <string.h>
#include <unistd.h>

#include "fuzz_file.h"
#include "study/repairs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  json_t *repairs = NULL, *again = NULL, *record;
  gy_error err = {0};
  gy_status status = gy_repairs_read(fuzz_file(data + 1, size - 1), (data[0] & 1) != 0, &repairs, &err);
  must(status == GY_OK || err.text[0] != '\0');
  if (status != GY_OK) return 0;
  const char *id;
  json_object_foreach(repairs, id, record) must(id[0] != '\0' && json_is_object(record));
  char path[64], partial[96];
  snprintf(path, sizeof path, "/tmp/gyeol-fuzz-repairs-%d/x.csv", (int)getpid());
  must(gy_repairs_write(path, repairs, &err) == GY_OK);
  must(gy_repairs_read(path, false, &again, &err) == GY_OK);
  must(json_object_size(again) == json_object_size(repairs));
  json_object_foreach(repairs, id, record) {
    const char *name;
    json_t *cell;
    json_object_foreach(record, name, cell)
        must(json_equal(json_object_get(json_object_get(again, id), name), cell));
  }
  unlink(path);
  snprintf(partial, sizeof partial, "/tmp/gyeol-fuzz-repairs-%d", (int)getpid());
  rmdir(partial);
  json_decref(repairs);
  json_decref(again);
  return 0;
}
