noinst_LIBRARIES += libconnector.a
libconnector_a_SOURCES = \
  src/connector/expr.h \
  src/connector/json.h src/connector/json.c \
  src/connector/json-lex.h src/connector/json-lex.c \
  src/connector/value.h src/connector/value.c
