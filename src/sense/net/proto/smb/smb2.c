/* SMB 2 and 3, MS-SMB2 2.2. */
#include "sense/net/proto/smb/smb.h"

enum {
	FLAG_RESPONSE = 0x1,
	FLAG_ASYNC = 0x2,
	FLAG_RELATED = 0x4,
	FLAG_SIGNED = 0x8,
	DIALECT_311 = 0x311,
	CONTEXTS = 16,
	CONTEXT_ENCRYPTION = 2,
	CONTEXT_COMPRESSION = 3,
	INFO_FILE = 1,
	FILE_RENAME = 10,
	FILE_DISPOSITION = 13,
	FILE_DISPOSITION_EX = 64,
	FILE_RENAME_EX = 65,
	FSCTL_PIPE_TRANSCEIVE = 0x11c017,
};

/* What a body's parser sees: the message of one compound. */
struct body {
	struct ward_slice message; /* what there is of it */
	size_t total;              /* its length */
	struct ward_rd r;          /* after StructureSize */
	struct ward_smb *m;
};

static bool fail(struct body *b, enum ward_smb_reason reason, size_t off)
{
	b->m->reason = reason;
	b->m->off = off;
	return false;
}

/* Bytes at an offset from the message's header: those that are there. False: they lie outside. */
static bool buffer(struct body *b, size_t off, size_t len, struct ward_slice *ret)
{
	*ret = (struct ward_slice){NULL, 0};
	if (!len)
		return true;
	if (off < WARD_SMB2_HEAD || off > b->total || len > b->total - off)
		return fail(b, WARD_SMB_SMB2_BUFFER, b->r.off);
	if (off >= b->message.len)
		return true;
	*ret = ward_slice_of(
		b->message.p + off, len < b->message.len - off ? len : b->message.len - off);
	return true;
}

static void file_id(struct body *b)
{
	uint64_t persistent = ward_rd_le64(&b->r), volatile_id = ward_rd_le64(&b->r);

	b->m->fid = persistent * UINT64_C(0x9e3779b97f4a7c15) ^ volatile_id;
	b->m->has_fid = !(persistent == UINT64_MAX && volatile_id == UINT64_MAX);
}

static void algorithm(struct ward_smb *m, unsigned type, struct ward_rd *r)
{
	uint16_t n = ward_rd_le16(r);

	if (type == CONTEXT_COMPRESSION)
		ward_rd_skip(r, 2 + 4);
	uint16_t first = ward_rd_le16(r);

	if (!n || ward_rd_bad(r))
		return;
	if (type == CONTEXT_ENCRYPTION) {
		m->cipher = first;
	} else if (type == CONTEXT_COMPRESSION) {
		m->compression = first;
		m->has_compression = true;
	}
}

/* 2.2.3.1: each begins at a multiple of 8. */
static void contexts(struct body *b, size_t off, size_t n)
{
	for (size_t i = 0; i < n && i < CONTEXTS && off < b->message.len; i++) {
		struct ward_rd r = ward_rd_from(b->message.p + off, b->message.len - off);
		uint16_t type = ward_rd_le16(&r);
		size_t len = ward_rd_le16(&r);

		ward_rd_skip(&r, 4);
		struct ward_rd data = ward_rd_sub(&r, len);

		if (ward_rd_bad(&r))
			return;
		algorithm(b->m, type, &data);
		off += (8 + len + 7) & ~(size_t)7;
	}
}

static bool negotiate_request(struct body *b)
{
	struct ward_smb *m = b->m;
	size_t n = ward_rd_le16(&b->r), n_context;
	uint32_t context;

	m->security_mode = (uint8_t)ward_rd_le16(&b->r);
	ward_rd_skip(&b->r, 2);
	m->capabilities = ward_rd_le32(&b->r);
	m->guid = ward_rd_bytes(&b->r, 16);
	context = ward_rd_le32(&b->r);
	n_context = ward_rd_le16(&b->r);
	ward_rd_skip(&b->r, 2);
	bool has_311 = false;

	for (size_t i = 0; i < n && ward_rd_left(&b->r) >= 2; i++) {
		uint16_t dialect = ward_rd_le16(&b->r);

		if (m->n_dialect < WARD_SMB_DIALECTS)
			m->dialect[m->n_dialect++] = dialect;
		has_311 |= dialect == DIALECT_311;
		m->n_dialect_seen++;
	}
	if (has_311)
		contexts(b, context, n_context);
	return true;
}

