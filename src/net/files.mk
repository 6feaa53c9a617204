noinst_LIBRARIES += libnet.a
libnet_a_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
libnet_a_SOURCES = src/net/net.c src/net/net.h src/net/pool.c src/net/transfer.c src/net/transfer.h \
  src/net/answer.c src/net/answer.h src/net/multi.c src/net/multi.h src/net/fault.c src/net/fault.h \
  src/net/body.c src/net/body.h

if HAVE_TESTS
net_tests = tests/unit/test-net tests/unit/test-net-pool tests/unit/test-net-tls
check_PROGRAMS += $(net_tests)
TESTS += $(net_tests)
net_fixture = tests/unit/test-net-fixture.h tests/unit/test-net-server.c tests/unit/test-net-server.h

tests_unit_test_net_SOURCES = tests/unit/test-net.c $(net_fixture)
tests_unit_test_net_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_net_LDADD = $(NET_LIBS) $(CMOCKA)

tests_unit_test_net_pool_SOURCES = tests/unit/test-net-pool.c $(net_fixture)
tests_unit_test_net_pool_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_net_pool_LDADD = $(NET_LIBS) $(CMOCKA)
tests_unit_test_net_tls_SOURCES = tests/unit/test-net-tls.c
tests_unit_test_net_tls_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_net_tls_LDADD = $(NET_LIBS) $(CMOCKA)
endif
EXTRA_DIST += tests/unit/test-net-tls.py tests/unit/test-net-tls.pem
