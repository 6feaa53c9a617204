/* SPDX-License-Identifier: Apache-2.0 */
/* Queries: every term, precedence, faults with their columns, completion, hostile input. */
#include "unit.h"
#include "motcua/error.h"
#include "motcua/query.h"
#include "motcua/worktime.h"

#include <string.h>

static McCalendar *calendar;
static gint64 now; /* Sunday 2026-11-22 14:05 */

static int
setup(void **state)
{
  (void)state;
  calendar = mc_calendar_new("07:00-11:30,13:30-17:00", "mon-fri", "Asia/Ho_Chi_Minh", NULL);
  return mc_time_parse_iso("2026-11-22T14:05:00+07:00", NULL, &now) ? 0 : -1;
}

static int
teardown(void **state)
{
  (void)state;
  mc_calendar_unref(calendar);
  return 0;
}

static char *
local(gint64 moment)
{
  char *text = mc_time_format(moment, mc_calendar_timezone(calendar), "%m-%d %H:%M:%S");

  if (text && g_str_has_suffix(text, ":00"))
    text[strlen(text) - 3] = '\0';
  return text ? text : g_strdup("");
}

/* The tree as one line: what a test compares. */
static void
print(GString *out, const McQuery *query)
{
  static const char *const fields[] = {"system", "kind", "state", "urgency", "assignee",
                                       "from",   "code", "step",  "tag",     "id"};
  static const char *const operators[] = {
      [MC_QUERY_AND] = "and", [MC_QUERY_OR] = "or", [MC_QUERY_NOT] = "not"};

  switch (query->type) {
  case MC_QUERY_ALL:
    g_string_append(out, "all");
    break;
  case MC_QUERY_AND:
  case MC_QUERY_OR:
  case MC_QUERY_NOT:
    g_string_append_printf(out, "(%s", operators[query->type]);
    for (guint i = 0; i < query->children->len; i++) {
      g_string_append_c(out, ' ');
      print(out, g_ptr_array_index(query->children, i));
    }
    g_string_append_c(out, ')');
    break;
  case MC_QUERY_WORD:
    g_string_append(out, query->text);
    break;
  case MC_QUERY_PHRASE:
    g_string_append_printf(out, "'%s'", query->text);
    break;
  case MC_QUERY_FIELD: {
    g_autofree char *values = g_strjoinv("|", query->values);
    g_string_append_printf(out, "%s=%s", fields[query->field], values);
    break;
  }
  case MC_QUERY_IS:
    g_string_append_printf(out, "is%d", query->is);
    break;
  case MC_QUERY_HAS:
    g_string_append_printf(out, "has%d", query->has);
    break;
  case MC_QUERY_TIME: {
    g_autofree char *from = local(query->from), *to = local(query->to);
    g_string_append_printf(out, "%s[%s,%s)", query->time == MC_TIME_DUE ? "due" : "received", from, to);
  }
  }
}

static void
check(const char *text, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McQuery) query = mc_query_parse(text, calendar, now, &error);
  GString *out = g_string_new(NULL);

  if (!query)
    fail_msg("%s: %s", text, error->message);
  print(out, query);
  assert_string_equal(out->str, expected);
  g_string_free(out, TRUE);
}

static void
check_fault(const char *text, int column, const char *says)
{
  g_autofree char *where = g_strdup_printf("column %d: ", column);
  GError *error = NULL;

  assert_null(mc_query_parse(text, calendar, now, &error));
  if (!strstr(error->message, where))
    fail_msg("%s: “%s” is not at column %d", text, error->message, column);
  assert_mc_error(error, MC_ERROR_USAGE, says);
}

static void
nothing_is_everything(void **state)
{
  (void)state;
  check(NULL, "all");
  check("", "all");
  check("  \t ", "all");
}

static void
words_are_folded_and_joined(void **state)
{
  (void)state;
  check("Nguyễn", "nguyen");
  check("Nguyễn ĐÌNH", "(and nguyen dinh)");
  check("Nguye\xCC\x82\xCC\x83n", "nguyen");
}

