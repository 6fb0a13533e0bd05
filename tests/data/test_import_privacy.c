/* SPDX-License-Identifier: Apache-2.0
 *
 * Identifiers on their way through an import: pseudonyms in the table, originals in the vault, free text
 * masked, on any number of threads. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "import_fixture.h"
#include "privacy/seal.h"
#include "privacy/tombstones.h"

#define COUNT(array) (sizeof array / sizeof array[0])

typedef struct {
  gy_key_ring *ring;
  gy_vault *vault;
  char folder[128];
  int n_opened;
  gy_import_privacy import;
} privacy_fixture;

static gy_status open_vault(void *context, gy_key_ring **ring, gy_vault **vault, gy_error *err) {
  privacy_fixture *p = context;
  p->n_opened++;
  gy_status status = p->ring != NULL ? GY_OK : gy_key_ring_open(p->folder, NULL, true, &p->ring, err);
  if (status == GY_OK && p->vault == NULL) status = gy_vault_open(p->ring, &p->vault, err);
  *ring = p->ring;
  *vault = p->vault;
  return status;
}

static void privacy_open(privacy_fixture *p, const import_fixture *f) {
  *p = (privacy_fixture){.import = {.context = p, .open = open_vault}};
  snprintf(p->folder, sizeof p->folder, "%s/state", f->folder);
  cr_assert_eq(gy_dir_create(p->folder, &(gy_error){0}), GY_OK);
}

static void privacy_close(privacy_fixture *p) {
  gy_vault_close(p->vault);
  gy_key_ring_close(p->ring);
  cr_assert_eq(gy_dir_remove(p->folder, &(gy_error){0}), GY_OK);
}

static const gy_import_column COLUMNS[] = {
    {.source = "order", .target = "order_id", .kind = GY_IMPORT_ID},
    {.source = "customer",
     .target = "customer_id",
     .kind = GY_IMPORT_ID,
     .guard = GY_IMPORT_KEY,
     .is_of_person = true,
     .identifier = GY_IDENTIFIER_CUSTOMER_ID},
    {.source = "time", .target = "ordered_at", .kind = GY_IMPORT_TIME, .required = true},
    {.source = "mail",
     .target = "email",
     .kind = GY_IMPORT_PSEUDONYM,
     .is_of_person = true,
     .identifier = GY_IDENTIFIER_EMAIL},
    {.source = "tel",
     .target = "phone",
     .kind = GY_IMPORT_PSEUDONYM,
     .is_of_person = true,
     .identifier = GY_IDENTIFIER_PHONE},
    {.source = "note", .target = "description", .kind = GY_IMPORT_TEXT, .guard = GY_IMPORT_FREE_TEXT},
};

static gy_import_spec spec_of(const privacy_fixture *p) {
  return (gy_import_spec){
      .columns = COLUMNS, .n_columns = COUNT(COLUMNS), .encoding = GY_ENCODING_UTF8, .privacy = &p->import};
}

static const char TEXT[] =
    "order,customer,time,mail,tel,note\n"
    "1,C1,2024-01-01 10:00:00,Kim.Min@gmail.com,010-1234-5679,none\n"
    "2,kim@shop.kr,2024-01-01 10:00:00,kimmin+a@googlemail.com,+82 10 1234 5679,call 010-1234-5679 or "
    "x@y.kr\n"
    "3,C3,2024-01-01 10:00:00,,,\n"
    "4,KIM@shop.kr,2024-01-01 10:00:00,test@shop.kr,010-0000-0000,a\n"
    "5,010-1234-5679,2024-01-01 10:00:00,no address,12,b@c.kr\n"
    "6,C6,yesterday,lost@shop.kr,010-7777-1234,c\n";

Test(import_privacy, identifiers_are_pseudonyms_and_originals_in_the_vault) {
  import_fixture f;
  privacy_fixture p;
  import_fixture_open(&f, 2);
  privacy_open(&p, &f);
  gy_import_spec spec = spec_of(&p);
  gy_status status =
      import_fixture_import(&f, &spec, import_fixture_write(&f, "orders.csv", TEXT, strlen(TEXT)));
  cr_assert_eq(status, GY_OK, "%s", f.err.text);
  cr_expect_eq(f.result.n_rejected, 1);
  cr_expect(p.n_opened > 0);
  import_fixture_expect(&f, "SELECT typeof(email) || typeof(phone) FROM order_items LIMIT 1", "UUIDUUID");
  import_fixture_expect(&f, "SELECT count(DISTINCT email) || ' ' || count(email) FROM order_items", "1 2");
  import_fixture_expect(&f, "SELECT count(DISTINCT phone) || ' ' || count(phone) FROM order_items", "1 2");
  import_fixture_expect(
      &f, "SELECT string_agg(description, '|' ORDER BY order_id) FROM order_items WHERE order_id <> 3",
      "none|call [phone] or [email]|a|[email]");
  /* Codes that are addresses are pseudonyms, the same for each writing; others stay. */
  import_fixture_expect(&f, "SELECT count(*) FROM order_items WHERE customer_id IN ('C1', 'C3')", "2");
  import_fixture_expect(&f, "SELECT count(DISTINCT customer_id) FROM order_items WHERE order_id IN (2, 4)",
                        "1");
  import_fixture_expect(
      &f, "SELECT count(*) FROM order_items a, order_items b WHERE a.customer_id = CAST(b.phone AS VARCHAR)",
      "2");
  const gy_import_column_result *mail = &f.result.columns[3], *note = &f.result.columns[5];
  cr_expect(mail->n_pseudonyms == 2 && mail->n_empty == 1 && mail->n_junk == 1 && mail->n_invalid == 1);
  cr_expect(note->n_found[GY_IDENTIFIER_EMAIL] == 2 && note->n_found[GY_IDENTIFIER_PHONE] == 1);
  /* kimmin@gmail.com, kim@shop.kr, the phone; nothing of the rejected row */
  gy_vault_state state = gy_vault_look(p.vault);
  cr_expect_eq(state.records[GY_IDENTIFIER_EMAIL], 2, "%llu", (unsigned long long)state.records[0]);
  cr_expect_eq(state.records[GY_IDENTIFIER_PHONE], 1);
  gy_vault_key key = {.kind = GY_IDENTIFIER_EMAIL};
  gy_pseudonym_make(gy_key_ring_pseudonyms(p.ring), key.kind, "kimmin@gmail.com", 16, &key.pseudonym);
  gy_buffer original;
  bool found = false;
  gy_buffer_init(&original, 1024);
  cr_assert_eq(gy_vault_get(p.vault, &key, &original, &found, &f.err), GY_OK, "%s", f.err.text);
  cr_expect(found && original.length == 17 && memcmp(original.data, "Kim.Min@gmail.com", 17) == 0);
  gy_buffer_clear(&original);
  privacy_close(&p);
  import_fixture_close(&f);
}

