noinst_LIBRARIES += libstore.a
libstore_a_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
libstore_a_SOURCES = src/store/answers.c src/store/db.c src/store/db.h src/store/desk.c src/store/inner.h src/store/journal.c \
  src/store/listing.c src/store/listing.h src/store/lock.c src/store/lock.h src/store/out.c \
  src/store/outrow.c src/store/pack.c src/store/pack.h src/store/pull.c src/store/query.c \
  src/store/query-parts.h src/store/query-term.c src/store/query-words.c src/store/query.h \
  src/store/row.c src/store/row.h src/store/schema.c src/store/schema.h src/store/search.c \
  src/store/search.h src/store/snapshot.c src/store/sql.c src/store/sql.h src/store/stage.c src/store/stage.h src/store/store.c \
  src/store/store.h src/store/tables.c src/store/write.c
noinst_HEADERS += include/motcua/journal.h include/motcua/outbox.h include/motcua/snapshot.h

if HAVE_TESTS
store_tests = tests/unit/test-store-query \
  tests/unit/test-store-paging \
  tests/unit/test-store-pull \
  tests/unit/test-store-outbox \
  tests/unit/test-store-journal \
  tests/unit/test-store-crash
check_PROGRAMS += $(store_tests)
TESTS += $(store_tests)
noinst_HEADERS += tests/unit/store.h

tests_unit_test_store_query_SOURCES = tests/unit/test-store-query.c
tests_unit_test_store_query_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_store_query_LDADD = $(STORE_LIBS) $(CMOCKA)

tests_unit_test_store_paging_SOURCES = tests/unit/test-store-paging.c
tests_unit_test_store_paging_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_store_paging_LDADD = $(STORE_LIBS) $(CMOCKA)

tests_unit_test_store_pull_SOURCES = tests/unit/test-store-pull.c
tests_unit_test_store_pull_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_store_pull_LDADD = $(STORE_LIBS) $(CMOCKA)

tests_unit_test_store_outbox_SOURCES = tests/unit/test-store-outbox.c
tests_unit_test_store_outbox_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_store_outbox_LDADD = $(STORE_LIBS) $(CMOCKA)

tests_unit_test_store_journal_SOURCES = tests/unit/test-store-journal.c
tests_unit_test_store_journal_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_store_journal_LDADD = $(STORE_LIBS) $(CMOCKA)

tests_unit_test_store_crash_SOURCES = tests/unit/test-store-crash.c
tests_unit_test_store_crash_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_store_crash_LDADD = $(STORE_LIBS) $(CMOCKA)
endif
