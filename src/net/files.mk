noinst_LIBRARIES += libnet.a
libnet_a_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
libnet_a_SOURCES = src/net/net.c src/net/net.h src/net/pool.c src/net/transfer.c src/net/transfer.h \
  src/net/answer.c src/net/answer.h src/net/multi.c src/net/multi.h src/net/fault.c src/net/fault.h
