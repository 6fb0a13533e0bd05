/* SPDX-License-Identifier: Apache-2.0
 *
 * The vault and the audit log with real processes: what the commands say, and rotations killed at any moment.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "privacy/vault.h"
#include "project_fixture.h"
#include "support/rounds.h"

#ifdef __SANITIZE_ADDRESS__
enum { ORIGINALS = 100000 };
#else
enum { ORIGINALS = 1000000 };
#endif

TestSuite(vault_commands, .fini = workspace_remove, .timeout = 300);

static void make_project(void) {
  gy_error err = {0};
  cr_assert_eq(gy_dir_create(in_workspace("shop"), &err), GY_OK, "%s", err.text);
  write_text(in_workspace("shop/gyeol.yaml"), "name: shop\n");
}

static gy_key_ring *open_ring(void) {
  gy_key_ring *ring = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_key_ring_open(in_workspace("shop/.gyeol"), NULL, true, &ring, &err), GY_OK, "%s", err.text);
  return ring;
}

static gy_vault *open_vault(gy_key_ring *ring) {
  gy_vault *vault = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_vault_open(ring, &vault, &err), GY_OK, "%s", err.text);
  return vault;
}

static gy_vault_key key_of(const gy_key_ring *ring, int i, char text[64]) {
  gy_vault_key key = {.kind = GY_IDENTIFIER_EMAIL};
  size_t n = (size_t)snprintf(text, 64, "person.%d@example.org", i);
  gy_pseudonym_make(gy_key_ring_pseudonyms(ring), key.kind, text, n, &key.pseudonym);
  return key;
}

static void fill_vault(int n) {
  gy_key_ring *ring = open_ring();
  gy_vault *vault = open_vault(ring);
  gy_vault_writer *writer = NULL;
  gy_error err = {0};
  char text[64];
  cr_assert_eq(gy_vault_writer_create(vault, 0, &writer, &err), GY_OK, "%s", err.text);
  for (int i = 0; i < n; i++) {
    gy_vault_key key = key_of(ring, i, text);
    cr_assert_eq(gy_vault_writer_add(writer, key.kind, &key.pseudonym, text, strlen(text), &err), GY_OK);
  }
  cr_assert_eq(gy_vault_writers_commit(vault, &writer, 1, NULL, &err), GY_OK, "%s", err.text);
  gy_vault_writer_destroy(writer);
  gy_vault_close(vault);
  gy_key_ring_close(ring);
}

static void expect_fails(int exit_code, const char *part, const char *arguments) {
  process_result result = run_gyeol("%s", arguments);
  cr_expect_eq(result.exit_code, exit_code, "gyeol %s ended with %d: %s", arguments, result.exit_code,
               result.err);
  cr_expect_not_null(strstr(result.err, part), "gyeol %s: no '%s' in: %s", arguments, part, result.err);
  process_clear(&result);
}

Test(vault_commands, opening_wants_a_reason_and_is_logged) {
  make_project();
  expect_fails(1, "there is no vault", "vault open x shop --reason why");
  fill_vault(10);
  gy_key_ring *ring = open_ring();
  char text[64], pseudonym[GY_PSEUDONYM_CHARS + 1];
  gy_vault_key key = key_of(ring, 7, text);
  gy_pseudonym_text(&key.pseudonym, pseudonym);
  gy_key_ring_close(ring);
  char without[128];
  snprintf(without, sizeof without, "vault open %s shop", pseudonym);
  expect_fails(2, "--reason", without);
  expect_fails(2, "--reason", "vault open x shop --reason ' '");
  expect_fails(2, "looks like an identifier", "vault open x shop --reason 'kim@example.org asked'");
  expect_fails(2, "say whose", "vault open --reason why");
  process_result opened = gyeol_ok("vault open %s shop --reason 'a call, ticket 12' --json", pseudonym);
  cr_expect_str_eq(text_of(opened.json, "identifiers.0.value"), "person.7@example.org");
  cr_expect_str_eq(text_of(opened.json, "identifiers.0.kind"), "email");
  process_clear(&opened);
  expect_fails(1, "holds nothing for", "vault open 00000000-0000-0000-0000-000000000000 shop --reason why");
  process_result log = gyeol_ok("audit show shop --json");
  cr_expect_eq(int_of(log.json, "lines"), 2, "also what was not found is logged: %s", log.out);
  cr_expect_str_eq(text_of(log.json, "entries.0.action"), "vault.open");
  cr_expect_str_eq(text_of(log.json, "entries.0.detail.reason"), "a call, ticket 12");
  cr_expect_null(strstr(log.out, pseudonym), "the log shows a pseudonym of the store: %s", log.out);
  process_clear(&log);
  process_result status = gyeol_ok("vault status shop --check --json");
  cr_expect_eq(int_of(status.json, "records.email"), 10, "%s", status.out);
  cr_expect(json_is_true(json_at(status.json, "checked")));
  process_clear(&status);
}

Test(vault_commands, a_changed_log_ends_verify_with_its_line) {
  make_project();
  fill_vault(1);
  for (int i = 0; i < 3; i++) {
    process_result rotated = gyeol_ok("vault rotate shop");
    process_clear(&rotated);
  }
  process_result verified = gyeol_ok("audit verify shop --json");
  cr_expect_eq(int_of(verified.json, "lines"), 3);
  process_clear(&verified);
  char *log = file_text(in_workspace("shop/.gyeol/audit.log"));
  char *second = strchr(log, '\n') + 1, *third = strchr(second, '\n') + 1;
  char *at = strstr(second, "vault.rotate");
  memcpy(at, "vault.rotare", 12);
  write_text(in_workspace("shop/.gyeol/audit.log"), log);
  expect_fails(1, "at line 2", "audit verify shop");
  memcpy(at, "vault.rotate", 12);
  *third = '\0';
  write_text(in_workspace("shop/.gyeol/audit.log"), log);
  expect_fails(1, "at line 3", "audit verify shop");
  free(log);
}

Test(vault_commands, keys_that_do_not_fit_are_one_sentence) {
  make_project();
  fill_vault(1);
  const char *key = in_workspace("shop/.gyeol/vault.key");
  cr_assert_eq(chmod(key, 0644), 0);
  expect_fails(2, "chmod 600", "vault status shop");
  cr_assert_eq(chmod(key, 0600), 0);
  char *kept = file_text(key);
  write_text(key, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n");
  cr_assert_eq(chmod(key, 0600), 0);
  expect_fails(2, "it is the key of another", "vault status shop");
  expect_fails(2, "it is the key of another", "audit verify shop");
  unlink(key);
  expect_fails(1, "vault.key is missing", "vault status shop");
  write_text(key, kept);
  cr_assert_eq(chmod(key, 0600), 0);
  process_result status = gyeol_ok("vault status shop");
  process_clear(&status);
  free(kept);
}

/* Runs gyeol on a terminal of its own; each answer is typed when gyeol has asked. Gives all that was shown.
 */
