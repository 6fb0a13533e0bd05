/* SPDX-License-Identifier: Apache-2.0
 *
 * The files: the same bytes whatever made them, whole rows, sound references, and what happens when
 * something is in the way. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/engine.h"
#include "shop_fixture.h"

static const unsigned orders_only = 1u << GY_SHOP_ORDERS;

static void same_file(const char *a, const char *b, const char *name, const char *why) {
  size_t n, m;
  char *first = read_file(a, name, &n), *second = read_file(b, name, &m);
  cr_assert(n == m && memcmp(first, second, n) == 0, "%s: %s differs", why, name);
  free(first);
  free(second);
}

static void compare_all(const char *a, const char *b, const char *ending, const char *why) {
  for (int t = 0; t < GY_SHOP_USUAL_COUNT; t++) {
    char name[64];
    snprintf(name, sizeof name, "%s.%s", gy_shop_table_name((gy_shop_table)t), ending);
    same_file(a, b, name, why);
  }
  same_file(a, b, "truth.json", why);
}

Test(shop_files, bytes_do_not_depend_on_threads_and_memory) {
  static const struct {
    int n_threads;
    size_t memory_bytes;
    gy_shop_format format;
  } cases[] = {{1, 0, GY_SHOP_CSV},       {2, 0, GY_SHOP_CSV},     {5, 1 << 20, GY_SHOP_CSV},
               {1, 1 << 20, GY_SHOP_CSV}, {1, 0, GY_SHOP_PARQUET}, {3, 0, GY_SHOP_PARQUET}};
  char *first[2] = {NULL, NULL};
  gy_shop_options options = shop_of(8000);
  options.full_columns = true;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char why[64], *folder = make_folder();
    gy_task task = {.n_threads = cases[i].n_threads, .memory_bytes = cases[i].memory_bytes};
    gy_shop_summary summary;
    options.format = cases[i].format;
    MUST(gy_simulate_shop(&options, folder, &task, &summary, &err));
    /* With the visits that events need there are over 130,000 entries, and a slice holds 65,536. */
    cr_assert(summary.orders > 40000, "too few orders to need several slices");
    snprintf(why, sizeof why, "%d threads, %zu bytes", cases[i].n_threads, cases[i].memory_bytes);
    if (first[options.format] != NULL) {
      compare_all(first[options.format], folder, options.format == GY_SHOP_CSV ? "csv" : "parquet", why);
      remove_folder(folder);
    } else {
      first[options.format] = folder;
    }
  }
  remove_folder(first[0]);
  remove_folder(first[1]);
}

Test(shop_files, tables_and_seeds) {
  gy_shop_options options = shop_of(2000);
  char *all = simulate(&options, NULL);
  options.tables = orders_only;
  char *orders = simulate(&options, NULL);
  same_file(all, orders, "orders.csv", "orders alone");
  options.seed = 2;
  char *other = simulate(&options, NULL);
  size_t n, m;
  char *a = read_file(orders, "orders.csv", &n), *b = read_file(other, "orders.csv", &m);
  cr_assert(n != m || memcmp(a, b, n) != 0, "another seed gave the same orders");
  free(a);
  free(b);
  remove_folder(all);
  remove_folder(orders);
  remove_folder(other);
}

