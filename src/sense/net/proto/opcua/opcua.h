/* OPC UA over TCP (OPC 10000-6): one chunk as a validated struct, what its service says by
 * OPC 10000-4 in the binary encoding (OPC 10000-6 5.2).
 *
 * ward_opcua_parse is a pure function over outside bytes: it never recurses and allocates nothing;
 * slices borrow the payload. Private to this folder. */
#ifndef WARD_SENSE_NET_OPCUA_OPCUA_H
#define WARD_SENSE_NET_OPCUA_OPCUA_H

#include "base/rd.h"
#include "base/wr.h"
#include "sense/net/dissector.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_OPCUA_REASON_LIST(X)                            \
	X(HEADER_TYPE, "net.opcua.reject.header.type")       \
	X(HEADER_CHUNK, "net.opcua.reject.header.chunk")     \
	X(HEADER_SIZE, "net.opcua.reject.header.size")       \
	X(HELLO, "net.opcua.reject.hello")                   \
	X(ACKNOWLEDGE, "net.opcua.reject.acknowledge")       \
	X(ERROR, "net.opcua.reject.error")                   \
	X(SECURITY, "net.opcua.reject.security")             \
	X(SERVICE_HEADER, "net.opcua.reject.service.header") \
	X(SERVICE_BODY, "net.opcua.reject.service.body")

enum ward_opcua_reason {
#define X(IDENT, name) WARD_OPCUA_BAD_##IDENT,
	WARD_OPCUA_REASON_LIST(X)
#undef X
		WARD_OPCUA_REASON_N, /* none */
};

/* Services with the numeric ids of their encodings (OPC 10000-6 Annex A):
 * X(IDENT, "name", request, response) */
#define WARD_OPCUA_SERVICE_LIST(X)                                       \
	X(FIND_SERVERS, "FindServers", 422, 425)                         \
	X(GET_ENDPOINTS, "GetEndpoints", 428, 431)                       \
	X(REGISTER_SERVER, "RegisterServer", 437, 440)                   \
	X(OPEN, "OpenSecureChannel", 446, 449)                           \
	X(CLOSE, "CloseSecureChannel", 452, 455)                         \
	X(CREATE_SESSION, "CreateSession", 461, 464)                     \
	X(ACTIVATE_SESSION, "ActivateSession", 467, 470)                 \
	X(CLOSE_SESSION, "CloseSession", 473, 476)                       \
	X(CANCEL, "Cancel", 479, 482)                                    \
	X(ADD_NODES, "AddNodes", 488, 491)                               \
	X(ADD_REFERENCES, "AddReferences", 494, 497)                     \
	X(DELETE_NODES, "DeleteNodes", 500, 503)                         \
	X(DELETE_REFERENCES, "DeleteReferences", 506, 509)               \
	X(BROWSE, "Browse", 527, 530)                                    \
	X(BROWSE_NEXT, "BrowseNext", 533, 536)                           \
	X(TRANSLATE, "TranslateBrowsePathsToNodeIds", 554, 557)          \
	X(REGISTER_NODES, "RegisterNodes", 560, 563)                     \
	X(UNREGISTER_NODES, "UnregisterNodes", 566, 569)                 \
	X(QUERY_FIRST, "QueryFirst", 615, 618)                           \
	X(QUERY_NEXT, "QueryNext", 621, 624)                             \
	X(READ, "Read", 631, 634)                                        \
	X(HISTORY_READ, "HistoryRead", 664, 667)                         \
	X(WRITE, "Write", 673, 676)                                      \
	X(HISTORY_UPDATE, "HistoryUpdate", 700, 703)                     \
	X(CALL, "Call", 712, 715)                                        \
	X(CREATE_MONITORED_ITEMS, "CreateMonitoredItems", 751, 754)      \
	X(MODIFY_MONITORED_ITEMS, "ModifyMonitoredItems", 763, 766)      \
	X(SET_MONITORING_MODE, "SetMonitoringMode", 769, 772)            \
	X(SET_TRIGGERING, "SetTriggering", 775, 778)                     \
	X(DELETE_MONITORED_ITEMS, "DeleteMonitoredItems", 781, 784)      \
	X(CREATE_SUBSCRIPTION, "CreateSubscription", 787, 790)           \
	X(MODIFY_SUBSCRIPTION, "ModifySubscription", 793, 796)           \
	X(SET_PUBLISHING_MODE, "SetPublishingMode", 799, 802)            \
	X(PUBLISH, "Publish", 826, 829)                                  \
	X(REPUBLISH, "Republish", 832, 835)                              \
	X(TRANSFER_SUBSCRIPTIONS, "TransferSubscriptions", 841, 844)     \
	X(DELETE_SUBSCRIPTIONS, "DeleteSubscriptions", 847, 850)         \
	X(FIND_SERVERS_ON_NETWORK, "FindServersOnNetwork", 12208, 12209) \
	X(REGISTER_SERVER2, "RegisterServer2", 12211, 12212)