static void
codes_are_one_word(void **state)
{
  (void)state;
  check("H99.101.01-261120-0007", "h99.101.01-261120-0007");
  check("1432/UBND-NC", "1432/ubnd-nc");
  check("PA-2611-0044 08:00", "(and pa-2611-0044 08:00)");
  check("mot-cua:H47.61", "mot-cua:h47.61");
  check("a=b", "a=b");
}

static void
quotes_keep_what_was_typed(void **state)
{
  (void)state;
  check("\"Đình  Đ\"", "'Đình  Đ'");
  check("a\"b c\"d", "(and a 'b c' d)");
  check("\"or\"", "'or'");
}

static void
or_binds_less_than_and(void **state)
{
  (void)state;
  check("a b or c d", "(or (and a b) (and c d))");
  check("a or b OR c", "(or a b c)");
  check("a (b or c)", "(and a (or b c))");
  check("((a))", "a");
  check("order oral", "(and order oral)");
}

static void
minus_negates_one_term(void **state)
{
  (void)state;
  check("-a b", "(and (not a) b)");
  check("-(a or b)", "(not (or a b))");
  check("-\"a b\"", "(not 'a b')");
  check("a-b", "a-b");
  check("-state:done", "(not state=done)");
}

static void
every_field_is_read(void **state)
{
  static const char *const free_text[] = {"system", "assignee", "from", "code", "step", "tag", "id"};
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(free_text); i++) {
    g_autofree char *text = g_strdup_printf("%s:Ab,\"c d\",e", free_text[i]);
    g_autofree char *expected = g_strdup_printf("%s=Ab|c d|e", free_text[i]);
    check(text, expected);
  }
}

static void
every_fixed_value_is_read(void **state)
{
  (void)state;
  check("kind:document,case,feedback,mail,meeting,alert", "kind=document|case|feedback|mail|meeting|alert");
  check("state:new,processing,waiting,paused,approval,ready,done,rejected,withdrawn,unknown",
        "state=new|processing|waiting|paused|approval|ready|done|rejected|withdrawn|unknown");
  check("urgency:normal,urgent,very_urgent,flash", "urgency=normal|urgent|very_urgent|flash");
  check("State:DONE", "state=done");
}

static void
every_flag_is_read(void **state)
{
  static const char *const flags[] = {"unread", "overdue", "due_soon", "linked", "pending",
                                      "failed", "stale",   "mine",     "open"};
  static const char *const things[] = {"attachment", "link", "note"};
  (void)state;
  for (int i = 0; i < (int)G_N_ELEMENTS(flags); i++) {
    g_autofree char *text = g_strdup_printf("is:%s", flags[i]), *expected = g_strdup_printf("is%d", i);
    check(text, expected);
  }
  for (int i = 0; i < (int)G_N_ELEMENTS(things); i++) {
    g_autofree char *text = g_strdup_printf("has:%s", things[i]), *expected = g_strdup_printf("has%d", i);
    check(text, expected);
  }
  check("is:unread,overdue", "(or is0 is1)");
}

static void
dates_are_whole_days(void **state)
{
  (void)state;
  check("due<=2026-11-30", "due[,12-01 00:00)");
  check("due<2026-11-30", "due[,11-30 00:00)");
  check("due>2026-11-30", "due[12-01 00:00,)");
  check("due>=2026-11-30", "due[11-30 00:00,)");
  check("due:2026-11-30", "due[11-30 00:00,12-01 00:00)");
  check("received=30/11/2026", "received[11-30 00:00,12-01 00:00)");
  check("received:2026-11-30T14:05", "received[11-30 14:05,11-30 14:06)");
}

static void
days_have_names(void **state)
{
  (void)state;
  check("received:today", "received[11-22 00:00,11-23 00:00)");
  check("received:Yesterday", "received[11-21 00:00,11-22 00:00)");
  check("due<=tomorrow", "due[,11-24 00:00)");
}

