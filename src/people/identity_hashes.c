/* SPDX-License-Identifier: Apache-2.0
 *
 * Ad platforms know people by the SHA-256 of their e-mail address. In the store both the address and its hash
 * are pseudonyms that say nothing of each other; the originals of both are in the vault. There every address
 * is hashed, as it was written but for case and blanks and in its normal form, and looked up among the
 * hashes. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "people/identity_work.h"

enum { DIGEST_BYTES = crypto_hash_sha256_BYTES };

typedef struct {
  uint8_t digest[DIGEST_BYTES];
  gy_pseudonym pseudonym;
} known_hash;

typedef struct {
  gy_pseudonym email, hash;
} match;

typedef struct {
  known_hash *known; /* ascending by digest */
  size_t n_known, room_known;
  match *found;
  size_t n_found, room_found, at;
} search;

static gy_status spent(gy_error *err) { return gy_fail(err, GY_ENOMEM, "no memory for hashed addresses"); }

static void *widen(void *items, size_t size, size_t n, size_t *room) {
  if (n < *room) return items;
  size_t wider = *room > 0 ? 2 * *room : 1024;
  void *made = realloc(items, wider * size);
  if (made != NULL) *room = wider;
  return made;
}

static int by_digest(const void *left, const void *right) { return memcmp(left, right, DIGEST_BYTES); }

static gy_status take_hash(void *context, const gy_vault_record *record, gy_error *err) {
  search *s = context;
  char normal[GY_IDENTIFIER_MAX];
  size_t n = 0, bytes = 0;
  known_hash made = {.pseudonym = record->key.pseudonym};
  if (gy_identifier_normalise(GY_IDENTIFIER_HASHED_EMAIL, record->text, record->length, normal, &n) !=
          GY_NORMAL_VALUE ||
      sodium_hex2bin(made.digest, sizeof made.digest, normal, n, NULL, &bytes, NULL) != 0)
    return GY_OK;
  known_hash *wider = widen(s->known, sizeof *wider, s->n_known, &s->room_known);
  if (wider == NULL) return spent(err);
  s->known = wider;
  s->known[s->n_known++] = made;
  return GY_OK;
}

