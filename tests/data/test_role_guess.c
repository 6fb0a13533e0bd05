/* SPDX-License-Identifier: Apache-2.0
 *
 * The roles that `gyeol init` must find, column by column, on the real files. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guess_case.h"

Test(role_guess, online_retail) {
  char path[] = "/tmp/gyeol-guess-XXXXXX", command[2048];
  data_file xz;
  need_data(xz, "online_retail/online_retail.csv.xz");
  close(mkstemp(path));
  snprintf(command, sizeof command, "xz -dc '%s' > %s", xz, path);
  cr_assert_eq(system(command), 0);
  const char *files[] = {path};
  guessed g = guess(files, 1);
  unlink(path);
  expect_file(&g, 0, GY_TARGET_ORDER_ITEMS,
              "InvoiceNo=order StockCode=product Description=description Quantity=quantity InvoiceDate=time "
              "UnitPrice=unit_price CustomerID=customer Country=country");
  const gy_guess_file *f = &g.report.files[0];
  cr_expect_eq(f->n_rows, 541909);
  cr_expect(f->is_whole);
  cr_expect_str_eq(f->columns[6].reason, "named CustomerID; 4,372 distinct, repeats");
  cr_expect_str_eq(f->columns[6].samples[0], "17850.0");
  for (size_t c = 0; c < f->n_columns; c++)
    cr_expect(f->columns[c].confidence > 0.9, "%s", f->columns[c].name);
  cr_expect_str_eq(g.config.cleaning.cancelled.prefix, "C");
  cr_expect_eq(g.config.language, GY_LANGUAGE_EN);
  cr_expect_str_eq(g.config.sources[0].time_format, "ymd");
  expect_round_trip(&g);
  put_away(&g);
}

Test(role_guess, google_merch) {
  data_file paths[5];
  static const char *const NAMES[] = {"google_merch/CustomersData.csv", "google_merch/Discount_Coupon.csv",
                                      "google_merch/Marketing_Spend.csv", "google_merch/Online_Sales.csv.gz",
                                      "google_merch/Tax_amount.csv"};
  const char *files[5];
  for (size_t i = 0; i < 5; i++) {
    need_data(paths[i], NAMES[i]);
    files[i] = paths[i];
  }
  guessed g = guess(files, 5);
  expect_file(&g, 0, GY_TARGET_CUSTOMERS,
              "CustomerID=customer Gender=gender Location=region Tenure_Months=attribute");
  expect_file(
      &g, 3, GY_TARGET_ORDER_ITEMS,
      "CustomerID=customer Transaction_ID=order Transaction_Date=time Product_SKU=product "
      "Product_Description=description Product_Category=category Quantity=quantity Avg_Price=unit_price "
      "Delivery_Charges=attribute Coupon_Status=coupon");
  expect_other(&g, 1, "discount_coupon", "no customer, order or product column found");
  expect_other(&g, 2, "marketing_spend", "no customer, order or product column found");
  expect_other(&g, 4, "tax_amount", "no customer, order or product column found");
  cr_expect_eq(g.config.n_sources, 5);
  cr_assert_eq(g.report.n_keys, 1);
  cr_expect_eq(g.report.keys[0].role, GY_ROLE_CUSTOMER);
  cr_expect_eq(g.report.keys[0].file, 3);
  cr_expect_eq(g.report.keys[0].other_file, 0);
  cr_expect_eq(g.report.keys[0].coverage, 1);
  cr_expect_str_eq(g.config.cleaning.cancelled.prefix, "");
  expect_round_trip(&g);
  put_away(&g);
}

Test(role_guess, complete_journey) {
  data_file paths[7];
  static const char *const NAMES[] = {
      "complete_journey/campaign_descriptions.csv", "complete_journey/campaigns.csv",
      "complete_journey/coupon_redemptions.csv",    "complete_journey/coupons.csv.gz",
      "complete_journey/demographics.csv",          "complete_journey/products.csv.gz",
      "complete_journey/transactions_sample.csv.gz"};
  const char *files[7];
  for (size_t i = 0; i < 7; i++) {
    need_data(paths[i], NAMES[i]);
    files[i] = paths[i];
  }
  guessed g = guess(files, 7);
  expect_other(&g, 0, "campaign_descriptions", "no customer, order or product column found");
  expect_file(&g, 1, GY_TARGET_ENGAGEMENTS, "campaign_id=campaign household_id=customer");
  expect_file(&g, 2, GY_TARGET_ENGAGEMENTS,
              "household_id=customer coupon_upc=coupon campaign_id=campaign redemption_date=converted");
  expect_other(&g, 3, "coupons", "no customer or order column, and products repeat");
  expect_file(&g, 4, GY_TARGET_CUSTOMERS,
              "household_id=customer age=attribute income=attribute home_ownership=attribute "
              "marital_status=attribute "
              "household_size=attribute household_comp=attribute kids_count=attribute");
  expect_file(&g, 5, GY_TARGET_PRODUCTS,
              "product_id=product manufacturer_id=attribute department=attribute brand=brand "
              "product_category=category "
              "product_type=attribute package_size=attribute");
  expect_file(&g, 6, GY_TARGET_ORDER_ITEMS,
              "household_id=customer store_id=attribute basket_id=order product_id=product quantity=quantity "
              "sales_value=amount retail_disc=discount coupon_disc=attribute coupon_match_disc=attribute "
              "week=attribute "
              "transaction_timestamp=time");
  cr_expect_eq(g.report.n_keys, 4); /* of demographics, products, and households of both engagements */
  expect_round_trip(&g);
  put_away(&g);
}

