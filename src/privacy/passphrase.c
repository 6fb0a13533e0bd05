/* SPDX-License-Identifier: Apache-2.0 */
#include "privacy/passphrase.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"

/* What a ring may ask for: more would be somebody's trick to use up the machine. */
#define OPERATIONS_MOST 64
#define MEMORY_MOST     ((uint64_t)4 << 30)

static const char VARIABLE[] = "GYEOL_PASSPHRASE";

/* One line without its end; a signal ends the reading. */
static gy_status read_line(int terminal, char text[GY_PASSPHRASE_MOST + 1], gy_error *err) {
  size_t length = 0;
  for (;;) {
    char c;
    ssize_t got = read(terminal, &c, 1);
    if (got < 0) return gy_fail(err, GY_ECANCELLED, "stopped on request while a passphrase was asked for");
    if (got == 0 || c == '\n') break;
    if (length == GY_PASSPHRASE_MOST)
      return gy_fail(err, GY_EUSAGE, "a passphrase has at most %d bytes", GY_PASSPHRASE_MOST);
    text[length++] = c;
  }
  text[length] = '\0';
  return GY_OK;
}

static gy_status ask(int terminal, const char *prompt, char text[GY_PASSPHRASE_MOST + 1], gy_error *err) {
  struct termios shown, hidden;
  if (tcgetattr(terminal, &shown) != 0) return gy_fail_errno(err, "read a passphrase from", "the terminal");
  hidden = shown;
  hidden.c_lflag &= ~(tcflag_t)ECHO;
  tcsetattr(terminal, TCSAFLUSH, &hidden);
  gy_status status = GY_OK;
  if (write(terminal, prompt, strlen(prompt)) < 0) status = gy_fail_errno(err, "write to", "the terminal");
  if (status == GY_OK) status = read_line(terminal, text, err);
  tcsetattr(terminal, TCSAFLUSH, &shown);
  (void)!write(terminal, "\n", 1);
  return status;
}

static gy_status ask_terminal(bool fresh, char text[GY_PASSPHRASE_MOST + 1], gy_error *err) {
  int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal < 0)
    return gy_fail(err, GY_ECONFIG,
                   "the vault wants its passphrase, and there is no terminal to ask at; set %s", VARIABLE);
  char again[GY_PASSPHRASE_MOST + 1];
  gy_status status =
      ask(terminal, fresh ? "New passphrase of the vault: " : "Passphrase of the vault: ", text, err);
  if (status == GY_OK && fresh) {
    status = ask(terminal, "The same again: ", again, err);
    if (status == GY_OK && strcmp(text, again) != 0)
      status = gy_fail(err, GY_EUSAGE, "the two passphrases differ; nothing was made");
    sodium_memzero(again, sizeof again);
  }
  close(terminal);
  return status;
}

static gy_status get_text(bool fresh, char text[GY_PASSPHRASE_MOST + 1], gy_error *err) {
  const char *set = getenv(VARIABLE);
  if (set == NULL || *set == '\0') return ask_terminal(fresh, text, err);
  size_t length = strlen(set);
  if (length > GY_PASSPHRASE_MOST)
    return gy_fail(err, GY_EUSAGE, "%s has %zu bytes; a passphrase has at most %d", VARIABLE, length,
                   GY_PASSPHRASE_MOST);
  memcpy(text, set, length + 1);
  return GY_OK;
}

gy_status gy_passphrase_key(bool fresh, const gy_passphrase_cost *cost, uint8_t key[GY_KEY_BYTES],
                            gy_error *err) {
  if (cost->operations < 1 || cost->operations > OPERATIONS_MOST || cost->memory_bytes < 8192 ||
      cost->memory_bytes > MEMORY_MOST)
    return gy_fail(err, GY_ECORRUPT, "the key ring asks for a passphrase at a cost that gyeol never writes");
  char *text = sodium_malloc(GY_PASSPHRASE_MOST + 1);
  if (text == NULL) return gy_fail(err, GY_ENOMEM, "no locked memory for a passphrase");
  gy_status status = get_text(fresh, text, err);
  if (status == GY_OK && fresh && strlen(text) < GY_PASSPHRASE_LEAST)
    status = gy_fail(err, GY_EUSAGE, "a passphrase has at least %d bytes; several words are best",
                     GY_PASSPHRASE_LEAST);
  if (status == GY_OK && crypto_pwhash(key, GY_KEY_BYTES, text, strlen(text), cost->salt, cost->operations,
                                       (size_t)cost->memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0)
    status = gy_fail(err, GY_ENOMEM, "no memory to try the passphrase: Argon2id takes %llu MiB",
                     (unsigned long long)(cost->memory_bytes >> 20));
  sodium_free(text);
  return status;
}