/* Every cell of every table by the kind that its name tells, and every time inside the window. */
Test(shop_files, every_cell_reads) {
  gy_shop_summary summary;
  gy_shop_options options = shop_of(3000);
  options.full_columns = true;
  options.start_day = 18000;
  options.end_day = 18399;
  char *folder = simulate(&options, &summary);
  for (int t = 0; t < GY_SHOP_USUAL_COUNT; t++) {
    char name[64];
    snprintf(name, sizeof name, "%s.csv", gy_shop_table_name((gy_shop_table)t));
    csv_table table = read_csv(folder, name);
    cr_assert_eq(table.n_rows, summary.rows[t], "%s: %zu rows, %llu in the summary", name, table.n_rows,
                 (unsigned long long)summary.rows[t]);
    cr_assert(table.n_rows > 0, "%s is empty", name);
    for (size_t c = 0; c < table.n_columns; c++) {
      size_t length = strlen(table.names[c]), n_given = 0;
      bool is_time = length > 3 && strcmp(table.names[c] + length - 3, "_at") == 0;
      bool is_id = length > 3 && strcmp(table.names[c] + length - 3, "_id") == 0;
      bool is_text = strcmp(table.names[c], "message_id") == 0 || strcmp(table.names[c], "anonymous_id") == 0;
      for (size_t row = 0; row < table.n_rows; row++) {
        if (*cell(&table, row, c) == '\0') continue;
        n_given++;
        if (is_time) {
          int64_t at = seconds_of(cell(&table, row, c));
          cr_assert(at >= 18000 * 86400LL && at < 18400 * 86400LL, "%s: %s", table.names[c],
                    cell(&table, row, c));
        } else if (is_id && !is_text) {
          double id = number(&table, row, c);
          cr_assert(id >= 1 && id == floor(id), "%s: %s", table.names[c], cell(&table, row, c));
        }
      }
      bool optional = strcmp(name, "events.csv") == 0 || strcmp(table.names[c], "coupon") == 0 ||
                      strcmp(table.names[c], "comment") == 0 || (strcmp(name, "consents.csv") == 0 && c < 3);
      cr_assert(optional ? n_given > 0 : n_given == table.n_rows, "%s: %s has %zu values in %zu rows", name,
                table.names[c], n_given, table.n_rows);
    }
    free_csv(&table);
  }
  remove_folder(folder);
}

static uint64_t fnv_of(const char *folder, const char *name) {
  size_t n;
  char *bytes = read_file(folder, name, &n);
  uint64_t hash = 14695981039346656037u;
  for (size_t i = 0; i < n; i++) hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211u;
  free(bytes);
  return hash;
}

/* Tables that came later take no draw away from these: FNV-1a as it was before there were surveys. */
Test(shop_files, bytes_of_a_seed_are_what_they_were) {
  static const struct {
    const char *name;
    uint64_t hash;
  } cases[] = {
      {"customers.csv", 0xfa2bdfffe57b38d5u},   {"products.csv", 0x83833e7351240e68u},
      {"orders.csv", 0xb35e4627501f33afu},      {"campaigns.csv", 0xe8b2e21624cd3241u},
      {"engagements.csv", 0xb73dd8e1ec7770d1u}, {"reviews.csv", 0x42420dd8f82288ccu},
      {"truth.csv", 0x33b49314c7260571u},       {"truth_reviews.csv", 0x4dfeb7be9de3bb82u},
      {"events.csv", 0x8f351ef187950f39u},
  };
  gy_shop_options options = shop_of(400);
  char *folder = simulate(&options, NULL);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    uint64_t hash = fnv_of(folder, cases[i].name);
    cr_expect_eq(hash, cases[i].hash, "%s: 0x%016llx", cases[i].name, (unsigned long long)hash);
  }
  remove_folder(folder);
}

typedef struct line {
  int64_t order, customer, at, product, quantity, price, discount;
} line;

static line line_of(const csv_table *orders, size_t row) {
  return (line){(int64_t)number(orders, row, 0),  (int64_t)number(orders, row, 1),
                seconds_of(cell(orders, row, 2)), (int64_t)number(orders, row, 3),
                (int64_t)number(orders, row, 4),  (int64_t)number(orders, row, 5),
                (int64_t)number(orders, row, 6)};
}

/* Ids count up with time, lines of an order are together, a return undoes a line of an order before it. */
Test(shop_files, orders_are_sound) {
  gy_shop_summary summary;
  gy_shop_options options = shop_of(20000);
  options.tables = orders_only | 1u << GY_SHOP_PRODUCTS;
  char *folder = simulate(&options, &summary);
  csv_table orders = read_csv(folder, "orders.csv"), products = read_csv(folder, "products.csv");
  size_t *first_row = calloc(summary.orders + 2, sizeof *first_row);
  int64_t last_order = 0, last_at = 0;
  uint64_t returns = 0;
  for (size_t row = 0; row < orders.n_rows; row++) {
    line l = line_of(&orders, row);
    cr_assert_eq(l.price, (int64_t)number(&products, (size_t)l.product - 1, 6),
                 "row %zu is not at list price", row);
    cr_assert(l.at >= last_at, "row %zu goes back in time", row);
    last_at = l.at;
    if (l.quantity > 0) {
      cr_assert(l.order == last_order || l.order == last_order + 1, "order %lld after %lld",
                (long long)l.order, (long long)last_order);
      if (l.order != last_order) first_row[l.order] = row;
      last_order = l.order;
      continue;
    }
    returns++;
    size_t of = first_row[l.order];
    line origin = line_of(&orders, of);
    while (origin.product != l.product || origin.quantity < 0) {
      origin = line_of(&orders, ++of);
      cr_assert_eq(origin.order, l.order, "row %zu returns what order %lld does not hold", row,
                   (long long)l.order);
    }
    cr_assert(origin.customer == l.customer && origin.quantity == -l.quantity && origin.price == l.price &&
              origin.discount == -l.discount && l.at > origin.at && l.at < origin.at + 15 * 86400);
  }
  cr_assert_eq((uint64_t)last_order, summary.orders);
  cr_assert_eq(returns, summary.returns);
  free(first_row);
  free_csv(&orders);
  free_csv(&products);
  remove_folder(folder);
}