static bool negotiate_response(struct body *b)
{
	struct ward_smb *m = b->m;
	size_t n_context, off, len;

	m->security_mode = (uint8_t)ward_rd_le16(&b->r);
	m->dialect[0] = ward_rd_le16(&b->r);
	m->n_dialect = m->n_dialect_seen = 1;
	n_context = ward_rd_le16(&b->r);
	m->guid = ward_rd_bytes(&b->r, 16);
	m->capabilities = ward_rd_le32(&b->r);
	ward_rd_skip(&b->r, 12);
	m->system_time = ward_rd_le64(&b->r);
	m->boot_time = ward_rd_le64(&b->r);
	off = ward_rd_le16(&b->r);
	len = ward_rd_le16(&b->r);
	if (m->dialect[0] == DIALECT_311)
		contexts(b, ward_rd_le32(&b->r), n_context);
	return buffer(b, off, len, &m->token);
}

static bool session_request(struct body *b)
{
	size_t off, len;

	b->m->flags = ward_rd_u8(&b->r);
	b->m->security_mode = ward_rd_u8(&b->r);
	b->m->capabilities = ward_rd_le32(&b->r);
	ward_rd_skip(&b->r, 4);
	off = ward_rd_le16(&b->r);
	len = ward_rd_le16(&b->r);
	return buffer(b, off, len, &b->m->token);
}

static bool session_response(struct body *b)
{
	size_t off, len;

	b->m->flags = ward_rd_le16(&b->r);
	off = ward_rd_le16(&b->r);
	len = ward_rd_le16(&b->r);
	return buffer(b, off, len, &b->m->token);
}

static bool tree_request(struct body *b)
{
	ward_rd_skip(&b->r, 2);
	size_t off = ward_rd_le16(&b->r), len = ward_rd_le16(&b->r);

	return buffer(b, off, len, &b->m->name);
}

static bool tree_response(struct body *b)
{
	b->m->share_type = ward_rd_u8(&b->r);
	ward_rd_skip(&b->r, 1);
	b->m->info = ward_rd_le32(&b->r);
	b->m->capabilities = ward_rd_le32(&b->r);
	b->m->access = ward_rd_le32(&b->r);
	return true;
}

static bool create_request(struct body *b)
{
	ward_rd_skip(&b->r, 2 + 4 + 8 + 8);
	b->m->access = ward_rd_le32(&b->r);
	b->m->attributes = ward_rd_le32(&b->r);
	ward_rd_skip(&b->r, 4);
	b->m->disposition = ward_rd_le32(&b->r);
	b->m->options = ward_rd_le32(&b->r);
	size_t off = ward_rd_le16(&b->r), len = ward_rd_le16(&b->r);

	return buffer(b, off, len, &b->m->name);
}

static bool create_response(struct body *b)
{
	ward_rd_skip(&b->r, 2);
	b->m->action = ward_rd_le32(&b->r);
	ward_rd_skip(&b->r, 4 * 8 + 8);
	b->m->file_size = ward_rd_le64(&b->r);
	b->m->attributes = ward_rd_le32(&b->r);
	ward_rd_skip(&b->r, 4);
	file_id(b);
	return true;
}

static bool close_request(struct body *b)
{
	ward_rd_skip(&b->r, 2 + 4);
	file_id(b);
	return true;
}

static bool read_request(struct body *b)
{
	ward_rd_skip(&b->r, 2);
	b->m->count = ward_rd_le32(&b->r);
	b->m->offset = ward_rd_le64(&b->r);
	file_id(b);
	return true;
}

