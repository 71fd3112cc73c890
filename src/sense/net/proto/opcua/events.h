/* Shared by opcua.c and events.c: names, and the fields of one chunk. Private to this folder. */
#ifndef WARD_SENSE_NET_OPCUA_EVENTS_H
#define WARD_SENSE_NET_OPCUA_EVENTS_H

#include "sense/net/dissector.h"
#include "sense/net/proto/opcua/opcua.h"

/* X(IDENT, "name") */
#define WARD_OPCUA_NAME_LIST(X)                           \
	X(CLASS_HELLO, "net.opcua.hello")                 \
	X(CLASS_ACKNOWLEDGE, "net.opcua.acknowledge")     \
	X(CLASS_ERROR, "net.opcua.error")                 \
	X(CLASS_REVERSE_HELLO, "net.opcua.reverse_hello") \
	X(CLASS_ABORT, "net.opcua.abort")                 \
	X(CLASS_OPEN, "net.opcua.open")                   \
	X(CLASS_OPENED, "net.opcua.opened")               \
	X(CLASS_REQUEST, "net.opcua.request")             \
	X(CLASS_RESPONSE, "net.opcua.response")           \
	X(CLASS_UNANSWERED, "net.opcua.unanswered")       \
	X(ENDPOINT_URL, "opcua.endpoint_url")             \
	X(SERVER_URI, "opcua.server_uri")                 \
	X(VERSION, "opcua.version")                       \
	X(CHUNK_SIZE, "opcua.receive_buffer_bytes")       \
	X(STATUS, "opcua.status")                         \
	X(ERROR_TEXT, "opcua.error_text")                 \
	X(CHANNEL, "opcua.channel")                       \
	X(REQUEST_ID, "opcua.request_id")                 \
	X(POLICY, "opcua.security_policy")                \
	X(MODE, "opcua.security_mode")                    \
	X(RENEW, "opcua.renew")                           \
	X(LIFETIME, "opcua.lifetime_ms")                  \
	X(THUMBPRINT, "opcua.receiver_thumbprint")        \
	X(CERT_SUBJECT, "opcua.cert.subject")             \
	X(CERT_ISSUER, "opcua.cert.issuer")               \
	X(CERT_SERIAL, "opcua.cert.serial")               \
	X(CERT_SAN, "opcua.cert.san")                     \
	X(CERT_SHA256, "opcua.cert.sha256")               \
	X(CERT_SELF_SIGNED, "opcua.cert.self_signed")     \
	X(CERT_EXPIRED, "opcua.cert.expired")             \
	X(CERT_UNREADABLE, "opcua.cert.unreadable")       \
	X(SERVICE, "opcua.service")                       \
	X(TYPE_ID, "opcua.type_id")                       \
	X(APPLICATION_URI, "opcua.application_uri")       \
	X(PRODUCT_URI, "opcua.product_uri")               \
	X(APPLICATION_NAME, "opcua.application_name")     \
	X(APPLICATION_TYPE, "opcua.application_type")     \
	X(SESSION_NAME, "opcua.session_name")             \
	X(IDENTITY, "opcua.identity")                     \
	X(TARGETS, "opcua.targets")                       \
	X(NODE, "opcua.node")                             \
	X(METHOD, "opcua.method")                         \
	X(ATTRIBUTE, "opcua.attribute")                   \
	X(VALUE, "opcua.value")                           \
	X(VALUE_TYPE, "opcua.value_type")                 \
	X(RESULTS, "opcua.results")                       \
	X(RESULT, "opcua.result")                         \
	X(BAD_RESULTS, "opcua.bad_results")               \
	X(ENDPOINT_POLICY, "opcua.endpoint_policy")       \
	X(ENDPOINT_MODE, "opcua.endpoint_mode")           \
	X(ENDPOINT_ANONYMOUS, "opcua.endpoint_anonymous") \
	X(PARTIAL, "opcua.partial")                       \
	X(OUTCOME, "opcua.outcome")                       \
	X(LATENCY, "opcua.latency_ns")

enum ward_opcua_name {
#define X(IDENT, name) WARD_OPCUA_NAME_##IDENT,
	WARD_OPCUA_NAME_LIST(X)
#undef X
		WARD_OPCUA_NAME_N,
};

enum { WARD_OPCUA_POLICY_TEXT = 48 };

/* "Basic256Sha256" of a policy of the OPC Foundation, else the whole URI; cut, printable. */
void ward_opcua_policy_text(struct ward_wr *w, struct ward_slice policy);

/* Fields of an event that was begun; text that is empty is left out. */
void ward_opcua_put_z(const struct ward_dissect *d, enum ward_opcua_name field, const char *z);
void ward_opcua_put_int(const struct ward_dissect *d, enum ward_opcua_name field, int64_t v);
void ward_opcua_put_text(
	const struct ward_dissect *d, enum ward_opcua_name field, struct ward_slice s);
void ward_opcua_put_status(
	const struct ward_dissect *d, enum ward_opcua_name field, uint32_t status);
/* Name of the service, or the number of what is none. */
void ward_opcua_put_service(const struct ward_dissect *d, enum ward_opcua_service s, uint32_t id);
/* Hello, acknowledge, error, abort. */
void ward_opcua_put_connect(const struct ward_dissect *d, const struct ward_opcua *m);
/* The security header of an opening. */
void ward_opcua_put_security(const struct ward_dissect *d, const struct ward_opcua *m);
void ward_opcua_put_body(const struct ward_dissect *d, const struct ward_opcua_body *b);

#endif