static char *answer_on_terminal(const char *arguments, const char *const *answers, int *exit_code) {
  int terminal = -1, status = 0;
  pid_t process = forkpty(&terminal, NULL, NULL, NULL);
  cr_assert_geq(process, 0);
  if (process == 0) {
    char command[4096];
    unsetenv("GYEOL_PASSPHRASE");
    snprintf(command, sizeof command, "cd %s && exec '%s' %s", workspace(), getenv("GYEOL"), arguments);
    execl("/bin/sh", "sh", "-c", command, NULL);
    _exit(127);
  }
  gy_buffer shown;
  gy_buffer_init(&shown, 1 << 20);
  char bytes[512];
  for (ssize_t got; (got = read(terminal, bytes, sizeof bytes)) > 0;) {
    gy_buffer_append(&shown, bytes, (size_t)got);
    if (*answers == NULL || shown.length < 2 || strcmp(shown.data + shown.length - 2, ": ") != 0) continue;
    cr_assert_eq(write(terminal, *answers, strlen(*answers)), (ssize_t)strlen(*answers));
    answers++;
  }
  waitpid(process, &status, 0);
  close(terminal);
  *exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return gy_buffer_take(&shown);
}

Test(vault_commands, a_passphrase_is_asked_for_and_never_shown) {
  make_project();
  write_text(in_workspace("shop/gyeol.yaml"), "name: shop\nprivacy: {key: passphrase}\n");
  cr_assert_eq(setenv("GYEOL_PASSPHRASE", "four horses, one ox", 1), 0);
  gy_key_ring *ring = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_key_ring_open(in_workspace("shop/.gyeol"), "passphrase", true, &ring, &err), GY_OK, "%s",
               err.text);
  gy_key_ring_close(ring);
  unsetenv("GYEOL_PASSPHRASE");
  static const struct {
    const char *answers[2];
    int exit_code;
    const char *part;
  } CASES[] = {{{"four horses, one ox\n", NULL}, 0, "0 originals"},
               {{"four horses, two oxen\n", NULL}, 2, "the passphrase does not open the vault"}};
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    int exit_code = -1;
    char *shown = answer_on_terminal("vault status shop", CASES[i].answers, &exit_code);
    cr_expect_eq(exit_code, CASES[i].exit_code, "%s", shown);
    cr_expect_not_null(strstr(shown, CASES[i].part), "%s", shown);
    cr_expect_not_null(strstr(shown, "Passphrase of the vault: "), "%s", shown);
    cr_expect_null(strstr(shown, "horses"), "the passphrase is shown: %s", shown);
    free(shown);
  }
  process_result without = run_gyeol("vault status shop </dev/null");
  if (without.exit_code == 2) cr_expect_not_null(strstr(without.err, "GYEOL_PASSPHRASE"), "%s", without.err);
  process_clear(&without);
}

