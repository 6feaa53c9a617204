noinst_LIBRARIES += libsecrets.a
libsecrets_a_CFLAGS = $(AM_CFLAGS) $(LIBSECRET_CFLAGS)
libsecrets_a_SOURCES = src/secret/secrets.c src/secret/secret.h src/secret/provider.h \
  src/secret/service.c src/secret/deadline.c src/secret/deadline.h \
  src/secret/command.c src/secret/helper.c src/secret/helper.h \
  src/secret/memory.c src/secret/fd.c src/secret/credential.c src/secret/credential.h

if HAVE_TESTS
secret_tests = tests/unit/test-secret tests/unit/test-secret-service
check_PROGRAMS += $(secret_tests)
TESTS += $(secret_tests)

tests_unit_test_secret_SOURCES = tests/unit/test-secret.c
tests_unit_test_secret_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_secret_LDADD = $(SECRET_LIBS) $(CMOCKA)

tests_unit_test_secret_service_SOURCES = tests/unit/test-secret-service.c
tests_unit_test_secret_service_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_secret_service_LDADD = $(SECRET_LIBS) $(CMOCKA)
endif