Test(role_guess, cdnow_without_header) {
  data_file path;
  need_data(path, "cdnow/CDNOW_sample.txt");
  const char *files[] = {path};
  guessed g = guess(files, 1);
  expect_file(&g, 0, GY_TARGET_ORDERS,
              "column1=customer column2=attribute column3=time column4=quantity column5=amount");
  cr_expect_eq(g.config.sources[0].format, GY_FORMAT_SPACES);
  cr_expect_eq(g.config.sources[0].header, GY_HEADER_NO);
  cr_expect_not_null(strstr(g.report.files[0].columns[1].reason, "says the same as an earlier column"));
  expect_round_trip(&g);
  put_away(&g);
}

Test(role_guess, tables_without_orders) {
  static const struct {
    const char *file, *note, *roles;
  } CASES[] = {
      {"telco/Telco-Customer-Churn.csv.gz", "no time or order column found: this looks like a customer table",
       "customerID=customer gender=gender SeniorCitizen=attribute Partner=attribute Dependents=attribute "
       "tenure=attribute "
       "PhoneService=attribute MultipleLines=attribute InternetService=attribute OnlineSecurity=attribute "
       "OnlineBackup=attribute DeviceProtection=attribute TechSupport=attribute StreamingTV=attribute "
       "StreamingMovies=attribute Contract=attribute PaperlessBilling=attribute PaymentMethod=attribute "
       "MonthlyCharges=attribute TotalCharges=attribute Churn=attribute"},
      {"mall/Mall_Customers.csv", "no time or order column found: this looks like a customer table",
       "CustomerID=customer Gender=gender Age=attribute Annual Income (k$)=attribute Spending Score "
       "(1-100)=attribute"},
      {"bank/bank-additional-full.csv.gz",
       "no time or order column found: this looks like a customer table, but none of its columns names the "
       "customer",
       "age=attribute job=attribute marital=attribute education=attribute default=attribute "
       "housing=attribute loan=attribute "
       "contact=attribute month=attribute day_of_week=attribute duration=attribute campaign=attribute "
       "pdays=attribute "
       "previous=attribute poutcome=attribute emp.var.rate=attribute cons.price.idx=attribute "
       "cons.conf.idx=attribute "
       "euribor3m=attribute nr.employed=attribute y=attribute"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    data_file path;
    need_data(path, CASES[i].file);
    const char *files[] = {path};
    guessed g = guess(files, 1);
    expect_file(&g, 0, GY_TARGET_CUSTOMERS, CASES[i].roles);
    cr_expect_str_eq(g.report.files[0].note, CASES[i].note);
    cr_expect_not(g.report.has_orders);
    put_away(&g);
  }
}

/* People without a name for themselves cannot be joined to orders: kept, but not as customers. */
Test(role_guess, people_that_nothing_names_are_no_customers_beside_orders) {
  data_file bank, orders;
  need_data(bank, "bank/bank-additional-full.csv.gz");
  need_data(orders, "cdnow/CDNOW_sample.txt");
  const char *files[] = {bank, orders};
  guessed g = guess(files, 2);
  expect_other(
      &g, 0, "bank_additional_full",
      "no time or order column found: this looks like a customer table, but none of its columns names "
      "the customer");
  cr_expect_eq(g.config.n_sources, 2);
  expect_round_trip(&g);
  put_away(&g);
}

Test(role_guess, tables_of_other_kinds) {
  static const struct {
    const char *file;
    gy_target target;
    const char *note, *roles;
  } CASES[] = {
      {"nsmc/ratings_test.txt.xz", GY_TARGET_REVIEWS, "", "id=attribute document=text label=attribute"},
      {"wholesale/Wholesale_customers_data.csv", GY_TARGET_OTHER,
       "no customer, order or product column found", NULL},
      {"hillstrom/hillstrom_womens_vs_control.csv.gz", GY_TARGET_OTHER,
       "no customer, order or product column found", NULL},
      {"cdnow/donations.csv", GY_TARGET_OTHER, "no customer, order or product column found", NULL},
      {"complete_journey/promotions_sample.csv.xz", GY_TARGET_OTHER,
       "no customer or order column, and products repeat", NULL},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    data_file path;
    need_data(path, CASES[i].file);
    const char *files[] = {path};
    guessed g = guess(files, 1);
    if (CASES[i].roles != NULL)
      expect_file(&g, 0, CASES[i].target, CASES[i].roles);
    else
      expect_other(&g, 0, NULL, CASES[i].note);
    cr_expect_str_eq(g.report.files[0].note, CASES[i].note);
    cr_expect_not(g.report.has_orders);
    put_away(&g);
  }
}
