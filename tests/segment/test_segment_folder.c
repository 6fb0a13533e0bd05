/* SPDX-License-Identifier: Apache-2.0
 *
 * The folder of definitions: which files are segments, mistakes that hinder no other file, and memory that is
 * missing anywhere. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "segment/segment_folder.h"
#include "support/alloc_fail.h"

static char root[64];

static void put(const char *name, const char *text) {
  char path[256];
  gy_error err = {0};
  snprintf(path, sizeof path, "%s/segments/%s", root, name);
  cr_assert_eq(gy_file_replace(path, text, strlen(text), &err), GY_OK, "%s", err.text);
}

static void make_root(void) {
  char path[128];
  strcpy(root, "/tmp/gyeol-folder-XXXXXX");
  cr_assert_not_null(mkdtemp(root));
  snprintf(path, sizeof path, "%s/segments", root);
  cr_assert_eq(gy_dir_create(path, NULL), GY_OK);
}

static void remove_root(void) { (void)!gy_dir_remove(root, NULL); }

TestSuite(segment_folder, .init = make_root, .fini = remove_root);

static void load(gy_segment_folder *folder) {
  gy_error err = {0};
  cr_assert_eq(gy_segment_folder_load(root, folder, &err), GY_OK, "%s", err.text);
}

Test(segment_folder, holds_what_is_a_definition) {
  gy_segment_folder folder;
  put("vip.yaml", "rule: orders > 3\n");
  put("b.yml", "list: b.csv\n");
  put("macros.yaml", "macros: [{name: loyal, rule: orders > 3}]\n");
  put("b.csv", "1\n");
  put(".hidden.yaml", "rule: a\n");
  put("notes.yaml.bak", "x");
  load(&folder);
  cr_assert_eq(folder.n, 2);
  cr_expect_str_eq(folder.entries[0].name, "b");
  cr_expect_str_eq(folder.entries[1].path, "segments/vip.yaml");
  cr_expect_eq(folder.macros.n_macros, 1);
  cr_expect_null(folder.macros_error);
  cr_expect_eq(gy_segment_folder_find(&folder, "vip"), &folder.entries[1]);
  cr_expect_null(gy_segment_folder_find(&folder, "macros"));
  gy_segment_folder_clear(&folder);
}

Test(segment_folder, mistakes_stay_with_their_file) {
  gy_segment_folder folder;
  put("good.yaml", "rule: a\n");
  put("bad.yaml", "rul: a\n");
  put("folder.yaml", "rule: a\n");
  put("macros.yaml", "macros: [{name: a}]\n");
  char path[128];
  snprintf(path, sizeof path, "%s/segments/folder.yaml", root);
  cr_assert_eq(unlink(path), 0);
  cr_assert_eq(gy_dir_create(path, NULL), GY_OK);
  load(&folder);
  cr_assert_eq(folder.n, 3);
  cr_expect_not_null(strstr(folder.entries[0].error, "segments/bad.yaml:1: unknown key 'rul'"), "%s",
                     folder.entries[0].error);
  cr_expect_not_null(strstr(folder.entries[1].error, "cannot read"), "%s", folder.entries[1].error);
  cr_expect_null(folder.entries[2].error);
  cr_expect_not_null(strstr(folder.macros_error, "segments/macros.yaml:1: "), "%s", folder.macros_error);
  gy_segment_folder_clear(&folder);
  put("good.yml", "rule: b\n");
  gy_error err = {0};
  cr_expect_eq(gy_segment_folder_load(root, &folder, &err), GY_ECONFIG);
  cr_expect_not_null(strstr(err.text, "are one segment"), "%s", err.text);
  gy_segment_folder_clear(&folder);
}

static gy_status read_all(void *user, gy_error *err) {
  char draft[128];
  gy_segment_folder folder;
  (void)user;
  snprintf(draft, sizeof draft, "%s/segments/a.yaml", root);
  gy_status status = gy_segment_folder_load(root, &folder, err);
  if (status == GY_OK) status = gy_segment_folder_put(&folder, draft, err);
  if (status == GY_OK)
    status = gy_segment_folder_replace(&folder, 0, "rule: b\n", "version 1 of segment a", err);
  if (status == GY_OK) {
    cr_expect_eq(folder.n, 3);
    cr_expect_not_null(folder.entries[1].error);
  }
  gy_segment_folder_clear(&folder);
  return status;
}

Test(segment_folder, every_allocation_may_fail) {
  put("a.yaml", "title: {ko: 결}\ntags: [x, y]\nrule: |\n  orders > 3\n");
  put("b.yaml", "rul: b\n");
  put("c.yaml", "sets: {all: [a], none: [b]}\n");
  put("macros.yaml", "macros:\n  - {name: loyal, rule: orders > 3}\n  - {name: rich, rule: x > 3}\n");
  cr_expect_gt(alloc_fail_each("a folder", read_all, NULL), 40);
  put("macros.yaml", "macros: [{name: a}]\n");
  cr_expect_gt(alloc_fail_each("a folder with a mistake in its macros", read_all, NULL), 40);
}

static gy_status read_and_write(void *user, gy_error *err) {
  gy_segment_file file = {0};
  gy_buffer out;
  gy_status status = gy_segment_file_parse(user, strlen(user), "segments/vip.yaml", &file, err);
  gy_buffer_init(&out, 1 << 20);
  if (status == GY_OK) status = gy_segment_file_emit(&file, &out, err);
  gy_buffer_clear(&out);
  gy_segment_file_clear(&file);
  return status;
}

Test(segment_folder, every_allocation_of_a_file_may_fail) {
  static const char *const TEXTS[] = {
      "title: {ko: 우수 고객, en: VIP}\ndescription: d\nowner: o\ntags: [a, b]\npurpose: "
      "marketing\nexclusive: c\n"
      "priority: 3\nrule: |\n  monetary > 1\n  and orders > 2\n",
      "sets: {all: [a], any: [b, c], none: [d]}\n", "list: 'a b.csv'\ndescription: \"x\\ty\"\n"};
  for (size_t i = 0; i < 3; i++)
    cr_expect_gt(alloc_fail_each("a definition", read_and_write, (void *)TEXTS[i]), 2);
}