static void
due_counts_working_time(void **state)
{
  (void)state;
  check("due<2d", "due[,11-24 17:00)"); /* a Sunday: Monday and Tuesday */
  check("due<=2d", "due[,11-24 17:00:01)");
  check("due>2d", "due[11-24 17:00:01,)");
  check("due>=2d", "due[11-24 17:00,)");
  check("due<4h", "due[,11-23 11:00)");
  check("due<1w", "due[,11-27 17:00)");
  check("due<-1d", "due[,11-20 07:00)");
}

static void
received_counts_age(void **state)
{
  (void)state;
  check("received>7d", "received[,11-15 14:05)");
  check("received>=7d", "received[,11-15 14:05:01)");
  check("received<7d", "received[11-15 14:05:01,)");
  check("received<=7d", "received[11-15 14:05,)");
  check("received<2h", "received[11-22 12:05:01,)");
}

static void
faults_of_shape_have_columns(void **state)
{
  (void)state;
  check_fault("a (b", 3, "not closed");
  check_fault("a b)", 4, "closes nothing");
  check_fault("()", 2, "before )");
  check_fault("\"abc", 1, "not closed");
  check_fault("from:\"abc", 6, "not closed");
  check_fault("\"\"", 2, "between the quotes");
  check_fault("or a", 1, "before or");
  check_fault("a or", 3, "after or");
  check_fault("a or or b", 6, "before or");
  check_fault("a (b or)", 6, "after or");
  check_fault("a - b", 4, "after -");
  check_fault("--a", 2, "after -");
  check_fault("-", 2, "after -");
}

static void
faults_of_words_suggest(void **state)
{
  (void)state;
  check_fault("a statt:new", 3, "did you mean “state”?");
  check_fault("colour:red", 1, "expected one of system, kind");
  check_fault("a state:procesing", 9, "did you mean “processing”?");
  check_fault("state:new,xyzzyx", 11, "expected one of new, processing");
  check_fault("is:unred", 4, "did you mean “unread”?");
  check_fault("has:notes", 5, "did you mean “note”?");
  check_fault("kind:", 6, "a value for kind:");
  check_fault("kind:case,", 11, "a value for kind:");
  check_fault("kind:,case", 6, "a value for kind:");
  check_fault("from:\"a\"b", 9, "comma");
  check_fault("state<new", 6, "only due and received");
}

static void
faults_of_times_have_columns(void **state)
{
  (void)state;
  check_fault("due<", 5, "expected a time");
  check_fault("due<soon", 5, "“soon”");
  check_fault("due:2d", 4, "< <= > >=");
  check_fault("due<2x", 5, "“2x”");
  check_fault("due<99999d", 5, "“99999d”");
  check_fault("due<=2026-02-30", 6, "2026-02-30");
  check_fault("received<-2d", 10, "“-2d”");
}

static void
columns_count_characters(void **state)
{
  (void)state;
  check_fault("Đường Nguyễn statt:x", 14, "state");
  check_fault("Nguye\xCC\x82\xCC\x83n statt:x", 8, "state");
}

static void
faults_are_safe_to_show(void **state)
{
  GError *error = NULL;
  g_autofree char *huge = g_strnfill(5000, 'x'), *text = g_strdup_printf("state:\x1B[31m%s", huge);
  (void)state;
  assert_null(mc_query_parse(text, calendar, now, &error));
  assert_null(strchr(error->message, 0x1B));
  assert_true(strlen(error->message) < 400);
  g_error_free(error);
}

static void
sizes_are_bounded(void **state)
{
  GString *text = g_string_new(NULL);
  (void)state;
  for (int i = 0; i < 40; i++)
    g_string_append_c(text, '(');
  check_fault(text->str, 33, "32");
  g_string_truncate(text, 0);
  for (int i = 0; i < 300; i++)
    g_string_append(text, "a ");
  check_fault(text->str, 513, "256");
  for (int i = 0; i < 10000; i++)
    g_string_append(text, "a ");
  check_fault(text->str, 1, "8192");
  g_string_free(text, TRUE);
}