/* ---- kill -9 ---- */

static gy_status count_one(void *context, const gy_vault_record *record, gy_error *err) {
  (void)record, (void)err;
  ++*(int *)context;
  return GY_OK;
}

/* Every original is there once, opened as the next command would open it; the number of the key. */
static uint32_t expect_whole(int n, const char *when) {
  gy_key_ring *ring = open_ring();
  gy_vault *vault = open_vault(ring);
  gy_error err = {0};
  int seen = 0;
  cr_assert_eq(gy_vault_scan(vault, GY_IDENTIFIER_COUNT, count_one, &seen, &err), GY_OK, "%s: %s", when,
               err.text);
  cr_expect_eq(seen, n, "%s: %d originals instead of %d", when, seen, n);
  for (int i = 0; i < n; i += n / 50) {
    char text[64];
    gy_vault_key key = key_of(ring, i, text);
    gy_buffer got;
    gy_buffer_init(&got, 1 << 14);
    bool found = false;
    cr_assert_eq(gy_vault_get(vault, &key, &got, &found, &err), GY_OK, "%s: %s", when, err.text);
    cr_expect(found && strcmp(got.data, text) == 0, "%s: original %d", when, i);
    gy_buffer_clear(&got);
  }
  uint32_t number = gy_vault_look(vault).key_number;
  gy_vault_close(vault);
  gy_key_ring_close(ring);
  return number;
}

static int count_segments(void) {
  DIR *dir = opendir(in_workspace("shop/.gyeol/vault"));
  int n = 0;
  for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;)
    n += strstr(entry->d_name, ".seg") != NULL;
  if (dir != NULL) closedir(dir);
  return n;
}

static void wait_seconds(double seconds) {
  struct timespec time = {.tv_sec = (time_t)seconds,
                          .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
  nanosleep(&time, NULL);
}

Test(vault_commands, kill_9_at_any_moment_of_a_rotation_loses_nothing) {
  enum { MOMENTS = ROUNDS(20) };
  make_project();
  fill_vault(ORIGINALS);
  process_result timed = gyeol_ok("vault rotate shop");
  double seconds = timed.seconds;
  process_clear(&timed);
  int n_killed = 0, n_rotated = 0;
  uint32_t number = expect_whole(ORIGINALS, "a rotation that nobody stops");
  srand(11);
  for (int i = 0; i < MOMENTS; i++) {
    double moment = seconds * (i + (double)rand() / RAND_MAX) / MOMENTS;
    char when[64];
    snprintf(when, sizeof when, "killed after %.3f s of %.3f", moment, seconds);
    pid_t process = start_gyeol("vault rotate shop");
    wait_seconds(moment);
    kill(process, SIGKILL);
    process_result result = finish_gyeol(process);
    n_killed += result.exit_code == 128 + SIGKILL;
    process_clear(&result);
    uint32_t now = expect_whole(ORIGINALS, when);
    cr_expect(now == number || now == number + 1, "%s: key %u after %u", when, now, number);
    n_rotated += now == number + 1;
    number = now;
  }
  fprintf(stderr, "%d of %d rotations of %d originals (%.2f s) were killed, %d came through\n", n_killed,
          MOMENTS, ORIGINALS, seconds, n_rotated);
  cr_expect_geq(n_killed, MOMENTS / 2, "only %d rotations were hit", n_killed);
  process_result last = gyeol_ok("vault rotate shop");
  process_clear(&last);
  expect_whole(ORIGINALS, "the last rotation");
  cr_expect_eq(count_segments(), 1, "files of stopped rotations are left");
  process_result verified = gyeol_ok("audit verify shop");
  process_clear(&verified);
}