Test(shop_files, parquet_holds_what_csv_holds) {
  gy_shop_options options = shop_of(1000);
  options.full_columns = true;
  char *csv = simulate(&options, NULL), sql[2048];
  options.format = GY_SHOP_PARQUET;
  char *parquet = simulate(&options, NULL);
  gy_engine *engine = NULL;
  MUST(gy_engine_open(&(gy_engine_options){.n_threads = 2}, &engine, &err));
  for (int t = 0; t < GY_SHOP_USUAL_COUNT; t++) {
    const char *name = gy_shop_table_name((gy_shop_table)t);
    const char *format =
        "SELECT count(*) FROM ((SELECT * FROM read_parquet('%s/%s.parquet') EXCEPT ALL "
        "SELECT * FROM read_csv('%s/%s.csv')) UNION ALL (SELECT * FROM read_csv('%s/%s.csv') "
        "EXCEPT ALL SELECT * FROM read_parquet('%s/%s.parquet')))";
    snprintf(sql, sizeof sql, format, parquet, name, csv, name, csv, name, parquet, name);
    int64_t different = -1;
    MUST(gy_engine_int64(engine, sql, NULL, 0, &different, &err));
    cr_assert_eq(different, 0, "%s: %lld rows differ", name, (long long)different);
  }
  gy_engine_close(engine);
  remove_folder(csv);
  remove_folder(parquet);
}

static size_t entries_in(const char *folder) {
  size_t n = 0;
  DIR *directory = opendir(folder);
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
    n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
  closedir(directory);
  return n;
}

static void write_text(const char *folder, const char *name, const char *text) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "w");
  fputs(text, file);
  fclose(file);
}

Test(shop_files, replaces_only_its_own) {
  gy_shop_options options = shop_of(50);
  gy_shop_summary summary;
  options.tables = orders_only;
  char *folder = make_folder();
  write_text(folder, "orders.csv", "old");
  write_text(folder, ".orders.csv.partial", "left by a process that died, longer than what comes");
  write_text(folder, "customers.csv", "mine");
  MUST(gy_simulate_shop(&options, folder, NULL, &summary, &err));
  csv_table orders = read_csv(folder, "orders.csv");
  cr_assert_eq(orders.n_rows, summary.rows[GY_SHOP_ORDERS]);
  size_t length;
  char *mine = read_file(folder, "customers.csv", &length);
  cr_assert_str_eq(mine, "mine");
  cr_assert_eq(entries_in(folder), 3, "orders, customers and truth.json");
  free(mine);
  free_csv(&orders);
  remove_folder(folder);
}

static void cancel_at_once(void *user, const char *phase, uint64_t done, uint64_t total, const char *unit) {
  (void)phase, (void)done, (void)total, (void)unit;
  atomic_store((atomic_bool *)user, true);
}

Test(shop_files, cancelled_leaves_nothing) {
  for (int format = 0; format < 2; format++) {
    gy_shop_options options = shop_of(30000);
    gy_shop_summary summary;
    gy_error err = {0};
    atomic_bool cancel = false;
    options.format = (gy_shop_format)format;
    options.tables = orders_only;
    gy_task task = {.n_threads = 2,
                    .memory_bytes = 1 << 20,
                    .cancel = &cancel,
                    .user = &cancel,
                    .progress = cancel_at_once};
    if (format == 1) atomic_store(&cancel, true);
    char *folder = make_folder();
    gy_status status = gy_simulate_shop(&options, folder, &task, &summary, &err);
    cr_assert_eq(status, GY_ECANCELLED, "%s", err.text);
    cr_assert_eq(entries_in(folder), 0);
    remove_folder(folder);
  }
}

