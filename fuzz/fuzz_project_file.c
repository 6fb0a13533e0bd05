/* SPDX-License-Identifier: Apache-2.0
 *
 * gyeol.yaml from any text: a failure names file and perhaps line; what is read is written, read and written
 * again without a change, also in its hashes. */
#include "data/project_file.h"

#include <string.h>

#include "fuzz_file.h"

static void check_again(const gy_project_config *config) {
  gy_buffer text, text_again;
  gy_buffer_init(&text, GY_PROJECT_FILE_MAX_BYTES);
  gy_buffer_init(&text_again, GY_PROJECT_FILE_MAX_BYTES);
  gy_project_config again = {0};
  gy_error err = {0};
  must(gy_project_config_emit(config, &text, &err) == GY_OK);
  must(gy_project_config_parse(text.data, text.length, "again.yaml", &again, &err) == GY_OK);
  must(gy_project_config_emit(&again, &text_again, &err) == GY_OK);
  must(text.length == text_again.length && memcmp(text.data, text_again.data, text.length) == 0);
  for (int section = 0; section < GY_SECTION_COUNT; section++) {
    char hash[GY_SECTION_HASH_CHARS + 1], hash_again[GY_SECTION_HASH_CHARS + 1];
    must(gy_project_config_hash(config, (gy_config_section)section, hash, &err) == GY_OK);
    must(gy_project_config_hash(&again, (gy_config_section)section, hash_again, &err) == GY_OK);
    must(strcmp(hash, hash_again) == 0);
  }
  gy_project_config_clear(&again);
  gy_buffer_clear(&text);
  gy_buffer_clear(&text_again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  gy_project_config config = {0};
  gy_error err = {0};
  char *text = malloc(size > 0 ? size : 1);
  must(text != NULL);
  if (size > 0) memcpy(text, data, size);
  gy_status status = gy_project_config_parse(text, size, "shop.yaml", &config, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  must(status == GY_OK || strncmp(err.text, "shop.yaml", 9) == 0);
  if (status == GY_OK) check_again(&config);
  gy_project_config_clear(&config);
  free(text);
  return 0;
}