Test(import_privacy, a_source_without_identifiers_makes_no_key) {
  import_fixture f;
  privacy_fixture p;
  import_fixture_open(&f, 2);
  privacy_open(&p, &f);
  static const char PLAIN[] = "order,customer,time,mail,tel,note\n1,C1,2024-01-01,,-,3 pieces\n";
  gy_import_spec spec = spec_of(&p);
  gy_status status =
      import_fixture_import(&f, &spec, import_fixture_write(&f, "orders.csv", PLAIN, strlen(PLAIN)));
  cr_assert_eq(status, GY_OK, "%s", f.err.text);
  cr_expect_eq(p.n_opened, 0);
  privacy_close(&p);
  import_fixture_close(&f);
}

static gy_vault_key key_of(privacy_fixture *p, gy_identifier kind, const char *normal) {
  gy_vault_key key = {.kind = kind};
  gy_pseudonym_make(gy_key_ring_pseudonyms(p->ring), kind, normal, strlen(normal), &key.pseudonym);
  return key;
}

/* read = accepted + rejected + forgotten; of whom was forgotten neither rows nor rejected rows nor originals.
 */
Test(import_privacy, who_was_forgotten_is_passed_over) {
  static const char JSON[] =
      "{\"order\":1,\"customer\":\"C1\",\"time\":\"2024-01-01\",\"mail\":\"Kim.Min@gmail.com\",\"tel\":\"\","
      "\"note\":\"\"}\n"
      "{\"order\":2,\"customer\":\"C9\",\"time\":\"2024-01-01\",\"mail\":\"\",\"tel\":\"\",\"note\":\"\"}\n"
      "{\"order\":3,\"customer\":\"C3\",\"time\":\"2024-01-01\",\"mail\":\"\",\"tel\":\"\",\"note\":\"\"}\n";
  static const struct {
    const char *name, *text;
    uint64_t n_read, n_rejected, n_forgotten;
    const char *orders;
  } CASES[] = {{"orders.csv", TEXT, 6, 0, 5, "3"}, {"orders.jsonl", JSON, 3, 0, 2, "3"}};
  for (size_t i = 0; i < COUNT(CASES); i++) {
    import_fixture f;
    privacy_fixture p;
    gy_vault *vault;
    gy_tombstones *tombstones = NULL;
    import_fixture_open(&f, 2);
    privacy_open(&p, &f);
    cr_assert_eq(open_vault(&p, &p.ring, &vault, &f.err), GY_OK, "%s", f.err.text);
    cr_assert_eq(gy_tombstones_load(p.ring, &tombstones, &f.err), GY_OK, "%s", f.err.text);
    const gy_vault_key keys[] = {
        key_of(&p, GY_IDENTIFIER_EMAIL, "kimmin@gmail.com"), key_of(&p, GY_IDENTIFIER_PHONE, "+821012345679"),
        key_of(&p, GY_IDENTIFIER_EMAIL, "lost@shop.kr"), key_of(&p, GY_IDENTIFIER_EMAIL, "kim@shop.kr"),
        key_of(&p, GY_IDENTIFIER_CUSTOMER_ID, "C9")};
    cr_assert_eq(gy_tombstones_add(tombstones, keys, COUNT(keys), &f.err), GY_OK, "%s", f.err.text);
    p.import.tombstones = tombstones;
    gy_import_spec spec = spec_of(&p);
    gy_status status = import_fixture_import(
        &f, &spec, import_fixture_write(&f, CASES[i].name, CASES[i].text, strlen(CASES[i].text)));
    cr_assert_eq(status, GY_OK, "%s", f.err.text);
    cr_expect(f.result.n_read == CASES[i].n_read && f.result.n_rejected == CASES[i].n_rejected &&
                  f.result.n_forgotten == CASES[i].n_forgotten,
              "%s: %llu read, %llu rejected, %llu forgotten", CASES[i].name,
              (unsigned long long)f.result.n_read, (unsigned long long)f.result.n_rejected,
              (unsigned long long)f.result.n_forgotten);
    cr_expect_eq(f.result.n_accepted + f.result.n_rejected + f.result.n_forgotten, f.result.n_read);
    import_fixture_expect(&f, "SELECT string_agg(order_id, ' ' ORDER BY order_id) FROM order_items",
                          CASES[i].orders);
    cr_expect_eq(gy_vault_look(p.vault).n_records, 0);
    gy_tombstones_destroy(tombstones);
    privacy_close(&p);
    import_fixture_close(&f);
  }
}

