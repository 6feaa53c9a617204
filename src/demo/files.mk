# The demo province: a program of its own.
motcua_demo_SOURCES = \
  src/demo/action.c src/demo/action.h \
  src/demo/clock.c src/demo/clock.h \
  src/demo/control.c \
  src/demo/data.c src/demo/data.h src/demo/data-cases.c src/demo/data-documents.c \
  src/demo/dancu.c \
  src/demo/data-feedback.c src/demo/data-mail.c \
  src/demo/dispatch.c \
  src/demo/faults.c src/demo/faults.h \
  src/demo/feedback.c src/demo/feedback.h src/demo/feedback-act.c src/demo/feedback-law.c \
  src/demo/file.c src/demo/file.h \
  src/demo/hotich.c src/demo/hotich.h src/demo/hotich-law.c \
  src/demo/http.c src/demo/http.h \
  src/demo/jmap.c src/demo/jmap.h src/demo/jmap-box.c src/demo/jmap-email.c src/demo/jmap-query.c \
  src/demo/jmap-send.c src/demo/jmap-set.c \
  src/demo/json.c src/demo/json.h \
  src/demo/lab.c src/demo/lab.h \
  src/demo/lab-papers.c src/demo/lab-papers.h \
  src/demo/lab-steps.c src/demo/lab-poll.c src/demo/lab-batch.c src/demo/lab-liar.c \
  src/demo/lab-tasks.c src/demo/lab-tasks.h \
  src/demo/lab-device.c \
  src/demo/lab-oauth.c \
  src/demo/lab-otp.c \
  src/demo/lab-cert.c \
  src/demo/lab-sign.c \
  src/demo/lab-single.c \
  src/demo/lab-soap.c src/demo/lab-soap.h src/demo/lab-soap-text.c src/demo/lab-soap-wire.c \
  src/demo/lab-feed.c src/demo/lab-feed.h src/demo/lab-graphql.c src/demo/lab-jsonrpc.c \
  src/demo/lab-odata.c src/demo/lab-pages.c \
  src/demo/ledger.c \
  src/demo/listing.c \
  src/demo/main.c \
  src/demo/mail.c \
  src/demo/message.c src/demo/message.h \
  src/demo/onestop.c src/demo/onestop.h src/demo/onestop-law.c \
  src/demo/people.c src/demo/people.h \
  src/demo/province.h \
  src/demo/tls.c src/demo/tls.h \
  src/demo/state.c src/demo/state.h src/demo/state-internal.h \
  src/demo/vanban.c src/demo/vanban.h src/demo/vanban-law.c
motcua_demo_CPPFLAGS = $(AM_CPPFLAGS) $(MHD_CFLAGS) $(GNUTLS_CFLAGS) $(SQLITE_CFLAGS)
motcua_demo_LDADD = $(BASE_LIBS) $(XML_LIBS) $(MHD_LIBS) $(GNUTLS_LIBS) $(SQLITE_LIBS)

dist_man_MANS += man/motcua-demo.1

# Its systems' connectors, installed as the built-in ones.
dist_connectors_DATA += connectors/1022.jsonc connectors/dan-cu.jsonc connectors/ho-tich.jsonc \
  connectors/mot-cua.jsonc connectors/thu.jsonc connectors/van-ban.jsonc