static gy_status look_up(search *s, const char *form, size_t n, const gy_pseudonym *email, gy_error *err) {
  uint8_t digest[DIGEST_BYTES];
  crypto_hash_sha256(digest, (const unsigned char *)form, n);
  const known_hash *hash = bsearch(digest, s->known, s->n_known, sizeof *s->known, by_digest);
  if (hash == NULL) return GY_OK;
  match *wider = widen(s->found, sizeof *wider, s->n_found, &s->room_found);
  if (wider == NULL) return spent(err);
  s->found = wider;
  s->found[s->n_found++] = (match){*email, hash->pseudonym};
  return GY_OK;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/* Without blanks around it and in lower case; 0 where it is too long. */
static size_t write_folded(const char *text, size_t n, char *out) {
  while (n > 0 && is_blank(text[0])) text++, n--;
  while (n > 0 && is_blank(text[n - 1])) n--;
  if (n > GY_IDENTIFIER_MAX) return 0;
  for (size_t i = 0; i < n; i++) out[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
  return n;
}

static gy_status take_email(void *context, const gy_vault_record *record, gy_error *err) {
  char folded[GY_IDENTIFIER_MAX], normal[GY_IDENTIFIER_MAX];
  size_t n_folded = write_folded(record->text, record->length, folded), n = 0;
  bool has_normal = gy_identifier_normalise(GY_IDENTIFIER_EMAIL, record->text, record->length, normal, &n) ==
                    GY_NORMAL_VALUE;
  bool differs = has_normal && (n != n_folded || memcmp(normal, folded, n) != 0);
  gy_status status = GY_OK;
  if (n_folded > 0) status = look_up(context, folded, n_folded, &record->key.pseudonym, err);
  if (status == GY_OK && differs) status = look_up(context, normal, n, &record->key.pseudonym, err);
  sodium_memzero(folded, sizeof folded);
  sodium_memzero(normal, sizeof normal);
  return status;
}

static gy_status find_matches(search *s, const gy_identity_plan *plan, gy_error *err) {
  gy_vault *vault = NULL;
  gy_status status = plan->open_vault(plan->context, "identity.hashes", &vault, err);
  if (status != GY_OK || vault == NULL) return status;
  status = gy_vault_scan(vault, GY_IDENTIFIER_HASHED_EMAIL, take_hash, s, err);
  if (status != GY_OK || s->n_known == 0) return status;
  qsort(s->known, s->n_known, sizeof *s->known, by_digest);
  return gy_vault_scan(vault, GY_IDENTIFIER_EMAIL, take_email, s, err);
}

/* ---- into the store ---- */

static gy_status open_matches(void *shared, void **local, gy_error *err) {
  (void)err;
  ((search *)shared)->at = 0;
  *local = shared;
  return GY_OK;
}

static gy_status fill_matches(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                              gy_error *err) {
  search *s = shared;
  size_t n = 0;
  (void)local, (void)err;
  for (; s->at < s->n_found && n < GY_CHUNK_ROWS; s->at++, n++) {
    char email[GY_PSEUDONYM_CHARS + 1], hash[GY_PSEUDONYM_CHARS + 1];
    gy_pseudonym_text(&s->found[s->at].email, email);
    gy_pseudonym_text(&s->found[s->at].hash, hash);
    gy_writer_text(writer, 0, n, email, GY_PSEUDONYM_CHARS);
    gy_writer_text(writer, 1, n, hash, GY_PSEUDONYM_CHARS);
  }
  *n_rows = n;
  return GY_OK;
}

static bool is_more_trusted(const gy_identity_work *work, gy_key_kind a, gy_key_kind b) {
  for (size_t i = 0; i < work->n_order; i++)
    if (work->order[i] == a || work->order[i] == b) return work->order[i] == a;
  return true;
}

static gy_status store(gy_identity_work *work, search *s, gy_error *err) {
  static const gy_source_column COLUMNS[] = {{"email", GY_TYPE_TEXT}, {"hash", GY_TYPE_TEXT}};
  gy_source source = {.shared = s,
                      .columns = COLUMNS,
                      .n_columns = 2,
                      .max_threads = 1,
                      .open = open_matches,
                      .fill = fill_matches};
  bool by_email = is_more_trusted(work, GY_KEY_EMAIL, GY_KEY_HASHED_EMAIL);
  gy_status status = gy_engine_publish(work->plan->engine, "gy_identity_hashes", &source, err);
  if (status != GY_OK) return status;
  return gy_identity_execute(
      work, err,
      "INSERT INTO identity_pairs SELECT DISTINCT %zu, %s.node, %s.node, 1, CAST(NULL AS TIMESTAMP), "
      "CAST(NULL AS TIMESTAMP) FROM gy_identity_hashes() AS f JOIN identity_nodes_email AS e ON e.key = "
      "TRY_CAST(f.email AS %s) JOIN identity_nodes_hashed_email AS h ON h.key = TRY_CAST(f.hash AS %s) WHERE "
      "e.node NOT IN (SELECT node FROM identity_shared) AND h.node NOT IN (SELECT node FROM identity_shared)",
      work->plan->n_sources, by_email ? "e" : "h", by_email ? "h" : "e", work->types[GY_KEY_EMAIL],
      work->types[GY_KEY_HASHED_EMAIL]);
}

gy_status gy_identity_pair_hashes(gy_identity_work *work, bool *found, gy_error *err) {
  bool has_both = work->types[GY_KEY_EMAIL] != NULL && work->types[GY_KEY_HASHED_EMAIL] != NULL;
  search s = {0};
  gy_status status = has_both && work->plan->open_vault != NULL ? find_matches(&s, work->plan, err) : GY_OK;
  if (status == GY_OK && s.n_found > 0) status = store(work, &s, err);
  if (status == GY_OK) *found = s.n_found > 0;
  free(s.known);
  free(s.found);
  return status;
}
