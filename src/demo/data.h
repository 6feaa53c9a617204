/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The province's first day: a believable commune, the same for the same seed, number of items and moment. The
 * samples of the province of Mẫu Sơn come first and are always there; the rest is made record by record and
 * written at once, so that a million items need no more memory than a hundred. All people are visibly
 * invented.
 */
#pragma once

#include "demo/action.h"

/* Fills an empty province within the open transaction. `items` are shared out among the systems; the samples
 * are there even when it is smaller. */
void demo_data_fill(DemoProvince *province, guint64 seed, gint64 items);

/* --- shared by the files that make the data --- */

/* Numbers for one record: they depend on the seed and the record alone, never on what was made before. */
typedef struct {
  guint64 state;
} DemoDice;

DemoDice demo_dice(guint64 seed, const char *what, gint64 n);
/* 0 .. sides-1 */
guint demo_roll(DemoDice *dice, guint sides);
/* A pick of `n` by weight; `weights` ends with 0 after the last. */
int demo_pick(DemoDice *dice, const guint *weights);

typedef struct {
  DemoProvince *province;
  guint64 seed;
  gint64 now, today;             /* ms; today: local midnight */
  gint64 cases;                  /* how many cases are generated beyond the samples */
  gint64 per_day;                /* cases registered on one day */
  gint64 civil_left, civil_made; /* files at the Ministry still to be made, and made */
  gint64 civil_rest;             /* those of them that belong to the commune next door */
} DemoMaking;

/* The day a sample of this date of November 2026 falls on, seen from today. */
gint64 demo_making_day(const DemoMaking *making, int november);
/* A visibly invented person: "name", "cccd", "phone" of the document are set. */
void demo_making_person(DemoDice *dice, cJSON *doc);
void demo_making_file(cJSON *doc, const char *name, const char *type, gint64 size);
void demo_making_write(const DemoMaking *making, DemoRecord *record, gint64 changed);
/* Caller frees. */
char *demo_making_case_code(const DemoMaking *making, gint64 n);

/* Makes the document one of that procedure; FALSE: there is none of this code. */
gboolean demo_data_procedure(cJSON *doc, const char *code);
void demo_data_cases(DemoMaking *making);
void demo_data_documents(DemoMaking *making, gint64 count);
void demo_data_feedback(DemoMaking *making, gint64 count);
void demo_data_mail(DemoMaking *making, gint64 count);
/* The file at the Ministry that belongs to a case; also those of the commune next door. */
void demo_data_civil(DemoMaking *making, const char *kind, const char *code, const DemoRecord *of,
                     int status);
void demo_data_civil_rest(DemoMaking *making);
