/* SPDX-License-Identifier: Apache-2.0 */
/* SOAP 1.1 as the workbench speaks it: an envelope comes in, one goes out, in the character set of the
 * address that was asked. */
#pragma once

#include "demo/message.h"

#define SOAP_SPACE "urn:cases"

/* --- lab-soap-text.c --- */
typedef struct {
  const char *word; /* in the address: /WORD/soap */
  const char *type; /* Content-Type of its answers */
  const char *head; /* the XML declaration, "" for none */
} SoapCharset;
/* NULL: there is no such address. */
const SoapCharset *soap_charset(const char *word);
/* UTF-8 in that character set; what it has no letter for is a character reference. TCVN3 has no capitals with
 * tone marks: those are small letters there. */
GString *soap_encode(const SoapCharset *charset, const char *text);

/* --- lab-soap-wire.c --- */
typedef struct {
  struct _xmlDoc *doc;           /* libxml2's */
  const struct _xmlNode *method; /* the one element of the body */
  const char *fault;             /* its code, when the envelope is none: "Client", "VersionMismatch", ... */
  const char *why;
} SoapCall;
void soap_call_read(const DemoCall *call, SoapCall *soap);
void soap_call_clear(SoapCall *soap);
gboolean soap_call_is(const SoapCall *soap, const char *method);
/* The text of the method's parameter, new; "" when it is not there. */
char *soap_param(const SoapCall *soap, const char *name);

/* <name>text</name>; nothing for NULL. */
void soap_add(GString *xml, const char *name, const char *text);
/* `content`, as XML, in an envelope. */
DemoResponse *soap_answer(const SoapCharset *charset, guint status, const char *content);
/* HTTP 500 (SOAP 1.1, 6.2) with a Fault. */
DemoResponse *soap_fault(const SoapCharset *charset, const char *code, const char *why);
