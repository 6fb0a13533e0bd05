/* SPDX-License-Identifier: Apache-2.0 */
#include <gyeol/backup.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "show.h"

static const cli_option BACKUP_OPTIONS[] = {
    {"passphrase", 'p', NULL, "encrypt with words: asked for, or in GYEOL_PASSPHRASE"},
    {"key", 'k', "SOURCE", "encrypt with this key: file:PATH or env:NAME (default: the project's)"},
    {"verify", 0, NULL, "read a backup that is there, every byte of it"},
    {0},
};

static const cli_option RESTORE_OPTIONS[] = {
    {"passphrase", 'p', NULL,
     "it was encrypted with words (as it says itself): asked for, or in GYEOL_PASSPHRASE"},
    {"key", 'k', "SOURCE", "the backup's key: file:PATH or env:NAME (default: the key file in DIR)"},
    {"force", 0, NULL, "replace a project that is there, and keep it as DIR.before-restore"},
    {0},
};

static const char *megabytes(const json_t *result, const char *key, char text[64]) {
  snprintf(text, 64, "%.1f MB", (double)json_integer_value(json_object_get(result, key)) / 1e6);
  return text;
}

static gy_backup_options options_of(const cli *context) {
  return (gy_backup_options){.passphrase = cli_get(context, "passphrase") != NULL,
                             .key = cli_get(context, "key"),
                             .force = cli_get(context, "force") != NULL};
}

static gy_status run_backup(cli *context, gy_error *err) {
  char *text = NULL, size[64];
  json_t *result = NULL;
  if (context->n_arguments < 1) return gy_fail(err, GY_EUSAGE, "say which file: gyeol backup FILE [DIR]");
  const char *path = context->arguments[0], *dir = cli_project_dir(context, 1);
  const gy_backup_options options = options_of(context);
  bool verifies = cli_get(context, "verify") != NULL;
  gy_status status = verifies ? gy_backup_verify(dir, path, &options, &context->task, &text, err)
                              : gy_project_backup(dir, path, &options, &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json)
    printf("%s: %lld files of project %s, %s, %s\n", path,
           (long long)json_integer_value(json_object_get(result, "files")), show_text(result, "project"),
           megabytes(result, "size", size), verifies ? "whole" : "written and read back");
  if (!context->json && !verifies && strcmp(show_text(result, "key"), "key") == 0)
    printf("It opens with the project's key only: keep a copy of that elsewhere, or use --passphrase.\n");
  json_decref(result);
  return GY_OK;
}

static gy_status run_restore(cli *context, gy_error *err) {
  char *text = NULL, size[64];
  json_t *result = NULL;
  if (context->n_arguments < 1) return gy_fail(err, GY_EUSAGE, "say which backup: gyeol restore FILE [DIR]");
  const char *path = context->arguments[0], *dir = cli_get(context, "directory");
  if (dir == NULL && context->n_arguments > 1) dir = context->arguments[1];
  const gy_backup_options options = options_of(context);
  gy_status status = gy_project_restore(path, dir, &options, &context->task, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status != GY_OK) return status;
  if (!context->json) {
    const char *kept = json_string_value(json_object_get(result, "kept"));
    json_int_t forgotten = json_integer_value(json_object_get(result, "forgotten"));
    printf("%s is as it was at %s: %lld files, %s\n", show_text(result, "folder"),
           show_text(result, "made_at"), (long long)json_integer_value(json_object_get(result, "files")),
           megabytes(result, "bytes", size));
    if (kept != NULL)
      printf("What was there is in %s, with files that are no part of a backup (sources)\n", kept);
    if (forgotten > 0)
      printf("%lld %s forgotten since, and in it now too\n", (long long)forgotten,
             forgotten == 1 ? "person was" : "people were");
  }
  json_decref(result);
  return GY_OK;
}

const cli_command CMD_BACKUP = {
    .name = "backup",
    .synopsis =
        "backup FILE [DIR] [--passphrase | --key SOURCE]\n"
        "backup --verify FILE [DIR] [--key SOURCE]",
    .summary = "one encrypted file of a project, read back after writing",
    .description =
        "Holds gyeol.yaml, segments/, models/, repairs/ and .gyeol/ with the store, the vault, who was "
        "forgotten,\n"
        "the audit log and receipts; not the sources. Encrypted with the project's key, or with words by "
        "Argon2id.\n"
        "프로젝트 전체를 암호화한 파일 하나로 보관합니다.",
    .examples =
        "gyeol backup shop.backup shop\n"
        "gyeol backup --verify shop.backup shop --json",
    .options = BACKUP_OPTIONS,
    .on_project = true,
    .most_arguments = 2,
    .run = run_backup,
};

const cli_command CMD_RESTORE = {
    .name = "restore",
    .synopsis = "restore FILE [DIR] [--passphrase | --key SOURCE] [--force]",
    .summary = "a project of a backup, all or nothing",
    .description =
        "Reads the whole backup into a folder beside, forgets in it whoever was forgotten since in the "
        "project\n"
        "that is there, and exchanges the two in one step. Without DIR the folder is called like the "
        "project.\n"
        "백업에서 프로젝트를 되살립니다. 그사이 잊힌 사람은 돌아오지 않습니다.",
    .examples = "gyeol restore shop.backup shop --force",
    .options = RESTORE_OPTIONS,
    .on_project = true,
    .most_arguments = 2,
    .run = run_restore,
};