enum ward_opcua_service {
#define X(IDENT, name, request, response) WARD_OPCUA_##IDENT,
	WARD_OPCUA_SERVICE_LIST(X)
#undef X
		WARD_OPCUA_SERVICE_N, /* another */
};

enum {
	WARD_OPCUA_HEADER = 8,
	WARD_OPCUA_KEEP = 32768, /* bytes of a chunk that are looked at */
	WARD_OPCUA_ITEMS = 16,   /* of a list that are kept */
	WARD_OPCUA_FAULT = 397,
	WARD_OPCUA_ANONYMOUS = 321, /* identity tokens, by their encoding's id */
	WARD_OPCUA_USER_NAME = 324,
	WARD_OPCUA_X509 = 327,
	WARD_OPCUA_ISSUED = 940,
};
/* Severity bits of a status code, OPC 10000-4 7.39: neither good nor uncertain. */
#define WARD_OPCUA_BAD UINT32_C(0x80000000)

enum ward_opcua_kind {
	WARD_OPCUA_KIND_HELLO,
	WARD_OPCUA_KIND_ACKNOWLEDGE,
	WARD_OPCUA_KIND_ERROR, /* also an aborted message: chunk is 'A' */
	WARD_OPCUA_KIND_REVERSE_HELLO,
	WARD_OPCUA_KIND_OPEN,
	WARD_OPCUA_KIND_MESSAGE,
	WARD_OPCUA_KIND_CLOSE,
	WARD_OPCUA_KIND_N,
};

struct ward_opcua_optional {
	bool is;
	int64_t v;
};

/* OPC 10000-6 5.2.2.9 */
struct ward_opcua_node {
	char kind; /* i, s, g, b; 0: none */
	uint16_t ns;
	uint32_t number;
	struct ward_slice bytes; /* of s, g and b */
};

/* A value's first scalar (5.2.2.16); of texts, blobs and structures the type alone. */
struct ward_opcua_value {
	uint8_t type; /* built-in type, table 1 of OPC 10000-6; 0: null */
	bool array, is_number, is_real;
	int64_t number;
	double real;
};

struct ward_opcua_target {
	struct ward_opcua_node node, method; /* method of Call; reference type of Browse */
	struct ward_opcua_optional attribute;
	struct ward_opcua_value value; /* Write */
};

struct ward_opcua_application {
	struct ward_slice uri, product, name;
	struct ward_opcua_optional type; /* 0 server, 1 client, 2 both, 3 discovery server */
};

struct ward_opcua_endpoint {
	struct ward_slice url, policy;
	uint32_t mode;
	bool anonymous; /* a token policy lets anybody in */
};

/* What a service says, as far as it was read. */
struct ward_opcua_body {
	enum ward_opcua_service service;
	uint32_t type_id;
	bool response, fault;
	uint32_t status; /* responses: service result */
	struct ward_slice endpoint_url, server_uri, session_name;
	struct ward_opcua_application app; /* of who sends it: client, server; first of a list */
	struct ward_opcua_optional mode, renew, lifetime_ms;
	uint32_t identity; /* ActivateSession: token's encoding id; 0: null, which is anonymous */
	struct ward_slice user, certificate;
	bool secret; /* a password stands there as it is */
	struct ward_opcua_optional n_target, n_result;
	struct ward_opcua_target target[WARD_OPCUA_ITEMS];
	uint32_t result[WARD_OPCUA_ITEMS];
	size_t n_bad; /* of all results that were read */
	struct ward_opcua_endpoint endpoint[WARD_OPCUA_ITEMS];
	size_t n_kept; /* of target, result or endpoint */
	bool partial;  /* not all was there */
};