static bool read_response(struct body *b)
{
	size_t off = ward_rd_u8(&b->r);

	ward_rd_skip(&b->r, 1);
	b->m->count = ward_rd_le32(&b->r);
	return buffer(b, off, b->m->count, &b->m->data);
}

static bool write_request(struct body *b)
{
	size_t off = ward_rd_le16(&b->r);

	b->m->count = ward_rd_le32(&b->r);
	b->m->offset = ward_rd_le64(&b->r);
	file_id(b);
	return buffer(b, off, b->m->count, &b->m->data);
}

static bool write_response(struct body *b)
{
	ward_rd_skip(&b->r, 2);
	b->m->count = ward_rd_le32(&b->r);
	return true;
}

static bool ioctl(struct body *b, bool response)
{
	size_t in, in_len, out, out_len;

	ward_rd_skip(&b->r, 2);
	b->m->info = ward_rd_le32(&b->r);
	if (b->m->info == FSCTL_PIPE_TRANSCEIVE)
		b->m->op = WARD_SMB_PIPE;
	file_id(b);
	in = ward_rd_le32(&b->r);
	in_len = ward_rd_le32(&b->r);
	if (!response)
		ward_rd_skip(&b->r, 4);
	out = ward_rd_le32(&b->r);
	out_len = ward_rd_le32(&b->r);
	b->m->count = (uint32_t)(response ? out_len : in_len);
	return buffer(b, response ? out : in, b->m->count, &b->m->data);
}

static bool ioctl_request(struct body *b)
{
	return ioctl(b, false);
}

static bool ioctl_response(struct body *b)
{
	return ioctl(b, true);
}

static void set_file_info(struct body *b, unsigned class, struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);

	if (class == FILE_DISPOSITION || class == FILE_DISPOSITION_EX) {
		b->m->op = WARD_SMB_DELETE;
		b->m->delete_pending = ward_rd_u8(&r) & 1;
	} else if (class == FILE_RENAME || class == FILE_RENAME_EX) {
		b->m->op = WARD_SMB_RENAME;
		ward_rd_skip(&r, 8 + 8); /* MS-FSCC 2.4.42.2 */
		size_t len = ward_rd_le32(&r);

		if (len > ward_rd_left(&r))
			len = ward_rd_left(&r);
		b->m->new_name = ward_rd_bytes(&r, len);
	}
}

static bool set_info_request(struct body *b)
{
	uint8_t type = ward_rd_u8(&b->r), class = ward_rd_u8(&b->r);
	size_t len = ward_rd_le32(&b->r), off = ward_rd_le16(&b->r);
	struct ward_slice s;

	ward_rd_skip(&b->r, 2 + 4);
	file_id(b);
	b->m->info = (uint32_t)type << 8 | class;
	if (!buffer(b, off, len, &s))
		return false;
	if (type == INFO_FILE)
		set_file_info(b, class, s);
	return true;
}

struct command {
	enum ward_smb_op op;
	uint16_t request_size, response_size;
	bool (*request)(struct body *b);
	bool (*response)(struct body *b);
};

/* By command, 2.2.1.2; sizes as StructureSize says them, 0: not looked at. */
static const struct command commands[] = {
	{WARD_SMB_NEGOTIATE, 36, 65, negotiate_request, negotiate_response},
	{WARD_SMB_SESSION, 25, 9, session_request, session_response},
	{WARD_SMB_OTHER, 4, 4, NULL, NULL},
	{WARD_SMB_TREE, 9, 16, tree_request, tree_response},
	{WARD_SMB_TREE_END, 4, 4, NULL, NULL},
	{WARD_SMB_OPEN, 57, 89, create_request, create_response},
	{WARD_SMB_CLOSE, 24, 60, close_request, NULL},
	{WARD_SMB_OTHER, 24, 4, NULL, NULL},
	{WARD_SMB_READ, 49, 17, read_request, read_response},
	{WARD_SMB_WRITE, 49, 17, write_request, write_response},
	{WARD_SMB_OTHER, 48, 4, NULL, NULL},
	{WARD_SMB_IOCTL, 57, 49, ioctl_request, ioctl_response},
	{WARD_SMB_QUIET, 4, 4, NULL, NULL},
	{WARD_SMB_OTHER, 4, 4, NULL, NULL},
	{WARD_SMB_OTHER, 33, 9, NULL, NULL},
	{WARD_SMB_QUIET, 32, 9, NULL, NULL},
	{WARD_SMB_OTHER, 41, 9, NULL, NULL},
	{WARD_SMB_SET_INFO, 33, 2, set_info_request, NULL},
	{WARD_SMB_QUIET, 0, 0, NULL, NULL},
};

