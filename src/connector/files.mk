noinst_LIBRARIES += libconnector.a
libconnector_a_SOURCES = \
  src/connector/plan.h src/connector/shape.h src/connector/shape.c \
  src/connector/profile.h src/connector/profile.c src/connector/profile-auth.c \
  src/connector/profile-stream.c src/connector/profile-action.c src/connector/profile-lookup.c \
  src/connector/profile-files.c src/connector/given.h src/connector/given.c src/connector/multipart.c \
  src/connector/fetch.c src/connector/choices.c src/connector/binding.c src/connector/action.c \
  src/connector/exchange.h src/connector/run.h src/connector/exchange.c src/connector/judge.c \
  src/connector/recording.h src/connector/recording.c src/connector/replay.c src/connector/redact.c \
  src/connector/note.h src/connector/note.c src/connector/explain.h src/connector/explain-test.c \
  src/connector/explain-reader.c src/connector/explain-record.c src/connector/explain-answer.c \
  src/connector/explain-summary.c src/connector/deliver-explain.c src/connector/openapi.h src/connector/openapi.c \
  src/connector/openapi-schema.c src/connector/openapi-stream.c src/connector/openapi-action.c \
  src/connector/openapi-auth.c src/connector/single.c \
  src/connector/session.h src/connector/session.c src/connector/cookies.c \
  src/connector/auth.h src/connector/auth.c src/connector/auth-login.h src/connector/auth-login.c \
  src/connector/auth-device.c src/connector/auth-otp.c src/connector/auth-sign.c src/connector/audience.c src/connector/check.h src/connector/check-regex.c src/connector/check-rules.c src/connector/check-use.c src/connector/profile-tls.c \
  src/connector/pull.h src/connector/pull.c src/connector/pull-pages.c src/connector/pull-delta.c \
  src/connector/pull-changes.c src/connector/pull-sub.c src/connector/link.c src/connector/sunset.c \
  src/connector/keyset.h src/connector/keyset.c \
  src/connector/pull-map.c src/connector/detail.h src/connector/detail.c src/connector/lookup.c \
  src/connector/lookup-answer.c src/connector/filler.c \
  src/connector/deliver.h src/connector/deliver.c src/connector/deliver-answer.c \
  src/connector/deliver-steps.c src/connector/deliver-poll.c src/connector/deliver-batch.c \
  src/connector/deliver-preview.c src/connector/profile-steps.c \
  src/connector/cast.h src/connector/cast.c src/connector/html.c \
  src/connector/compile.h src/connector/compile.c \
  src/connector/expr.h src/connector/scope.c \
  src/connector/json.h src/connector/json.c \
  src/connector/json-lex.h src/connector/json-lex.c src/connector/json-keys.c src/connector/json-recover.c \
  src/connector/rights.c src/connector/answer.c src/connector/profile-read.c \
  src/connector/charset.h src/connector/charset.c \
  src/connector/xml.h src/connector/xml.c src/connector/xml-write.c \
  src/connector/node-kind.h src/connector/node.c src/connector/node-eval.c \
  src/connector/path.h src/connector/path-segment.h src/connector/path.c src/connector/path-text.c \
  src/connector/reader-parts.h src/connector/reader.c src/connector/reader-run.c \
  src/connector/request.c \
  src/connector/template.h src/connector/template.c \
  src/connector/test.c \
  src/connector/value.h src/connector/value.c

if HAVE_TESTS
connector_expr_tests = tests/unit/test-connector-json tests/unit/test-connector-xml tests/unit/test-connector-nodes \
  tests/unit/test-connector-readers tests/unit/test-connector-requests \
  tests/unit/test-connector-tests tests/unit/test-connector-files
check_PROGRAMS += $(connector_expr_tests)
TESTS += $(connector_expr_tests)
noinst_HEADERS += tests/unit/connector.h tests/unit/connector-record.h

tests_unit_test_connector_json_SOURCES = tests/unit/test-connector-json.c
tests_unit_test_connector_json_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_json_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)

tests_unit_test_connector_xml_SOURCES = tests/unit/test-connector-xml.c
tests_unit_test_connector_xml_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_xml_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)

tests_unit_test_connector_nodes_SOURCES = tests/unit/test-connector-nodes.c
tests_unit_test_connector_nodes_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_nodes_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)

tests_unit_test_connector_readers_SOURCES = tests/unit/test-connector-readers.c
tests_unit_test_connector_readers_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_readers_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)

tests_unit_test_connector_requests_SOURCES = tests/unit/test-connector-requests.c
tests_unit_test_connector_requests_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_requests_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)

tests_unit_test_connector_files_SOURCES = tests/unit/test-connector-files.c
tests_unit_test_connector_files_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_files_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)

tests_unit_test_connector_tests_SOURCES = tests/unit/test-connector-tests.c
tests_unit_test_connector_tests_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_tests_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)
endif

if HAVE_TESTS
connector_engine_tests = tests/unit/test-connector-profile tests/unit/test-connector-auth \
  tests/unit/test-connector-login tests/unit/test-connector-lookup \
  tests/unit/test-connector-pull tests/unit/test-connector-deliver \
  tests/unit/test-connector-steps
check_PROGRAMS += $(connector_engine_tests)
TESTS += $(connector_engine_tests)
noinst_HEADERS += tests/unit/connector-help.h

tests_unit_test_connector_profile_SOURCES = tests/unit/test-connector-profile.c
tests_unit_test_connector_profile_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_profile_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)

tests_unit_test_connector_login_SOURCES = tests/unit/test-connector-login.c
tests_unit_test_connector_login_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_login_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)

tests_unit_test_connector_auth_SOURCES = tests/unit/test-connector-auth.c
tests_unit_test_connector_auth_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_auth_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)

check_PROGRAMS += tests/unit/test-connector-streams
TESTS += tests/unit/test-connector-streams
tests_unit_test_connector_streams_SOURCES = tests/unit/test-connector-streams.c
tests_unit_test_connector_streams_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_streams_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)

tests_unit_test_connector_pull_SOURCES = tests/unit/test-connector-pull.c
tests_unit_test_connector_pull_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_pull_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)

tests_unit_test_connector_lookup_SOURCES = tests/unit/test-connector-lookup.c
tests_unit_test_connector_lookup_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_lookup_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)

tests_unit_test_connector_deliver_SOURCES = tests/unit/test-connector-deliver.c
tests_unit_test_connector_deliver_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_deliver_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)

tests_unit_test_connector_steps_SOURCES = tests/unit/test-connector-steps.c
tests_unit_test_connector_steps_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_steps_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)
endif

if HAVE_TESTS
check_PROGRAMS += tests/unit/test-connector-keys
TESTS += tests/unit/test-connector-keys
tests_unit_test_connector_keys_SOURCES = tests/unit/test-connector-keys.c
tests_unit_test_connector_keys_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_keys_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)
endif

if HAVE_TESTS
check_PROGRAMS += tests/unit/test-connector-explain
TESTS += tests/unit/test-connector-explain
tests_unit_test_connector_explain_SOURCES = tests/unit/test-connector-explain.c
tests_unit_test_connector_explain_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_connector_explain_LDADD = $(CONNECTOR_LIBS) $(CMOCKA)
endif