struct ward_opcua {
	enum ward_opcua_kind kind;
	char chunk;  /* F last, C more follow, A aborted */
	size_t size; /* of the chunk; 0: not known yet */
	size_t need; /* MORE: bytes to call again with */
	uint32_t version, receive_size, send_size, message_max, chunk_max; /* HELLO, ACKNOWLEDGE */
	struct ward_slice endpoint_url, server_uri;
	uint32_t error;
	struct ward_slice text; /* of an error */
	uint32_t channel, token;
	struct ward_slice policy, certificate, thumbprint; /* OPEN */
	struct ward_opcua_optional sequence, request;
	bool readable; /* body has something */
	struct ward_opcua_body body;
	enum ward_opcua_reason reason;
	size_t off;
};

enum ward_opcua_frame { WARD_OPCUA_MORE, WARD_OPCUA_NOT, WARD_OPCUA_WHOLE };

/* What the connection has so far. */
struct ward_opcua_context {
	bool secured;   /* a policy other than None: a body may be ciphertext */
	bool unknown;   /* the channel's opening was not seen */
	bool continued; /* the chunk goes on with the message of this request */
	uint32_t request;
};

/* The chunk that begins payload. MORE: need says how much. NOT: with reason and off; size is 0 when
 * nobody knows where the next begins. WHOLE: size is where the chunk ends, which may be behind the
 * payload, as only WARD_OPCUA_KEEP bytes of it are looked at. */
enum ward_opcua_frame ward_opcua_parse(
	struct ward_slice payload, const struct ward_opcua_context *c, struct ward_opcua *m);
/* Type, chunk and size that can be: what a payload may begin with. */
enum ward_probe ward_opcua_probe(struct ward_slice payload);
bool ward_opcua_policy_is_none(struct ward_slice policy);

/* service.c: reads type, header and parameters; cut: the body is not whole. False: r.off is where
 * it is wrong, *ret_header tells in which part. */
bool ward_opcua_body_read(struct ward_rd *r, bool cut, struct ward_opcua_body *b, bool *ret_header);

/* builtin.c: OPC 10000-6 5.2.2. A null string is empty. */
struct ward_slice ward_opcua_string(struct ward_rd *r);
struct ward_opcua_node ward_opcua_node_read(struct ward_rd *r, bool expanded);
/* The text of a LocalizedText or QualifiedName. */
struct ward_slice ward_opcua_localized(struct ward_rd *r);
struct ward_slice ward_opcua_qualified(struct ward_rd *r);
/* Type id's number in namespace 0, else 0; the body, empty when there is none. */
uint32_t ward_opcua_extension(struct ward_rd *r, struct ward_slice *ret_body);
void ward_opcua_diagnostic(struct ward_rd *r);
/* r fails on what nests deeper than four. */
void ward_opcua_variant(struct ward_rd *r, struct ward_opcua_value *ret);
void ward_opcua_data_value(struct ward_rd *r, struct ward_opcua_value *ret);
/* "ns=2;s=Pump" (5.3.1.10); bytes as hex. */
void ward_opcua_node_text(struct ward_wr *w, const struct ward_opcua_node *n);

/* names.c; each lives forever, NULL: none. */
const char *ward_opcua_service_name(enum ward_opcua_service s);
/* The service of an encoding's id; WARD_OPCUA_SERVICE_N when there is none. */
enum ward_opcua_service ward_opcua_service_of(uint32_t type_id, bool *ret_response);
const char *ward_opcua_status_name(uint32_t status);
const char *ward_opcua_mode_name(uint32_t mode);
const char *ward_opcua_identity_name(uint32_t type_id);
const char *ward_opcua_type_name(unsigned type);
const char *ward_opcua_attribute_name(int64_t attribute);

#endif