/* Records of rejected rows are sealed where they say who somebody is. */
Test(import_privacy, rejected_rows_are_sealed) {
  import_fixture f;
  privacy_fixture p;
  import_fixture_open(&f, 1);
  privacy_open(&p, &f);
  gy_import_spec spec = spec_of(&p);
  gy_status status =
      import_fixture_import(&f, &spec, import_fixture_write(&f, "orders.csv", TEXT, strlen(TEXT)));
  cr_assert_eq(status, GY_OK, "%s", f.err.text);
  import_fixture_expect(&f,
                        "SELECT count(*) FROM rejects WHERE starts_with(record, 'sealed:') AND "
                        "starts_with(value, 'sealed:')",
                        "1");
  char *sealed = import_fixture_value(&f, "SELECT record FROM rejects");
  gy_buffer record;
  gy_buffer_init(&record, 1 << 16);
  cr_assert_eq(gy_unseal_text(p.ring, sealed, strlen(sealed), &record, &f.err), GY_OK, "%s", f.err.text);
  cr_expect_not_null(memmem(record.data, record.length, "lost@shop.kr", 12));
  gy_buffer_clear(&record);
  free(sealed);
  privacy_close(&p);
  import_fixture_close(&f);
}

/* Many rows on several threads: each value one pseudonym, each original once. */
Test(import_privacy, threads_agree) {
  enum { N_ROWS = 40000, N_PEOPLE = 9000 };
  gy_buffer text;
  gy_buffer_init(&text, 8 << 20);
  gy_buffer_text(&text, "order,customer,time,mail,tel,note\n");
  for (unsigned i = 0; i < N_ROWS; i++) {
    unsigned who = i * 7919u % N_PEOPLE;
    gy_buffer_printf(&text, "%u,%u,2024-01-01 10:00:00,%s%u@shop.kr,010-%04u-%04u,\n", i, who,
                     i % 2 == 0 ? "User" : "user", who, 1000 + who / 100, who % 100 + 1);
  }
  for (int n_threads = 1; n_threads <= 4; n_threads *= 2) {
    import_fixture f;
    privacy_fixture p;
    import_fixture_open(&f, n_threads);
    privacy_open(&p, &f);
    gy_import_spec spec = spec_of(&p);
    gy_status status =
        import_fixture_import(&f, &spec, import_fixture_write(&f, "orders.csv", text.data, text.length));
    cr_assert_eq(status, GY_OK, "%s", f.err.text);
    import_fixture_expect(&f,
                          "SELECT count(DISTINCT email) || ' ' || count(DISTINCT phone) || ' ' || "
                          "count(DISTINCT (customer_id, email, phone)) FROM order_items",
                          "9000 9000 9000");
    gy_vault_state state = gy_vault_look(p.vault);
    cr_expect_eq(state.n_records, 2 * N_PEOPLE, "%d threads: %llu", n_threads,
                 (unsigned long long)state.n_records);
    privacy_close(&p);
    import_fixture_close(&f);
  }
  gy_buffer_clear(&text);
}
