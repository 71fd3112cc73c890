/* SMB 1 (MS-CIFS, MS-SMB) and SMB 2/3 (MS-SMB2) as one validated struct per message, whichever of
 * the two it is: what a command means is an operation, its arguments stand in the same fields.
 *
 * The parsers are pure functions over the front of a message: bulk data may be cut off (`cut`).
 * They borrow the bytes, allocate nothing and never recurse; cost O(bytes of the front). */
#ifndef WARD_SENSE_NET_SMB_SMB_H
#define WARD_SENSE_NET_SMB_SMB_H

#include "base/rd.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_SMB_REASON_LIST(X)                              \
	X(NBSS_TYPE, "net.smb.reject.nbss.type")             \
	X(NBSS_LENGTH, "net.smb.reject.nbss.length")         \
	X(NBSS_NAME, "net.smb.reject.nbss.name")             \
	X(PROTOCOL, "net.smb.reject.protocol")               \
	X(SMB1_WORDS, "net.smb.reject.smb1.words")           \
	X(SMB1_ANDX, "net.smb.reject.smb1.andx")             \
	X(SMB2_HEADER, "net.smb.reject.smb2.header")         \
	X(SMB2_NEXT, "net.smb.reject.smb2.next")             \
	X(SMB2_BODY, "net.smb.reject.smb2.body")             \
	X(SMB2_BUFFER, "net.smb.reject.smb2.buffer")         \
	X(TRANSFORM_SHORT, "net.smb.reject.transform.short") \
	X(COMPRESSION_SHORT, "net.smb.reject.compression.short")

enum ward_smb_reason {
#define X(IDENT, name) WARD_SMB_##IDENT,
	WARD_SMB_REASON_LIST(X)
#undef X
		WARD_SMB_REASON_N, /* none */
};

enum {
	WARD_SMB_NBSS = 4,      /* bytes of the NetBIOS session header, RFC 1002 4.3.1 */
	WARD_SMB1_HEAD = 32,    /* MS-CIFS 2.2.3.1 */
	WARD_SMB2_HEAD = 64,    /* MS-SMB2 2.2.1 */
	WARD_SMB_FRONT = 16384, /* so much of a message is read, the NetBIOS header included */
	WARD_SMB_DIALECTS = 16,
	WARD_SMB_ANDX = 8,   /* commands in one SMB 1 message */
	WARD_SMB_CHAIN = 64, /* messages in one compound of SMB 2 */
};

enum ward_smb_protocol {
	WARD_SMB_P_UNKNOWN,
	WARD_SMB_P_1,
	WARD_SMB_P_2,
	WARD_SMB_P_ENCRYPTED, /* MS-SMB2 2.2.41 */
	WARD_SMB_P_COMPRESSED /* 2.2.42 */
};

enum ward_smb_op {
	WARD_SMB_OTHER, /* told when it fails */
	WARD_SMB_NEGOTIATE,
	WARD_SMB_SESSION,
	WARD_SMB_TREE,
	WARD_SMB_TREE_END,
	WARD_SMB_OPEN,
	WARD_SMB_CLOSE,
	WARD_SMB_READ,
	WARD_SMB_WRITE,
	WARD_SMB_RENAME,
	WARD_SMB_DELETE,
	WARD_SMB_SET_INFO,
	WARD_SMB_IOCTL,
	WARD_SMB_TRANS, /* SMB 1: a transaction and its answer */
	WARD_SMB_SECONDARY,
	WARD_SMB_PIPE,  /* a call by a named pipe: written and read at once */
	WARD_SMB_QUIET, /* answered late or never, not told */
};

/* SMB 1 commands that callers ask for. */
enum {
	WARD_SMB1_TRANSACTION = 0x25,
	WARD_SMB1_TRANSACTION_SECONDARY = 0x26,
	WARD_SMB1_TRANS2 = 0x32,
	WARD_SMB1_TRANS2_SECONDARY = 0x33,
	WARD_SMB1_NEGOTIATE = 0x72,
	WARD_SMB1_NT_TRANS = 0xa0,
	WARD_SMB1_NT_TRANS_SECONDARY = 0xa1,
};

/* Counts of an SMB 1 transaction. */
struct ward_smb_trans {
	uint16_t sub; /* subcommand; of SMB_COM_TRANSACTION the pipe's function */
	bool has_sub;
	uint32_t total_parameters, total_data, parameters, data, data_displacement;
	bool outside; /* parameters or data are said to lie outside of the message */
};

