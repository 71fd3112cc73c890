/* DCE/RPC calls on one association, whatever carries it: a TCP connection or a named pipe of SMB.
 *
 * A carrier keeps a struct ward_rpc per association and a struct ward_ntlm_session, zero at first.
 * Everything here sees validated fragments, but for ward_rpc_see_pipe, which validates. */
#ifndef WARD_SENSE_NET_DCE_RPC_RPC_H
#define WARD_SENSE_NET_DCE_RPC_RPC_H

#include "sense/net/proto/dce_rpc/pdu.h"
#include "sense/net/proto/ntlm/ntlm.h"
#include "sense/net/sensor.h"

/* The carrier's names are followed by these in its name_at, NTLM's follow them. */
#define WARD_RPC_NAME_LIST(X)                         \
	X(CLASS_BIND, "net.dce_rpc.bind")             \
	X(CLASS_CALL, "net.dce_rpc.call")             \
	X(CLASS_UNANSWERED, "net.dce_rpc.unanswered") \
	X(CLASS_ENDPOINT, "net.dce_rpc.endpoint")     \
	X(ENDPOINT, "dce_rpc.endpoint")               \
	X(OPERATION, "dce_rpc.operation")             \
	X(OPNUM, "dce_rpc.opnum")                     \
	X(INTERFACE, "dce_rpc.interface")             \
	X(PIPE, "dce_rpc.named_pipe")                 \
	X(ADDRESS, "dce_rpc.secondary_address")       \
	X(AUTH_TYPE, "dce_rpc.auth_type")             \
	X(AUTH_LEVEL, "dce_rpc.auth_level")           \
	X(OUTCOME, "dce_rpc.outcome")                 \
	X(REJECT, "dce_rpc.reject_reason")            \
	X(REFUSED, "dce_rpc.refused")                 \
	X(FAULT, "dce_rpc.fault")                     \
	X(LATENCY, "dce_rpc.latency_ns")              \
	X(ZERO, "dce_rpc.netlogon_zero")              \
	X(CHANNEL, "dce_rpc.netlogon_channel")        \
	X(STATUS, "dce_rpc.netlogon_status")          \
	X(MAPPED_PORT, "dce_rpc.mapped_port")         \
	X(MAPPED_IP, "dce_rpc.mapped_ip")             \
	X(MAPPED_PIPE, "dce_rpc.mapped_pipe")

enum ward_rpc_name {
#define X(IDENT, name) WARD_RPC_NAME_##IDENT,
	WARD_RPC_NAME_LIST(X)
#undef X
		WARD_RPC_NAME_N,
};

enum { WARD_RPC_CONTEXTS = 8, WARD_RPC_CALLS = 8 };

struct ward_rpc_context {
	bool used;
	uint16_t id;
	uint8_t uuid[16];
};

struct ward_rpc_call {
	bool used, has_zero, zero, has_channel;
	uint8_t side;
	uint16_t context, opnum, channel;
	uint32_t call;
	ward_ns time;
	uint64_t order;
};

/* A bind or alter without its answer. */
struct ward_rpc_bind {
	bool used;
	uint8_t side, n, auth_type, auth_level;
	bool kerberos;
	uint32_t call;
	ward_ns time;
	struct ward_rpc_context offer[WARD_RPC_OFFERS];
};

struct ward_rpc {
	uint64_t order;
	size_t skip[2]; /* pipes: bytes of the last fragment still to come, by side */
	bool seen;
	bool asked;         /* whoever logs in has shown who they are */
	uint8_t login_side; /* who */
	uint8_t next;       /* place of the next context */
	struct ward_rpc_context context[WARD_RPC_CONTEXTS];
	struct ward_rpc_call call[WARD_RPC_CALLS];
	struct ward_rpc_bind bind;
};

/* Where a fragment was seen. */
struct ward_rpc_at {
	struct ward_dissect *d;
	const uint32_t *name; /* ids of ward_rpc_name_at's */
	struct ward_rpc *rpc;
	struct ward_ntlm_session *ntlm;
	struct ward_str pipe; /* its name; empty: none */
};

/* One fragment of d's side. */
void ward_rpc_see(const struct ward_rpc_at *at, const struct ward_rpc_pdu *m);
/* `total` bytes of d's side went through a pipe, of which there is a front: the fragments in it.
 * What is no RPC is passed over. */
void ward_rpc_see_pipe(const struct ward_rpc_at *at, struct ward_slice front, size_t total);
/* Nothing more comes: what waits is told. */
void ward_rpc_finish(const struct ward_rpc_at *at);

bool ward_rpc_name_at(size_t i, struct ward_wr *w);

/* events.c; m: the answer, NULL when there was none */
void ward_rpc_tell_bind(const struct ward_rpc_at *at, const struct ward_rpc_pdu *m);
void ward_rpc_tell_call(
	const struct ward_rpc_at *at, const struct ward_rpc_call *c, const struct ward_rpc_pdu *m);

/* Names, NULL for what has none; uuid in lower case. They live forever. */
const char *ward_rpc_endpoint_name(const char *uuid);
const char *ward_rpc_operation_name(const char *uuid, unsigned number);
const char *ward_rpc_fault_name(uint32_t code);
const char *ward_rpc_auth_name(unsigned type);
const char *ward_rpc_level_name(unsigned level);

/* stub.c: arguments that identify misuse, of calls that are not sealed. */
enum {
	WARD_RPC_NETR_REQ_CHALLENGE = 4,
	WARD_RPC_NETR_AUTHENTICATE = 5,
	WARD_RPC_NETR_AUTHENTICATE2 = 15,
	WARD_RPC_NETR_AUTHENTICATE3 = 26,
	WARD_RPC_NETR_PASSWORD_SET2 = 30,
	WARD_RPC_EPT_MAP = 3,
};
/* Challenge, credential or authenticator of a Netlogon client: sets has_zero, zero, channel. */
void ward_rpc_netlogon(const struct ward_rpc_pdu *m, struct ward_rpc_call *c);

struct ward_rpc_tower {
	uint8_t uuid[16];
	uint16_t port; /* TCP; 0: none */
	bool has_address;
	uint8_t address[4];
	struct ward_slice pipe; /* name of a pipe, with its NUL */
};
/* The first tower of an ept_map answer (C706 appendices I and L). */
WARD_MUST_CHECK bool ward_rpc_tower(struct ward_slice stub, struct ward_rpc_tower *ret);

#endif
