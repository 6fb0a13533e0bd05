/* SPDX-License-Identifier: Apache-2.0
 *
 * The feature kernel's calendar as JSON: as the features step leaves it, and as the report's sections. */
#ifndef GYEOL_STUDY_CALENDAR_SECTIONS_H
#define GYEOL_STUDY_CALENDAR_SECTIONS_H

#include <jansson.h>

#include "feature/customer_totals.h"

/* {"first": month, "open": month of the as-of instant, "n": months, "cells": [[cohort, month, customers,
 * orders, amount]...]}, months counted from 1970-01 and amounts in 1/10000; null when there is no calendar.
 */
json_t *gy_calendar_json(const gy_customer_totals *totals, const gy_local_time *zone);

/* The calendar with the sums of forgotten people added (people/forgotten_totals.h); takes it, gives another
 * one. */
json_t *gy_calendar_with_forgotten(json_t *calendar, const json_t *sums);

/* Rows of the monthly series. */
json_t *gy_calendar_monthly(const json_t *calendar);

/* The cohort section, up to `months` months after the first order. */
json_t *gy_calendar_cohorts(const json_t *calendar, int64_t months);

#endif