struct ward_smb {
	uint8_t version; /* 1 or 2 */
	bool response, is_signed, unicode, cut;
	bool failed;   /* response: the body is an error's */
	bool related;  /* SMB 2: of a compound, takes the handle of the one before */
	bool is_async; /* SMB 2 */
	uint16_t command;
	enum ward_smb_op op;
	uint32_t status;
	uint64_t mid, session;
	uint32_t tree, pid;
	size_t size; /* of this message in its compound or frame */
	bool has_fid;
	uint64_t fid; /* of SMB 2 mixed of both halves */
	/* What there is of: */
	struct ward_slice name, new_name; /* file or share; unicode: UTF-16LE */
	struct ward_slice token;          /* SPNEGO or NTLMSSP */
	struct ward_slice data;           /* front of what is read or written */
	struct ward_slice native_os, native_lanman, domain, user;
	struct ward_slice service, native_fs; /* service in ASCII */
	uint32_t count;                       /* bytes read or written */
	uint64_t offset;                      /* in the file: of a request to read or write */
	uint32_t access, disposition, options, action, attributes, capabilities;
	uint64_t file_size;
	uint8_t share_type;  /* MS-SMB2 2.2.10 */
	uint16_t flags;      /* of a session's answer: guest, null, encrypt */
	uint32_t info;       /* class of set-info, function of ioctl, share flags of a tree */
	bool delete_pending; /* set-info: the disposition's value */
	/* negotiate: */
	uint8_t security_mode;
	uint16_t dialect[WARD_SMB_DIALECTS]; /* SMB 2 numbers; of SMB 1 ward_smb1_dialect's */
	size_t n_dialect, n_dialect_seen;
	struct ward_slice guid;
	uint64_t system_time, boot_time; /* FILETIME, 0: not said */
	uint16_t cipher;                 /* the chosen or first one, 0: not said */
	uint16_t compression;
	bool has_compression;
	struct ward_smb_trans trans;
	const char *anomaly; /* NULL: none; lives forever */
	/* Why and where, when it is malformed. */
	enum ward_smb_reason reason;
	size_t off;
};

/* One frame of the NetBIOS session service. */
struct ward_smb_frame {
	uint8_t type; /* RFC 1002 4.3.1: 0 message, 0x81 request … */
	size_t size;  /* header included */
	enum ward_smb_protocol protocol;
};

enum ward_smb_framing { WARD_SMB_WHOLE, WARD_SMB_MORE, WARD_SMB_NOT };

/* The header and the protocol's magic: WHOLE when ret is filled, NOT with *ret_reason. */
enum ward_smb_framing ward_smb_frame(
	struct ward_slice bytes, struct ward_smb_frame *ret, enum ward_smb_reason *ret_reason);

/* A NetBIOS name in its first level encoding (RFC 1002 4.1) at *r: text without padding, at most
 * 16 bytes and the NUL. */
bool ward_smb_netbios_name(struct ward_rd *r, char ret[17]);

/* The SMB 2 message at off in front; ret->size is its part of the compound, 0 when it is the last.
 * `total` is the length of the frame without the NetBIOS header, front its first bytes. */
WARD_MUST_CHECK bool ward_smb2_parse(
	struct ward_slice front, size_t total, size_t off, struct ward_smb *ret);

/* The commands of an SMB 1 message, from *block = 0 on: false with ret->reason set, or with
 * REASON_N after the last. */
WARD_MUST_CHECK bool ward_smb1_parse(
	struct ward_slice front, size_t total, size_t *block, struct ward_smb *ret);

/* Names, NULL for a number without one. They live forever. */
const char *ward_smb_command_name(unsigned version, unsigned command);
const char *ward_smb_status_name(uint32_t status);
const char *ward_smb1_dialect_name(unsigned i);
unsigned ward_smb1_dialect(struct ward_str name);
const char *ward_smb2_dialect_name(unsigned dialect);
const char *ward_smb_trans_name(unsigned command, unsigned sub);
const char *ward_smb_fsctl_name(uint32_t code);
const char *ward_smb_info_name(unsigned version, uint32_t info);
const char *ward_smb_disposition_name(uint32_t disposition);
const char *ward_smb_action_name(uint32_t action);
const char *ward_smb_share_type_name(unsigned type);
const char *ward_smb_cipher_name(unsigned cipher);

/* Statuses that callers ask for, MS-ERREF 2.3.1. */
enum {
	WARD_SMB_STATUS_PENDING = 0x103,
	WARD_SMB_STATUS_MORE_PROCESSING = (int)0xc0000016,
};

/* Byte entropy of s in per mille of 8 bits. */
unsigned ward_smb_entropy(struct ward_slice s);

#endif
