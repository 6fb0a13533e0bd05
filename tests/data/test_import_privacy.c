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
    {.source = "customer", .target = "customer_id", .kind = GY_IMPORT_ID, .guard = GY_IMPORT_KEY},
    {.source = "time", .target = "ordered_at", .kind = GY_IMPORT_TIME, .required = true},
    {.source = "mail", .target = "email", .kind = GY_IMPORT_PSEUDONYM, .identifier = GY_IDENTIFIER_EMAIL},
    {.source = "tel", .target = "phone", .kind = GY_IMPORT_PSEUDONYM, .identifier = GY_IDENTIFIER_PHONE},
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
  cr_expect_eq(p.n_opened, 1);
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
