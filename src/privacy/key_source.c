/* SPDX-License-Identifier: Apache-2.0 */
#include "privacy/key_source.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "privacy/passphrase.h"

enum { KEY_DIGITS = 2 * GY_KEY_BYTES, KEY_FILE_MOST = 256 };

static bool is_variable_name(const char *name) {
  if (!isalpha((unsigned char)name[0]) && name[0] != '_') return false;
  for (; *name != '\0'; name++)
    if (!isalnum((unsigned char)*name) && *name != '_') return false;
  return true;
}

bool gy_key_source_is_valid(const char *setting) {
  if (strcmp(setting, "file") == 0 || strcmp(setting, "passphrase") == 0) return true;
  if (strncmp(setting, "file:", 5) == 0) return setting[5] != '\0';
  return strncmp(setting, "env:", 4) == 0 && is_variable_name(setting + 4);
}

gy_status gy_key_source_parse(const char *setting, const char *state_dir, gy_key_source *source,
                              gy_error *err) {
  *source = (gy_key_source){0};
  if (setting == NULL) setting = "file";
  if (!gy_key_source_is_valid(setting))
    return gy_fail(err, GY_ECONFIG,
                   "privacy.key is '%s'; use file, file:PATH, env:NAME (capitals, digits, _) or passphrase",
                   setting);
  bool has_memory = true;
  if (strcmp(setting, "passphrase") == 0) {
    source->kind = GY_KEY_PASSPHRASE;
  } else if (strncmp(setting, "env:", 4) == 0) {
    source->kind = GY_KEY_ENVIRONMENT;
    has_memory = (source->name = strdup(setting + 4)) != NULL;
  } else if (setting[4] == '\0') {
    has_memory = (source->path = gy_path_join(state_dir, "vault.key")) != NULL;
  } else {
    char *project = gy_path_join(state_dir, "..");
    has_memory = project != NULL && (source->path = gy_path_join(project, setting + 5)) != NULL;
    free(project);
  }
  return has_memory ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the setting privacy.key");
}

void gy_key_source_clear(gy_key_source *source) {
  free(source->path);
  free(source->name);
  *source = (gy_key_source){0};
}

void gy_key_source_describe(const gy_key_source *source, char *text, size_t size) {
  if (source->kind == GY_KEY_FILE)
    snprintf(text, size, "the key file %s", source->path);
  else if (source->kind == GY_KEY_ENVIRONMENT)
    snprintf(text, size, "the environment variable %s", source->name);
  else
    snprintf(text, size, "the passphrase");
}

/* Exactly 64 hexadecimal digits, white space around them. */
static bool read_digits(const char *text, size_t n, uint8_t key[GY_KEY_BYTES]) {
  while (n > 0 && isspace((unsigned char)*text)) text++, n--;
  while (n > 0 && isspace((unsigned char)text[n - 1])) n--;
  size_t length = 0;
  const char *end = NULL;
  return n == KEY_DIGITS && sodium_hex2bin(key, GY_KEY_BYTES, text, n, NULL, &length, &end) == 0 &&
         length == GY_KEY_BYTES && end == text + n;
}

/* ---- a file ---- */

static gy_status make_key_file(const char *path, uint8_t key[GY_KEY_BYTES], gy_error *err) {
  char digits[KEY_DIGITS + 2];
  randombytes_buf(key, GY_KEY_BYTES);
  sodium_bin2hex(digits, sizeof digits, key, GY_KEY_BYTES);
  digits[KEY_DIGITS] = '\n';
  gy_status status = gy_file_replace_private(path, digits, KEY_DIGITS + 1, err);
  sodium_memzero(digits, sizeof digits);
  return status;
}

static gy_status check_mode(int fd, const char *path, gy_error *err) {
  struct stat info;
  if (fstat(fd, &info) != 0) return gy_fail_errno(err, "read", path);
  if (!S_ISREG(info.st_mode)) return gy_fail(err, GY_ECONFIG, "the key file %s is no plain file", path);
  if ((info.st_mode & 077) != 0)
    return gy_fail(
        err, GY_ECONFIG,
        "the key file %s can be read by others (mode %03o); make it yours alone with: chmod 600 %s", path,
        (unsigned)(info.st_mode & 0777), path);
  return GY_OK;
}

static gy_status read_key_file(const char *path, uint8_t key[GY_KEY_BYTES], gy_error *err) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return gy_fail_errno(err, "read the key file", path);
  char text[KEY_FILE_MOST];
  gy_status status = check_mode(fd, path, err);
  ssize_t n = status == GY_OK ? read(fd, text, sizeof text) : 0;
  if (n < 0) status = gy_fail_errno(err, "read the key file", path);
  if (status == GY_OK && !read_digits(text, (size_t)n, key))
    status = gy_fail(err, GY_ECONFIG,
                     "the key file %s holds no key: a key is 64 hexadecimal digits; put back the file that "
                     "was made with the vault",
                     path);
  sodium_memzero(text, sizeof text);
  close(fd);
  return status;
}

static gy_status load_file(const gy_key_source *source, bool create, uint8_t key[GY_KEY_BYTES],
                           gy_error *err) {
  if (gy_path_exists(source->path)) return read_key_file(source->path, key, err);
  if (create) return make_key_file(source->path, key, err);
  return gy_fail(
      err, GY_ENOTFOUND,
      "the key file %s is missing and without it the vault stays closed; put it back, or say where "
      "it is with privacy.key in gyeol.yaml",
      source->path);
}

/* ---- a variable ---- */

static gy_status load_variable(const char *name, uint8_t key[GY_KEY_BYTES], gy_error *err) {
  const char *text = getenv(name);
  if (text == NULL || *text == '\0')
    return gy_fail(
        err, GY_ECONFIG,
        "the environment variable %s, which privacy.key names, is not set; a key is 64 hexadecimal "
        "digits, as openssl rand -hex 32 makes",
        name);
  if (read_digits(text, strlen(text), key)) return GY_OK;
  return gy_fail(
      err, GY_ECONFIG,
      "the environment variable %s, which privacy.key names, holds no key: a key is 64 hexadecimal "
      "digits, as openssl rand -hex 32 makes",
      name);
}

/* ---- */

void gy_passphrase_cost_make(gy_passphrase_cost *cost) {
  randombytes_buf(cost->salt, sizeof cost->salt);
  cost->operations = crypto_pwhash_OPSLIMIT_MODERATE;
  cost->memory_bytes = crypto_pwhash_MEMLIMIT_MODERATE;
}

gy_status gy_key_source_load(const gy_key_source *source, bool create, const gy_passphrase_cost *cost,
                             uint8_t key[GY_KEY_BYTES], gy_error *err) {
  if (source->kind == GY_KEY_FILE) return load_file(source, create, key, err);
  if (source->kind == GY_KEY_ENVIRONMENT) return load_variable(source->name, key, err);
  return gy_passphrase_key(create, cost, key, err);
}
