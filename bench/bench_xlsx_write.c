/* SPDX-License-Identifier: Apache-2.0
 *
 * A workbook of order lines, 8 columns wide, as Excel writes them: texts are shared, times are numbers with a
 * format. bench_xlsx_write FILE.xlsx [ROWS] */
#include <stdio.h>
#include <stdlib.h>
#include <xlsxwriter.h>

static const char *const NAMES[] = {"order_id", "customer_id", "ordered_at", "product",
                                    "category", "quantity",    "unit_price", "amount"};
enum { N_COLUMNS = sizeof NAMES / sizeof *NAMES, PRODUCTS = 2000, CUSTOMERS = 50000 };

static void write_row(lxw_worksheet *sheet, lxw_row_t row, lxw_format *time) {
  uint32_t i = row * 2654435761u;
  char text[64];
  uint32_t product = i / 7 % PRODUCTS, quantity = 1 + i / 11 % 5, price = 500 + product * 37 % 90000;
  double serial = 44927 + (double)(row / 3) / 400.0 / 1.5;
  worksheet_write_number(sheet, row, 0, 100000 + row / 3, NULL);
  snprintf(text, sizeof text, "C%06u", row / 3 * 48271u % CUSTOMERS);
  worksheet_write_string(sheet, row, 1, text, NULL);
  worksheet_write_number(sheet, row, 2, serial, time);
  snprintf(text, sizeof text, "상품 %u번", product);
  worksheet_write_string(sheet, row, 3, text, NULL);
  snprintf(text, sizeof text, "분류 %u", product % 40);
  worksheet_write_string(sheet, row, 4, text, NULL);
  worksheet_write_number(sheet, row, 5, quantity, NULL);
  worksheet_write_number(sheet, row, 6, price / 100.0, NULL);
  worksheet_write_number(sheet, row, 7, quantity * price / 100.0, NULL);
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: bench_xlsx_write FILE.xlsx [ROWS]\n");
    return 2;
  }
  lxw_row_t rows = argc > 2 ? (lxw_row_t)atoi(argv[2]) : 1000000;
  lxw_workbook *book = workbook_new(argv[1]);
  lxw_worksheet *sheet = workbook_add_worksheet(book, "orders");
  lxw_format *time = workbook_add_format(book);
  format_set_num_format(time, "yyyy-mm-dd hh:mm:ss");
  for (lxw_col_t c = 0; c < N_COLUMNS; c++) worksheet_write_string(sheet, 0, c, NAMES[c], NULL);
  for (lxw_row_t row = 1; row <= rows; row++) write_row(sheet, row, time);
  return workbook_close(book) == LXW_NO_ERROR ? 0 : 1;
}
