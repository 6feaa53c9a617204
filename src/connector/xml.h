/* SPDX-License-Identifier: Apache-2.0 */
/* XML as the tree that pointers read, and back.
 *
 * Reading: the root is an object with one member, the document's element. An element is by its local name
 * whatever its prefix; one that holds neither elements nor attributes is its text, character for character;
 * else an object with its attributes ("@name"), its elements, and its own text ("#text") unless blank.
 * Elements of one name are an array. xsi:nil="true" is null; other attributes of xsi (type, schemaLocation)
 * and namespace declarations are not there. Comments and instructions are not there, CDATA is text. There is
 * no DOCTYPE, and so no entity but the five of XML; nothing is loaded from anywhere; depth at most
 * MC_JSON_DEPTH.
 *
 * Since a list of one looks as one element does, values read from XML are marked: "[*]", a filter, index 0,
 * `some` and `every` take a single element as a list of one. */
#ifndef CONNECTOR_XML_H
#define CONNECTOR_XML_H

#include "connector/json.h"

/* MC_ERROR_PROTOCOL "NAME:LINE:COL: ...". UTF-8 whatever the declaration says. */
McJson *mc_xml_parse(const char *name, const char *text, gsize len, GError **error);
/* What the XML declaration says of the encoding, new; NULL: nothing. */
char *mc_xml_declared(const char *text, gsize len);
/* A document of an object with one member: the inverse of reading, names as they are written ("soap:Body"). A
 * null is an empty element. MC_ERROR_FAILED for what is no XML: a bad name, a control character. */
char *mc_xml_write(const cJSON *tree, GError **error);

#endif
