noinst_LIBRARIES += libmodel.a
libmodel_a_CFLAGS = $(AM_CFLAGS) $(QRENCODE_CFLAGS)
libmodel_a_SOURCES = src/model/calendar.c src/model/calendar.h src/model/deadline.c src/model/ics.c \
  src/model/form.c src/model/lookup.c src/model/item.c src/model/outbox.c src/model/item-json.c src/model/query.c src/model/query-complete.c \
  src/model/query-lex.c src/model/query-lex.h src/model/query-time.c src/model/query-time.h \
  src/model/query-words.c src/model/query-words.h src/model/words.c src/model/views.c \
  src/model/qr.c src/model/question.c
noinst_HEADERS += include/motcua/form.h include/motcua/lookup.h include/motcua/item.h include/motcua/query.h include/motcua/worktime.h \
  include/motcua/views.h include/motcua/qr.h include/motcua/question.h
dist_calendar_DATA += src/model/calendar/vn-2026.ics src/model/calendar/vn-2027.ics

if HAVE_TESTS
model_tests = tests/unit/test-model-qr tests/unit/test-model-item tests/unit/test-model-query tests/unit/test-model-worktime
check_PROGRAMS += $(model_tests)
TESTS += $(model_tests)

tests_unit_test_model_qr_SOURCES = tests/unit/test-model-qr.c
tests_unit_test_model_qr_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(QRENCODE_CFLAGS)
tests_unit_test_model_qr_LDADD = $(MODEL_LIBS) $(CMOCKA)

tests_unit_test_model_item_SOURCES = tests/unit/test-model-item.c
tests_unit_test_model_item_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_model_item_LDADD = $(MODEL_LIBS) $(CMOCKA)

tests_unit_test_model_query_SOURCES = tests/unit/test-model-query.c
tests_unit_test_model_query_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_model_query_LDADD = $(MODEL_LIBS) $(CMOCKA)

tests_unit_test_model_worktime_SOURCES = tests/unit/test-model-worktime.c
tests_unit_test_model_worktime_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_model_worktime_LDADD = $(MODEL_LIBS) $(CMOCKA)
endif
