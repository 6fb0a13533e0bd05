/* SPDX-License-Identifier: Apache-2.0
 *
 * The key of a backup: of words, or of the project's key; and what every backup tells about itself. */
#ifndef GYEOL_STUDY_BACKUP_KEY_H
#define GYEOL_STUDY_BACKUP_KEY_H

#include <gyeol/backup.h>
#include <jansson.h>

#include "privacy/archive.h"

#define GY_BACKUP_ABOUT "gyeol-backup.json" /* the first entry: project, made_at, version */

/* Draws a salt and makes the key of a new backup. `setting` is privacy.key of the project. Wipe the key. */
GY_MUST_USE gy_status gy_backup_key_make(const gy_backup_options *options, const char *setting,
                                         const char *state_dir, gy_archive_header *header,
                                         uint8_t key[GY_ARCHIVE_KEY_BYTES], gy_error *err);

/* The key of a backup that is there. `setting` NULL: no project is known; then options->key or the key file.
 */
GY_MUST_USE gy_status gy_backup_key_find(const gy_backup_options *options, const char *setting,
                                         const char *state_dir, const gy_archive_header *header,
                                         uint8_t key[GY_ARCHIVE_KEY_BYTES], gy_error *err);

/* Opens a backup with its key and reads what it tells about itself, a new reference. */
GY_MUST_USE gy_status gy_backup_open(const char *path, const gy_backup_options *options, const char *setting,
                                     const char *state_dir, gy_archive_reader **reader, json_t **about,
                                     gy_error *err);

#endif