/* 2.2.2: an error has a body of its own, unless the status is one of those that come with an
 * answer, 3.3.4.4. */
static bool is_error(const struct ward_smb *m, uint16_t size, uint16_t right)
{
	if (!m->status || size != 9 || m->status == (uint32_t)WARD_SMB_STATUS_MORE_PROCESSING)
		return false;
	return right != 9 || m->status >> 30 == 3 || m->status == WARD_SMB_STATUS_PENDING;
}

static bool read_body(struct body *b, const struct command *c)
{
	struct ward_smb *m = b->m;
	uint16_t size = ward_rd_le16(&b->r);
	uint16_t right = m->response ? c->response_size : c->request_size;

	if (ward_rd_bad(&b->r))
		return fail(b, WARD_SMB_SMB2_BODY, b->message.len);
	m->op = c->op;
	if (m->response && is_error(m, size, right)) {
		m->failed = true;
		return true;
	}
	if (right && size != right)
		return fail(b, WARD_SMB_SMB2_BODY, WARD_SMB2_HEAD);
	bool (*read)(struct body *) = m->response ? c->response : c->request;

	if (read && !read(b))
		return false;
	return !ward_rd_bad(&b->r) || fail(b, WARD_SMB_SMB2_BODY, b->r.off);
}

bool ward_smb2_parse(struct ward_slice front, size_t total, size_t off, struct ward_smb *ret)
{
	struct body b = {.m = ret};
	struct ward_rd r;
	uint32_t flags, next;

	*ret = (struct ward_smb){.version = 2, .unicode = true, .reason = WARD_SMB_REASON_N};
	WARD_ASSERT(off <= front.len && front.len <= total);
	b.message = ward_slice_of(front.p + off, front.len - off);
	b.total = total - off;
	r = ward_rd_slice(b.message);
	if (ward_rd_be32(&r) != 0xfe534d42 || ward_rd_le16(&r) != WARD_SMB2_HEAD)
		return fail(&b, WARD_SMB_SMB2_HEADER, 0);
	ward_rd_skip(&r, 2);
	ret->status = ward_rd_le32(&r);
	ret->command = ward_rd_le16(&r);
	ward_rd_skip(&r, 2);
	flags = ward_rd_le32(&r);
	next = ward_rd_le32(&r);
	ret->mid = ward_rd_le64(&r);
	ret->pid = ward_rd_le32(&r);
	ret->tree = ward_rd_le32(&r);
	ret->session = ward_rd_le64(&r);
	ward_rd_skip(&r, 16);
	if (ward_rd_bad(&r) || ret->command >= WARD_ARRAY_LEN(commands))
		return fail(&b, WARD_SMB_SMB2_HEADER, 0);
	if (next && (next < WARD_SMB2_HEAD || next & 7 || next > b.total))
		return fail(&b, WARD_SMB_SMB2_NEXT, 20);
	ret->response = flags & FLAG_RESPONSE;
	ret->is_async = flags & FLAG_ASYNC;
	ret->related = flags & FLAG_RELATED;
	ret->is_signed = flags & FLAG_SIGNED;
	ret->size = next;
	if (next) {
		b.total = next;
		if (b.message.len > next)
			b.message.len = next;
	}
	ret->cut = b.message.len < b.total;
	b.r = ward_rd_from(b.message.p, b.message.len);
	ward_rd_skip(&b.r, WARD_SMB2_HEAD);
	return read_body(&b, &commands[ret->command]);
}