static void
check_completion(const char *text, const char *joined)
{
  g_auto(GStrv) words = mc_query_complete(text);

  assert_text(g_strjoinv(" ", words), joined);
}

static void
completion_goes_on(void **state)
{
  (void)state;
  check_completion("sta", "state:");
  check_completion("a -(st", "state: step:");
  check_completion("state:pa", "state:paused");
  check_completion("x kind:case,m", "kind:case,mail kind:case,meeting");
  check_completion("is:un", "is:unread");
  check_completion("has:", "has:attachment has:link has:note");
  check_completion("received:t", "received:today");
  check_completion("\"sta", "");
  check_completion("from:x", "");
  check_completion("zzz", "");
}

static void
completion_offers_every_field(void **state)
{
  g_auto(GStrv) words = mc_query_complete("");
  (void)state;
  assert_true(g_strv_length(words) >= MC_FIELD_COUNT + 4);
}

/* What completion offers is a query, or becomes one with a value. */
static void
completions_parse(void **state)
{
  static const char *const starts[] = {"kind:", "state:", "urgency:", "is:", "has:", "due", "received"};
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
    g_auto(GStrv) words = mc_query_complete(starts[i]);
    assert_non_null(words[0]);
    for (char **word = words; *word; word++) {
      g_autoptr(McQuery) query = mc_query_parse(*word, calendar, now, NULL);
      assert_non_null(query);
    }
  }
}

static void
hostile_text_never_crashes(void **state)
{
  static const char *const pieces[] = {"(", ")",    "-",        "or",       "\"",  " ",     ":",  ",",
                                       "<", "=",    "due",      "received", "is:", "kind:", "2d", "today",
                                       "Đ", "\xFF", "\xCC\x81", "\x1B",     "a",   "9"};
  guint64 seed = 42;
  int good = 0;
  (void)state;
  for (int round = 0; round < 20000; round++) {
    GString *text = g_string_new(NULL);
    for (guint n = unit_random(&seed) % 14; n > 0; n--)
      g_string_append(text, pieces[unit_random(&seed) % G_N_ELEMENTS(pieces)]);
    g_autoptr(GError) error = NULL;
    g_autoptr(McQuery) query = mc_query_parse(text->str, calendar, now, &error);
    assert_true((query == NULL) == (error != NULL));
    good += query != NULL;
    g_strfreev(mc_query_complete(text->str));
    g_string_free(text, TRUE);
  }
  assert_in_range(good, 1000, 19000);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_is_everything),
      cmocka_unit_test(words_are_folded_and_joined),
      cmocka_unit_test(codes_are_one_word),
      cmocka_unit_test(quotes_keep_what_was_typed),
      cmocka_unit_test(or_binds_less_than_and),
      cmocka_unit_test(minus_negates_one_term),
      cmocka_unit_test(every_field_is_read),
      cmocka_unit_test(every_fixed_value_is_read),
      cmocka_unit_test(every_flag_is_read),
      cmocka_unit_test(dates_are_whole_days),
      cmocka_unit_test(days_have_names),
      cmocka_unit_test(due_counts_working_time),
      cmocka_unit_test(received_counts_age),
      cmocka_unit_test(faults_of_shape_have_columns),
      cmocka_unit_test(faults_of_words_suggest),
      cmocka_unit_test(faults_of_times_have_columns),
      cmocka_unit_test(columns_count_characters),
      cmocka_unit_test(faults_are_safe_to_show),
      cmocka_unit_test(sizes_are_bounded),
      cmocka_unit_test(completion_goes_on),
      cmocka_unit_test(completion_offers_every_field),
      cmocka_unit_test(completions_parse),
      cmocka_unit_test(hostile_text_never_crashes),
  };

  return cmocka_run_group_tests_name("query", tests, setup, teardown);
}