Test(shop_files, full_disk) {
  char *folder = make_folder();
  if (mount("tmpfs", folder, "tmpfs", 0, "size=1m") != 0) {
    remove_folder(folder);
    cr_skip_test("a file system of 1 MB needs root to mount");
  }
  gy_status status[2];
  size_t left[2];
  char text[2][GY_ERROR_TEXT_MAX];
  for (int format = 0; format < 2; format++) {
    gy_shop_options options = shop_of(30000);
    gy_shop_summary summary;
    gy_error err = {0};
    options.format = (gy_shop_format)format;
    status[format] = gy_simulate_shop(&options, folder, NULL, &summary, &err);
    left[format] = entries_in(folder);
    memcpy(text[format], err.text, sizeof err.text);
  }
  umount(folder);
  remove_folder(folder);
  for (int format = 0; format < 2; format++) {
    cr_assert_eq(status[format], GY_ENOSPACE, "%s", text[format]);
    cr_assert_eq(left[format], 0);
  }
}

Test(shop_files, options_that_do_not_fit) {
  gy_shop_options good = shop_of(100);
  struct {
    const char *words;
    gy_shop_options options;
  } cases[] = {{"customers", good}, {"customers", good},  {"begins", good},   {"2015", good},
               {"per order", good}, {"be reached", good}, {"products", good}, {"campaigns", good},
               {"dirty", good},     {"table", good},      {"Parquet", good}};
  cases[0].options.customers = 0;
  cases[1].options.customers = 1ull << 31;
  cases[2].options.end_day = cases[2].options.start_day - 1;
  cases[3].options.start_day = 0;
  cases[4].options.lines_per_order = NAN;
  cases[5].options.lines_per_customer = 1;
  cases[6].options.products = 199;
  cases[7].options.campaigns = 25;
  cases[8].options.dirty_share = 0.6;
  cases[9].options.tables = 0;
  cases[10].options.dirty_share = 0.1;
  cases[10].options.format = GY_SHOP_PARQUET;
  char *folder = make_folder();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_error err = {0};
    gy_shop_summary summary;
    gy_status status = gy_simulate_shop(&cases[i].options, folder, NULL, &summary, &err);
    cr_assert_eq(status, GY_EUSAGE, "case %zu: %s", i, err.text);
    cr_assert(strstr(err.text, cases[i].words) != NULL, "case %zu: '%s' without '%s'", i, err.text,
              cases[i].words);
  }
  cr_assert_eq(entries_in(folder), 0);
  remove_folder(folder);
}

Test(shop_files, smallest_shops) {
  static const int days[] = {1, 2, 15, 40};
  for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
    gy_shop_options options = shop_of(1);
    gy_shop_summary summary;
    options.campaigns = 0;
    options.start_day = options.end_day - days[i] + 1;
    char *folder = simulate(&options, &summary);
    cr_assert(summary.orders >= 1 && summary.rows[GY_SHOP_CUSTOMERS] == 1, "%d days", days[i]);
    remove_folder(folder);
  }
}

/* Peak memory in kilobytes of a process that simulates the orders of so many customers. */
static long peak_of(uint64_t customers) {
  pid_t child = fork();
  if (child == 0) {
    gy_shop_options options = shop_of(customers);
    gy_shop_summary summary;
    gy_error err = {0};
    options.tables = orders_only;
    char *folder = make_folder();
    gy_task task = {.n_threads = 1, .memory_bytes = 4 << 20};
    gy_status status = gy_simulate_shop(&options, folder, &task, &summary, &err);
    remove_folder(folder);
    _exit(status == GY_OK ? 0 : 1);
  }
  struct rusage usage;
  int result = -1;
  cr_assert_eq(wait4(child, &result, 0, &usage), child);
  cr_assert_eq(result, 0);
  return usage.ru_maxrss;
}

Test(shop_files, memory_does_not_grow_with_customers) {
#ifdef __SANITIZE_ADDRESS__
  cr_skip_test("the sanitizer's own memory hides the simulator's");
#endif
  long small = peak_of(20000), large = peak_of(200000);
  cr_assert(large < 2 * small && large - small < 4096, "20,000 customers: %ld kB; 200,000: %ld kB", small,
            large);
}
